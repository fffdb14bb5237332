"""Zones, and whether a network that is there can take the clients."""

import asyncio
from collections.abc import Mapping

from pulumi_aws import GetAvailabilityZonesResult
from pulumi_aws.ec2 import GetSubnetResult

from ecs.zones import has_fargate
from lookups.ask import RefusedError, ask
from lookups.problems import Problems
from settings import NewNetwork, Settings


async def look_up_zones(settings: Settings, problems: Problems) -> Mapping[str, int]:
    """Names of the region's zones that have Fargate, in order, and the place of each among all of the region."""
    # Not only available ones: a zone in trouble must not move the subnets of the others.
    usual = [{"name": "opt-in-status", "values": ["opt-in-not-required"]}]
    function = "aws:index/getAvailabilityZones:getAvailabilityZones"
    try:
        found = await ask(function, {"filters": usual}, GetAvailabilityZonesResult)
    except RefusedError as error:
        problems.found.append(f"the availability zones cannot be looked up: {error}")
        return {}
    every = enumerate(sorted(zip(found.names, found.zone_ids, strict=True)))
    zones = {name: place for place, (name, id_) in every if has_fargate(id_)}
    network = settings.network.chosen
    if isinstance(network, NewNetwork) and network.zones > len(zones):
        where = f"only {len(zones)} with Fargate: {', '.join(zones)}"
        problems.found.append(f"network.create.zones: {settings.region} has {where}")
    return zones


async def check_network(settings: Settings, problems: Problems) -> None:
    existing = settings.network.chosen
    if isinstance(existing, NewNetwork):
        return
    names = (*existing.private_subnet_ids, *existing.public_subnet_ids)
    subnets = [subnet for subnet in await asyncio.gather(*(_subnet(name, problems) for name in names)) if subnet]
    problems.found += [
        f"network.existing: the subnet {subnet.id} is not in {existing.vpc_id}"
        for subnet in subnets
        if subnet.vpc_id != existing.vpc_id
    ]
    private = [subnet for subnet in subnets if subnet.id in existing.private_subnet_ids]
    problems.warnings += [
        f"network.existing.privateSubnetIds: {subnet.id} is in the zone {subnet.availability_zone_id}, which has no"
        " Fargate: no client starts there"
        for subnet in private
        if not has_fargate(subnet.availability_zone_id)
    ]
    zones = {subnet.availability_zone_id for subnet in private}
    if zones and len([zone for zone in zones if has_fargate(zone)]) < 2:  # noqa: PLR2004
        problems.found.append(
            "network.existing.privateSubnetIds: all are in one availability zone, or the others have no Fargate, so its"
            " failure would stop every client; name subnets of two zones or more"
        )


async def _subnet(name: str, problems: Problems) -> GetSubnetResult | None:
    try:
        return await ask("aws:ec2/getSubnet:getSubnet", {"id": name}, GetSubnetResult)
    except RefusedError as error:
        problems.found.append(f"network.existing: the subnet {name} cannot be looked up: {error}")
        return None

"""Whether the account may have what the stack takes. What the account does not tell is left alone."""

import asyncio
from collections.abc import Mapping

from pulumi_aws.ec2 import GetEipsResult, GetVpcsResult
from pulumi_aws.servicequotas import GetServiceQuotaResult

from ecs.quotas import ELASTIC_IPS, VCPUS, VPCS, Quota
from lookups.ask import RefusedError, ask
from lookups.problems import Problems
from settings import NewNetwork, Settings


async def check_quotas(settings: Settings, problems: Problems) -> None:
    """Warn of each quota that would be exceeded: it may be raised before the update."""
    network = settings.network.chosen
    checks = [_vcpus(settings), *([_network(settings, network)] if isinstance(network, NewNetwork) else [])]
    problems.warnings += [warning for found in await asyncio.gather(*checks) for warning in found]


async def _vcpus(settings: Settings) -> list[str]:
    """The region's other tasks are not counted: no call tells of all."""
    quota, needed = await _quota(VCPUS), settings.demand
    if quota is None or needed.vcpus_at_peak <= quota:
        return []
    what = (
        f"the clients take {needed.vcpus:g} vCPUs, and {needed.vcpus_at_peak:g} while all of them are replaced; the"
        f" account may have {quota:g} of Fargate"
    )
    return [_exceeded(settings, VCPUS, what, needed.vcpus_at_peak)]


async def _network(settings: Settings, network: NewNetwork) -> list[str]:
    """With another block, a network is made anew beside the one that is there."""
    ours = settings.tags()
    vpc_quota, address_quota, vpcs, same, addresses, our_addresses = await asyncio.gather(
        _quota(VPCS),
        _quota(ELASTIC_IPS),
        _vpcs({}),
        _vpcs({"tags": ours, "filters": [{"name": "cidr", "values": [network.cidr]}]}),
        _addresses({}),
        _addresses({"tags": ours}),
    )
    needed = settings.demand
    kept_addresses = our_addresses if same else 0
    found: list[str] = []
    for quota, allowed, what, there, more in (
        (VPCS, vpc_quota, "VPCs", vpcs, 0 if same else needed.vpcs),
        (ELASTIC_IPS, address_quota, "elastic IP addresses", addresses, needed.elastic_ips - kept_addresses),
    ):
        if allowed is not None and more > 0 and there + more > allowed:
            words = f"the network takes {more} more {what}; the account has {there} and may have {allowed:g}"
            found.append(_exceeded(settings, quota, words, there + more))
    return found


def _exceeded(settings: Settings, quota: Quota, what: str, value: float) -> str:
    return (
        f"{what} ({quota.name}, {quota.code}). Raise it first, or the update fails half-way:\n"
        f"    aws service-quotas request-service-quota-increase --region {settings.region}"
        f" --service-code {quota.service} --quota-code {quota.code} --desired-value {value:g}"
    )


async def _quota(quota: Quota) -> float | None:
    """The account's own value, or AWS's default where it has none. None: it is not told."""
    asked = {"serviceCode": quota.service, "quotaCode": quota.code}
    try:
        return (await ask("aws:servicequotas/getServiceQuota:getServiceQuota", asked, GetServiceQuotaResult)).value
    except RefusedError:
        return None


async def _vpcs(which: Mapping[str, object]) -> int:
    try:
        return len((await ask("aws:ec2/getVpcs:getVpcs", which, GetVpcsResult)).ids)
    except RefusedError:
        return 0


async def _addresses(which: Mapping[str, object]) -> int:
    try:
        return len((await ask("aws:ec2/getEips:getEips", which, GetEipsResult)).allocation_ids)
    except RefusedError:
        return 0

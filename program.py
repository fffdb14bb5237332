"""From what a stack asks for to what is built: settings and look-ups become the arguments of the components."""

import itertools
import runpy
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import cast

import pulumi

from components import (
    AccountArgs,
    BrokerDeploymentArgs,
    ClientsArgs,
    DestinationArgs,
    ExistingNetworkArgs,
    NewNetworkArgs,
    Peer,
    PeerArgs,
    RolesArgs,
    SecretArgs,
    Transform,
)
from lookups import Found, Secret
from settings import ExistingNetwork, Integration, NewNetwork, Roles, Settings, Source
from settings.clients import client_spec


def transforms(folder: Path = Path(__file__).parent / "stacks") -> Sequence[Transform]:
    """What the user's own file stacks/transforms.py says; nothing without it. docs/transforms.md tells about it."""
    file = folder / "transforms.py"
    if not file.is_file():
        return ()
    found: object = runpy.run_path(str(file)).get("TRANSFORMS")
    listed = cast("list[object]", found) if isinstance(found, list) else [None]
    if not all(isinstance(one, Transform) for one in listed):
        raise pulumi.RunError(f"{file.name} must have a list TRANSFORMS of Transform(class, function)")
    return cast("list[Transform]", listed)


def deployment_args(settings: Settings, found: Found) -> BrokerDeploymentArgs:
    return BrokerDeploymentArgs(
        endpoints=settings.endpoints,
        account=AccountArgs(partition=found.account.partition, id=found.account.id, region=settings.region),
        network=_network(settings.network.chosen, found.zones),
        roles=roles_args(settings.roles),
        integrations={
            key: clients_args(
                integration,
                _secret(found.secrets[key].credentials),
                pull_credential=_secret(pull) if (pull := found.secrets[key].pull_credential) else None,
            )
            for key, integration in settings.integrations.items()
        },
    )


def roles_args(roles: Roles, permissions_boundary: pulumi.Input[str] | None = None) -> RolesArgs:
    return RolesArgs(
        permissions_boundary=permissions_boundary or roles.permissions_boundary,
        path=roles.path,
        name_prefix=roles.name_prefix,
    )


def clients_args(
    integration: Integration, secret: SecretArgs, *, pull_credential: SecretArgs | None = None
) -> ClientsArgs:
    return ClientsArgs(
        spec=client_spec(integration),
        secret=secret,
        replicas=integration.replicas,
        pull_credential=pull_credential,
        inbound=[
            PeerArgs(name=source.value, peer=_peer(source), reason=source.reason) for source in integration.inbound
        ],
        outbound=[
            DestinationArgs(name=to.value, peer=_peer(to), reason=to.reason, port=to.port) for to in integration.egress
        ],
        log_retention_days=integration.log_retention_days,
    )


def _network(network: NewNetwork | ExistingNetwork, zones: Mapping[str, int]) -> NewNetworkArgs | ExistingNetworkArgs:
    if isinstance(network, NewNetwork):
        first = dict(itertools.islice(zones.items(), network.zones))
        return NewNetworkArgs(cidr=network.cidr, zones=first, nat_per_zone=network.nat_gateways == "perZone")
    return ExistingNetworkArgs(
        vpc_id=network.vpc_id,
        private_subnet_ids=network.private_subnet_ids,
        public_subnet_ids=network.public_subnet_ids,
    )


def _secret(secret: Secret) -> SecretArgs:
    return SecretArgs(arn=secret.arn, kms_key_arn=secret.kms_key_arn)


def _peer(source: Source) -> Peer:
    if source.cidr:
        return {"cidr_ipv6": source.cidr} if ":" in source.cidr else {"cidr_ipv4": source.cidr}
    if source.security_group:
        return {"referenced_security_group_id": source.security_group}
    return {"prefix_list_id": source.prefix_list or ""}

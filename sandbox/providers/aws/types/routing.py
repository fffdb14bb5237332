"""Route table, route, association of a route table."""

import zlib

from sandbox.providers.aws import tags
from sandbox.providers.aws.api import Api, Body
from sandbox.providers.aws.resource import Change, CustomChange, Operation, Resource, answered
from sandbox.providers.aws.rules import ec2 as rules
from sandbox.providers.base.contract import RefusedError
from sandbox.providers.base.wire import Properties

ROUTE_TABLE = Resource(
    token="aws:ec2/routeTable:RouteTable",
    service="ec2",
    supported=("region", "tags", "vpcId"),
    replaces=("region", "vpcId"),
    id=answered("RouteTableId"),
    keys={"RouteTableId": "id"},
    create=Operation("CreateRouteTable", "RouteTable"),
    read=Operation("DescribeRouteTables", "RouteTables"),
    delete=Operation("DeleteRouteTable"),
    # Routes of their own type are not the table's, as in the official provider's advice.
    names={"routes": "-"},
    tags=tags.ec2("route-table"),
    ec2_arn="route-table",
    rules=(rules.tags,),
)

_DESTINATIONS = ("destinationCidrBlock", "destinationIpv6CidrBlock", "destinationPrefixListId")
_TARGETS = (
    "egressOnlyGatewayId",
    "gatewayId",
    "natGatewayId",
    "networkInterfaceId",
    "transitGatewayId",
    "vpcEndpointId",
    "vpcPeeringConnectionId",
)


def _destination(state: Properties) -> tuple[str, str]:
    return next((name, state[name]) for name in _DESTINATIONS if state.get(name))


def _find_route(api: Api, state: Properties) -> Body | None:
    name, destination = _destination(state)
    tables = api.call("ec2", "DescribeRouteTables", RouteTableIds=[state["routeTableId"]])["RouteTables"]
    key = name[0].upper() + name[1:]
    routes = [route for table in tables for route in table["Routes"] if route.get(key) == destination]
    return {**routes[0], "RouteTableId": state["routeTableId"]} if routes else None


def _route_id(state: Properties, _body: Body) -> str:
    return f"r-{state['routeTableId']}{zlib.crc32(_destination(state)[1].encode())}"


def _identify_route(id_: str) -> Properties:
    """{routeTableId}_{destination}"""  # noqa: D400
    table, separator, destination = id_.partition("_")
    if not separator:
        raise RefusedError(f"unexpected format of the id {id_}, expected ROUTE-TABLE-ID_DESTINATION")
    if destination.startswith("pl-"):
        kind = "destinationPrefixListId"
    else:
        kind = "destinationIpv6CidrBlock" if ":" in destination else "destinationCidrBlock"
    return {"id": id_, "routeTableId": table, kind: destination}


ROUTE = Resource(
    token="aws:ec2/route:Route",
    service="ec2",
    supported=("region", "routeTableId", *_DESTINATIONS, *_TARGETS),
    at_most_one=(("destinationCidrBlock", "egressOnlyGatewayId"), ("destinationPrefixListId", "vpcEndpointId")),
    exactly_one=(_TARGETS, _DESTINATIONS),
    replaces=("region", "routeTableId", *_DESTINATIONS),
    computed=("networkInterfaceId",),
    id=_route_id,
    keys={
        "RouteTableId": "routeTableId",
        "DestinationCidrBlock": "destinationCidrBlock",
        "DestinationIpv6CidrBlock": "destinationIpv6CidrBlock",
        "DestinationPrefixListId": "destinationPrefixListId",
    },
    create=Operation("CreateRoute"),
    read=_find_route,
    changes=(Change("ReplaceRoute", _TARGETS, whole=True),),
    delete=Operation("DeleteRoute"),
    names={"egressOnlyGatewayId": "EgressOnlyInternetGatewayId"},
    rules=(rules.route_destination,),
    import_id=_identify_route,
)


def _find_association(api: Api, state: Properties) -> Body | None:
    """By what it associates too: its own id changes with the route table."""
    tables = api.call("ec2", "DescribeRouteTables")["RouteTables"]
    associations: list[Body] = [association for table in tables for association in table["Associations"]]
    meant = {
        "RouteTableAssociationId": state["id"],
        "SubnetId": state.get("subnetId"),
        "GatewayId": state.get("gatewayId"),
    }
    return next(
        (found for name, value in meant.items() for found in associations if value and found.get(name) == value),
        None,
    )


def _move_association(api: Api, live: Properties, inputs: Properties, _changed: set[str]) -> None:
    _use_current_id(api, live)
    api.call("ec2", "ReplaceRouteTableAssociation", AssociationId=live["id"], RouteTableId=inputs["routeTableId"])


def _use_current_id(api: Api, state: Properties) -> None:
    found = _find_association(api, state)
    if found:
        state["id"] = found["RouteTableAssociationId"]


def _association_id(_state: Properties, body: Body) -> str:
    return str(body.get("RouteTableAssociationId", body.get("AssociationId")))


def _identify_association(id_: str) -> Properties:
    """{subnetId}/{routeTableId} or {gatewayId}/{routeTableId}"""  # noqa: D400
    associated, separator, table = id_.partition("/")
    if not separator:
        raise RefusedError(f"unexpected format of the id {id_}, expected SUBNET-ID/ROUTE-TABLE-ID or GATEWAY-ID/…")
    kind = "subnetId" if associated.startswith("subnet-") else "gatewayId"
    return {"id": id_, kind: associated, "routeTableId": table}


ROUTE_TABLE_ASSOCIATION = Resource(
    token="aws:ec2/routeTableAssociation:RouteTableAssociation",
    service="ec2",
    supported=("gatewayId", "region", "routeTableId", "subnetId"),
    exactly_one=(("gatewayId", "subnetId"),),
    replaces=("gatewayId", "region", "subnetId"),
    id=_association_id,
    keys={"AssociationId": "id"},
    create=Operation("AssociateRouteTable"),
    read=_find_association,
    delete=Operation("DisassociateRouteTable"),
    changes=(CustomChange(_move_association, ("routeTableId",)),),
    before_delete=_use_current_id,
    import_id=_identify_association,
)
TABLES = (ROUTE_TABLE, ROUTE, ROUTE_TABLE_ASSOCIATION)

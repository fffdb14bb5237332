"""Tags, which every service takes, lists and changes in its own way."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from sandbox.providers.aws import models
from sandbox.providers.aws.api import Api, Body
from sandbox.providers.aws.faults import TableError
from sandbox.providers.aws.shapes import member, pairs, to_aws
from sandbox.providers.base.wire import Properties


@dataclass(frozen=True, kw_only=True)
class Tagging:
    add: str
    remove: str
    resource: str  # the parameter that names what is tagged
    named_by: str  # and the property that it takes
    lists: str | None = None  # the operation that lists tags, when the answer that describes the resource does not
    kind: str | None = None  # EC2's word for the type of resource


def ec2(kind: str) -> Tagging:
    return Tagging(add="CreateTags", remove="DeleteTags", resource="Resources", named_by="id", kind=kind)


ECS = Tagging(add="TagResource", remove="UntagResource", resource="resourceArn", named_by="arn")
ROLE = Tagging(add="TagRole", remove="UntagRole", resource="RoleName", named_by="name")
LOGS = Tagging(
    add="TagResource",
    remove="UntagResource",
    resource="resourceArn",
    named_by="arn",
    lists="ListTagsForResource",
)


def own(api: Api, tags: Mapping[str, str], inputs: Properties) -> dict[str, str]:
    """Those that are not the provider's."""
    kept = inputs.get("tags", {})
    return {key: value for key, value in tags.items() if key in kept or api.cloud.default_tags.get(key) != value}


def put_into(parameters: Properties, tagging: Tagging, service: str, operation: str, tags: Mapping[str, str]) -> None:
    """Add tags to the parameters of a create, if it takes any."""
    members = models.input_shape(service, operation).members
    if not tags:
        return
    if tagging.kind and "TagSpecifications" in members:
        listed = [{"Key": key, "Value": value} for key, value in tags.items()]
        parameters["TagSpecifications"] = [{"ResourceType": tagging.kind, "Tags": listed}]
        return
    name = member("tags", members)
    if name:
        parameters[name] = to_aws(members[name], dict(tags), {})


def live(api: Api, tagging: Tagging, service: str, body: Body, state: Properties) -> dict[str, str]:
    if tagging.lists:
        parameters = _target(tagging, service, tagging.lists, state)
        body = api.call(service, tagging.lists, **parameters)
    found: Any = body.get("Tags", body.get("tags")) or []
    tags = cast("dict[str, str]", found) if isinstance(found, dict) else pairs(found)
    return {key: value for key, value in tags.items() if not key.startswith("aws:")}


def change(
    api: Api, tagging: Tagging, service: str, state: Properties, tags: Mapping[str, str], wanted_: Mapping[str, str]
) -> bool:
    """Make the tags what they should be. Tells whether anything had to be done."""
    new = {key: value for key, value in wanted_.items() if tags.get(key) != value}
    gone = sorted(set(tags) - set(wanted_))
    if new:
        shape = models.input_shape(service, tagging.add)
        name = str(member("tags", shape.members))
        parameters = _target(tagging, service, tagging.add, state)
        api.call(service, tagging.add, **parameters, **{name: to_aws(shape.members[name], new, {})})
    if gone:
        shape = models.input_shape(service, tagging.remove)
        name = member("tagKeys", shape.members)
        listed: Properties = {name: gone} if name else {"Tags": [{"Key": key} for key in gone]}
        api.call(service, tagging.remove, **_target(tagging, service, tagging.remove, state), **listed)
    return bool(new or gone)


def _target(tagging: Tagging, service: str, operation: str, state: Properties) -> Properties:
    shape = models.input_shape(service, operation).members[tagging.resource]
    if tagging.named_by not in state:
        raise TableError(f"tags: the state has no {tagging.named_by}, which names what is tagged: correct `names`")
    target = state[tagging.named_by]
    return {tagging.resource: [target] if shape.type_name == "list" else target}

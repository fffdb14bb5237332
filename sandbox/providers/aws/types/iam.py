"""Role, its inline policies and its managed policies."""

import json
from typing import Any, cast

from sandbox.providers.aws import tags
from sandbox.providers.aws.api import Api, Body
from sandbox.providers.aws.resource import Change, Operation, Resource, known_by
from sandbox.providers.aws.rules import iam as rules
from sandbox.providers.base.contract import Autoname
from sandbox.providers.base.wire import Properties


def policy(value: Any) -> Any:
    """A policy in a form in which equivalent ones are equal: a list of one is its element."""
    return _without_lists_of_one(json.loads(value) if isinstance(value, str) else value)


def _without_lists_of_one(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_lists_of_one(item) for key, item in cast("Properties", value).items()}
    if isinstance(value, list):
        items = [_without_lists_of_one(item) for item in cast("list[Any]", value)]
        return items[0] if len(items) == 1 else items
    return value


def _detach_policies(api: Api, state: Properties) -> None:
    if not state.get("forceDetachPolicies"):
        return
    role = state["id"]
    for attached in api.call("iam", "ListAttachedRolePolicies", RoleName=role)["AttachedPolicies"]:
        api.call("iam", "DetachRolePolicy", RoleName=role, PolicyArn=attached["PolicyArn"])
    for name in api.call("iam", "ListRolePolicies", RoleName=role)["PolicyNames"]:
        api.call("iam", "DeleteRolePolicy", RoleName=role, PolicyName=name)


def _describe_role(_api: Api, body: Body, _state: Properties) -> Properties:
    boundary: Body = body.get("PermissionsBoundary") or {}
    return {"permissionsBoundary": boundary.get("PermissionsBoundaryArn")}


ROLE = Resource(
    token="aws:iam/role:Role",
    service="iam",
    supported=(
        "assumeRolePolicy",
        "description",
        "forceDetachPolicies",
        "maxSessionDuration",
        "name",
        "namePrefix",
        "path",
        "permissionsBoundary",
        "tags",
    ),
    at_most_one=(("name", "namePrefix"),),
    replaces=("name", "namePrefix", "path"),
    defaults={"forceDetachPolicies": False, "maxSessionDuration": 3600, "path": "/"},
    autoname=Autoname(max_length=64),
    canonical={"assumeRolePolicy": policy},
    id=known_by("name"),
    keys={"RoleName": "id"},
    create=Operation("CreateRole", "Role"),
    read=Operation("GetRole", "Role"),
    changes=(
        Change("UpdateAssumeRolePolicy", ("assumeRolePolicy",)),
        Change("UpdateRole", ("description", "maxSessionDuration"), whole=True, absent={"description": ""}),
        Change("PutRolePermissionsBoundary", ("permissionsBoundary",), unset="DeleteRolePermissionsBoundary"),
    ),
    delete=Operation("DeleteRole"),
    names={
        "name": "RoleName",
        "uniqueId": "RoleId",
        "assumeRolePolicy": ("AssumeRolePolicyDocument", "PolicyDocument"),
    },
    provider_only=("forceDetachPolicies",),
    tags=tags.ROLE,
    rules=(rules.trust_policy, rules.tags),
    after_read=_describe_role,
    before_delete=_detach_policies,
)


ROLE_POLICY = Resource(
    token="aws:iam/rolePolicy:RolePolicy",
    service="iam",
    supported=("name", "namePrefix", "policy", "role"),
    at_most_one=(("name", "namePrefix"),),
    replaces=("name", "namePrefix", "role"),
    autoname=Autoname(),
    canonical={"policy": policy},
    id=lambda state, _body: f"{state['role']}:{state['name']}",
    keys={"RoleName": "role", "PolicyName": "name"},
    create=Operation("PutRolePolicy"),
    read=Operation("GetRolePolicy"),
    changes=(Change("PutRolePolicy", ("policy",)),),
    delete=Operation("DeleteRolePolicy"),
    names={"name": "PolicyName", "policy": "PolicyDocument", "role": "RoleName"},
    rules=(rules.inline_policy,),
    import_id="{role}:{name}",
)


def _find_attachment(api: Api, state: Properties) -> Body | None:
    attached = api.call("iam", "ListAttachedRolePolicies", RoleName=state["role"])["AttachedPolicies"]
    found = any(policy_["PolicyArn"] == state["policyArn"] for policy_ in attached)
    return {"RoleName": state["role"], "PolicyArn": state["policyArn"]} if found else None


ROLE_POLICY_ATTACHMENT = Resource(
    token="aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    service="iam",
    supported=("policyArn", "role"),
    replaces=("policyArn", "role"),
    delete_before_replace=True,
    id=lambda state, _body: f"{state['role']}/{state['policyArn']}",
    keys={"RoleName": "role", "PolicyArn": "policyArn"},
    create=Operation("AttachRolePolicy"),
    read=_find_attachment,
    delete=Operation("DetachRolePolicy"),
    names={"role": "RoleName"},
    import_id="{role}/{policyArn}",
)

TABLES = (ROLE, ROLE_POLICY, ROLE_POLICY_ATTACHMENT)

"""Log group."""

from sandbox.providers.aws import tags
from sandbox.providers.aws.api import Api, Body
from sandbox.providers.aws.resource import Change, Operation, Resource, known_by
from sandbox.providers.aws.rules import logs as rules
from sandbox.providers.base.contract import Autoname
from sandbox.providers.base.wire import Properties


def _find_group(api: Api, state: Properties) -> Body | None:
    groups = api.call("logs", "DescribeLogGroups", logGroupNamePrefix=state["id"])["logGroups"]
    return next((group for group in groups if group["logGroupName"] == state["id"]), None)


def _describe_group(_api: Api, body: Body, _state: Properties) -> Properties:
    # The official provider's ARN has no ":*" at the end.
    return {"arn": body["arn"].removesuffix(":*"), "retentionInDays": body.get("retentionInDays", 0)}


LOG_GROUP = Resource(
    token="aws:cloudwatch/logGroup:LogGroup",
    service="logs",
    supported=(
        "kmsKeyId",
        "logGroupClass",
        "name",
        "namePrefix",
        "region",
        "retentionInDays",
        "skipDestroy",
        "tags",
    ),
    at_most_one=(("name", "namePrefix"),),
    replaces=("logGroupClass", "name", "namePrefix", "region"),
    defaults={"retentionInDays": 0, "skipDestroy": False},
    autoname=Autoname(),
    computed=("logGroupClass",),
    id=known_by("name"),
    keys={"logGroupName": "id"},
    create=Operation("CreateLogGroup"),
    read=_find_group,
    changes=(
        Change("PutRetentionPolicy", ("retentionInDays",), unset="DeleteRetentionPolicy"),
        Change("AssociateKmsKey", ("kmsKeyId",), unset="DisassociateKmsKey"),
    ),
    delete=Operation("DeleteLogGroup"),
    names={"name": "logGroupName"},
    provider_only=("skipDestroy",),
    tags=tags.LOGS,
    rules=(rules.group_name, rules.retention, rules.tags),
    after_read=_describe_group,
)

TABLES = (LOG_GROUP,)

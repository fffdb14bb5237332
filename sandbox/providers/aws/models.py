"""botocore's models of the AWS services."""

import threading
from functools import cache
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from botocore.model import OperationModel, ServiceModel, StructureShape
    from botocore.session import Session

_LOCK = threading.RLock()


@cache
def session() -> "Session":
    from botocore.session import Session  # noqa: PLC0415 - slow, and the server must listen first

    # Nobody's configuration files are read.
    return Session(
        session_vars=cast(
            "Any", {"config_file": (None, None, None, None), "credentials_file": (None, None, None, None)}
        )
    )


@cache
def _service(name: str) -> "ServiceModel":
    with _LOCK:
        return session().get_service_model(name)


@cache
def operation(service: str, name: str) -> "OperationModel":
    with _LOCK:
        model = _service(service)
        if name not in model.operation_names:
            raise LookupError(f"{service} has no operation {name}")
        return model.operation_model(name)


def services() -> list[str]:
    with _LOCK:
        return session().get_available_services()


def operations(service: str) -> list[str]:
    with _LOCK:
        return list(_service(service).operation_names)


def words_of(service: str) -> str:
    """A service's name as its operations may have it, such as AutoScaling."""
    return str(_service(service).service_id).replace(" ", "")


def input_shape(service: str, name: str) -> "StructureShape":
    shape = operation(service, name).input_shape
    if shape is None:
        raise LookupError(f"{service} {name} takes no parameters")
    return shape


def protocol(service: str) -> str:
    return str(_service(service).resolved_protocol)


@cache
def region_description(region: str) -> str:
    """AWS's own name of a region, such as Europe (Frankfurt)."""
    data = session().get_component("data_loader").load_data("endpoints")
    for partition in data["partitions"]:
        if region in partition["regions"]:
            return str(partition["regions"][region]["description"])
    return region

"""Which operations the local AWS has."""

import importlib
from functools import cache
from typing import Any

from botocore import xform_name


@cache
def lacks(service: str, operation: str) -> bool:
    """Tell whether Moto is known to lack an operation. What it calls otherwise than botocore is left open."""
    try:
        responses = importlib.import_module(f"moto.{service}.responses")
    except ModuleNotFoundError:
        return False
    base: Any = importlib.import_module("moto.core.responses").BaseResponse
    classes = [found for found in vars(responses).values() if isinstance(found, type) and issubclass(found, base)]
    return not any(hasattr(found, xform_name(operation)) for found in classes)

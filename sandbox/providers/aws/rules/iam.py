"""Roles and policies."""

import json
import re
from collections.abc import Iterator
from typing import Any, cast

from sandbox.providers.aws.rules.common import known, tag_limits
from sandbox.providers.base.contract import Problem
from sandbox.providers.base.wire import Properties

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html, without white space
_LONGEST_TRUST, _LONGEST_INLINE = 2048, 10240


def tags(inputs: Properties) -> Iterator[Problem]:
    yield from tag_limits(inputs)
    # Tag keys of a role are distinguished without regard to case.
    keys: dict[str, str] = {}
    given: dict[str, str] = known(inputs, "tags") or {}
    for key in given:
        other = keys.setdefault(key.lower(), key)
        if other != key:
            yield Problem(
                "tags", f"Duplicate tag keys found. Please note that Tag keys are case insensitive: {other}, {key}"
            )


def trust_policy(inputs: Properties) -> Iterator[Problem]:
    yield from _document("assumeRolePolicy", known(inputs, "assumeRolePolicy"), _LONGEST_TRUST, trust=True)


def inline_policy(inputs: Properties) -> Iterator[Problem]:
    yield from _document("policy", known(inputs, "policy"), _LONGEST_INLINE, trust=False)


def _document(name: str, text: str | None, longest: int, *, trust: bool) -> Iterator[Problem]:
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
    if text is None:
        return
    try:
        document: Any = json.loads(text)
    except ValueError:
        yield Problem(name, "MalformedPolicyDocument: Syntax errors in policy.")
        return
    size = len(re.sub(r"\s", "", text))
    if size > longest:
        yield Problem(
            name, f"LimitExceeded: the policy has {size} non-whitespace characters, at most {longest} are allowed"
        )
    listed = cast("dict[str, Any]", document).get("Statement") if isinstance(document, dict) else None
    if listed is None:
        yield Problem(name, "MalformedPolicyDocument: Missing required field Statement")
        return
    statements = cast("list[Any]", listed) if isinstance(listed, list) else [listed]
    for statement in statements:
        yield from _statement(name, statement, trust=trust)


def _statement(name: str, statement: Any, *, trust: bool) -> Iterator[Problem]:
    given = cast("dict[str, Any]", statement if isinstance(statement, dict) else {})
    if given.get("Effect") not in ("Allow", "Deny"):
        yield Problem(name, "MalformedPolicyDocument: Missing required field Effect, Allow or Deny")
        return
    if not {"Action", "NotAction"} & set(given):
        yield Problem(name, "MalformedPolicyDocument: Missing required field Action")
    if trust and {"Resource", "NotResource"} & set(given):
        yield Problem(name, "MalformedPolicyDocument: Has prohibited field Resource")
    if trust and not {"Principal", "NotPrincipal"} & set(given):
        yield Problem(name, "MalformedPolicyDocument: Missing required field Principal")
    if not trust and not {"Resource", "NotResource"} & set(given):
        yield Problem(name, "MalformedPolicyDocument: Policy statement must contain resources.")
    if not trust and {"Principal", "NotPrincipal"} & set(given):
        yield Problem(name, "MalformedPolicyDocument: Policy document should not specify a principal.")

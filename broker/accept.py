"""Which requests of Snyk the client lets through, beyond its basic rules.

The client reads these flags only beside ACCEPT=accept.json, and only an exact "false" switches one off. On a type that
has no such rules they end the client at its start, so none is written there: the image's own file has them off.
"""

from collections.abc import Mapping, Sequence


def flags(
    *,
    iac_extensions: Sequence[str],
    code: bool,
    essentials: bool,
    pr_templates: bool,
    large_manifests: bool | None,
) -> Mapping[str, str]:
    """The flags of a source-code manager. `large_manifests` is None where the client has no rules for them."""
    written = {
        "ACCEPT_CODE": _word(code),
        "ACCEPT_CUSTOM_PR_TEMPLATES": _word(pr_templates),
        "ACCEPT_ESSENTIALS": _word(essentials),
        "ACCEPT_GIT": _word(code),
        "ACCEPT_IAC": ",".join(iac_extensions) or "false",
    }
    return written if large_manifests is None else written | {"ACCEPT_LARGE_MANIFESTS": _word(large_manifests)}


def _word(on: bool) -> str:  # noqa: FBT001
    return "true" if on else "false"

"""A draft as Python: the table, and the case of its test."""

from collections.abc import Iterable, Iterator
from typing import Any

from sandbox.providers.base.types import Anything, ListOf, MapOf, ObjectOf, Scalar, Type
from sandbox.providers.scaffold import emulation
from sandbox.providers.scaffold import operations as aws
from sandbox.providers.scaffold.draft import NOT_FOUND, Draft
from sandbox.providers.scaffold.facts import Facts
from sandbox.providers.scaffold.layout import Group, code, comment, group, value


def table(draft: Draft) -> str:
    """A module for `types/`."""
    words = aws.split(draft.token.split(":")[2])
    constant, title = "_".join(words).upper(), " ".join(words).capitalize()
    body = "".join(_fields(draft))
    return f'"""{title}."""\n\n{_imports(body)}\n\n{constant} = Resource(\n{body})\n\nTABLES = ({constant},)\n'


_MODULES = (
    ("sandbox.providers.aws", ("tags",)),
    ("sandbox.providers.aws.resource", ("Change", "Operation", "Resource", "answered", "known_by")),
    ("sandbox.providers.aws.rules.common", ("tag_limits",)),
    ("sandbox.providers.aws.tags", ("Tagging",)),
    ("sandbox.providers.base.contract", ("Autoname",)),
)


def _imports(body: str) -> str:
    written = [line for line in body.splitlines() if not line.lstrip().startswith("#")]

    def is_used(name: str) -> bool:
        return name == "Resource" or any(
            f"{before}{name}{after}" in line for line in written for before in "=( " for after in "(.,"
        )

    used = [(module, [name for name in names if is_used(name)]) for module, names in _MODULES]
    return "\n".join(f"from {module} import {', '.join(names)}" for module, names in used if names)


def _fields(draft: Draft) -> Iterator[str]:
    yield code(value(draft.token, "token="))
    yield code(value(draft.operations.service, "service="))
    if draft.required:
        yield comment(f"The SDK requires {', '.join(draft.required)}.")
    yield "    supported=(\n"
    for name in draft.supported:
        yield code(value(name), 8, draft.where(name))
    yield "    ),\n"
    for field, groups in (("at_most_one", draft.at_most_one()), ("exactly_one", draft.exactly_one())):
        if groups:
            yield code(value(tuple(groups), f"{field}="))
    yield from _official(draft)
    yield from _operations(draft)
    if draft.names:
        yield code(value(draft.names, "names="))
    if draft.provider_only():
        yield code(value(tuple(draft.provider_only()), "provider_only="))
    yield from _tags(draft)
    yield from _open_questions(draft)


def _official(draft: Draft) -> Iterator[str]:
    """What only the official provider can tell."""
    if draft.facts is None:
        yield comment(
            "look up: which changes replace (ForceNew in the official provider's source), defaults, what excludes what."
            " Add the type to facts.json."
        )
    yield code(value(tuple(draft.replaces), "replaces="))
    known = draft.facts or Facts()
    for name, condition in known.replaces_sometimes.items():
        if name in draft.supported:
            yield comment(f'look up: replaces_when={{"{name}": …}}, {condition}')
    if known.unknown:
        yield comment(f"look up: whether a change of {', '.join(known.unknown)} replaces")
    if known.delete_before_replace:
        yield code("delete_before_replace=True")
    if draft.defaults():
        yield code(value(draft.defaults(), "defaults="))
    autoname = draft.autoname()
    if autoname is not None:
        yield code(group("autoname=Autoname(", (value(item, f"{name}=") for name, item in autoname.items()), ")"))


def _operations(draft: Draft) -> Iterator[str]:
    operations = draft.operations
    told = f"the official provider's: {draft.facts.id}" if draft.facts else "look up: the official provider's"
    yield code(f"id={draft.id()}", said=told)
    unknown = "" if draft.keys else "look up: the parameters that tell which one is meant"
    yield code(value(draft.keys, "keys="), said=unknown)
    if len(draft.keys) > 1:
        form = ":".join(f"{{{name}}}" for name in draft.keys.values())
        yield comment(f'look up: import_id="{form}", or in another form')
    yield _operation(draft, "create", operations.create, draft.create_result, aws.CREATE)
    read_by = {name.lower() for name in aws.parameters(operations.service, operations.read)}
    for parameter in draft.keys if operations.read else ():
        if not {parameter.lower(), aws.plural(parameter).lower()} & read_by:
            without = f"{operations.read} does not take {parameter}"
            yield comment(f"look up: {without}: read=a function that picks out the one")
    yield _operation(draft, "read", operations.read, draft.read_result, aws.READ)
    for operation in draft.changes():
        lack = _lack(draft, operation)
        yield comment(lack) if lack else ""
    changes = [_change(operation, names, operations.create) for operation, names in draft.changes().items()]
    if changes:
        yield code(group("changes=(", changes, ")"))
    yield _operation(draft, "delete", operations.delete, None, aws.DELETE)


def _lack(draft: Draft, operation: str) -> str:
    return f"look up: Moto has no {operation}" if emulation.lacks(draft.operations.service, operation) else ""


def _change(operation: str, names: list[str], create: str | None) -> Group:
    whole = ["whole=True"] if operation == create else []  # an operation that puts all anew
    return group("Change(", (value(operation), value(tuple(names)), *whole), ")")


def _operation(draft: Draft, field: str, name: str | None, result: str | None, verbs: tuple[str, ...]) -> str:
    if name:
        call = group(f"{field}=Operation(", map(value, filter(None, (name, result))), ")")
        return code(call, said=_lack(draft, name))
    alike = aws.alike(draft.operations, verbs)
    there = f"; there is {', '.join(alike)}" if alike else ""
    return code(f'{field}=Operation("{NOT_FOUND}")', said=f"look up: none is called like the type{there}")


def _tags(draft: Draft) -> Iterator[str]:
    tagging = draft.tagging()
    if tagging is None:
        return
    if isinstance(tagging, str):
        kind = value(tagging)
        yield code(f"tags=tags.ec2({kind})", said="look up: EC2's word for it" if tagging == NOT_FOUND else "")
        if not any(name.lower() in ("arn", f"{draft.operations.noun}arn".lower()) for name in draft.read):
            yield code(f"ec2_arn={kind}")
    else:
        said = "look up: how the service tags it" if NOT_FOUND in tagging.values() else ""
        yield code(group("tags=Tagging(", (value(item, f"{name}=") for name, item in tagging.items()), ")"), said=said)
    yield code("rules=(tag_limits,)")


def _open_questions(draft: Draft) -> Iterator[str]:
    unchanged, missing, unread = draft.unchanged(), draft.without_counterpart(), draft.unread()
    if unchanged:
        yield comment(f"look up: what changes {', '.join(unchanged)}: a Change, a CustomChange, or nothing: `replaces`")
    if missing:
        yield comment(f"look up: AWS's names of {', '.join(missing)}")
    if unread and draft.read:
        yield comment(
            f"look up: {draft.operations.read} does not answer with {', '.join(unread)}: state AWS's names in `names`,"
            f" tell them in `after_read`, or list them in `write_only`. It has {', '.join(draft.read)}."
        )


def case(draft: Draft) -> str:
    """An entry of CASES in the tests' cases.py."""
    changeable = [name for names in draft.changes().values() for name in names]
    first = [name for name in draft.supported if name in ("name", "tags", *draft.required, *changeable[:3])]
    changed = [name for name in first if name in changeable or name == "tags"]
    replacing = [name for name in draft.replaces if name in draft.supported and name not in ("region", "namePrefix")]
    lines = (
        code(value(draft.token)),
        code(_inputs(draft, "", first, 0), said="look up: real values, such as world.role().id"),
        code(_inputs(draft, "change=", changed, 1)) if changed else "",
        code(_inputs(draft, "replace=", replacing[:1], 1)) if replacing else "",
        comment('look up: drift=("property", a function that changes it by boto3 clients)'),
        comment("look up: import_id, if it is not the id"),
    )
    return f"Case(\n{''.join(lines)}),\n"


def _inputs(draft: Draft, start: str, names: Iterable[str], number: int) -> str | Group:
    values = {name: sample(draft.schema.inputs[name], draft.shape(name), number) for name in names}
    return value(values, f"{start}lambda _: ")


def sample(type_: Type, shape: Any, number: int) -> Any:
    """A value that AWS's model allows; another one for another number."""
    found: Any = ("one", "two")[number]
    match type_:
        case Scalar("str"):
            values = list(getattr(shape, "enum", None) or ("one", "two"))
            found = values[min(number, len(values) - 1)]
        case Scalar("bool"):
            found = bool(number)
        case Scalar():
            least = (shape.metadata.get("min") if shape is not None else None) or 1
            found = int(least) + number
        case MapOf():
            found = {"team": found}
        case ListOf():
            inner = shape.member if shape is not None and shape.type_name == "list" else shape
            found = [sample(type_.item, inner, number)]
        case ObjectOf():
            found = dict(_sample_members(type_, shape, number))
        case Anything():
            pass
    return found


def _sample_members(type_: ObjectOf, shape: Any, number: int) -> Iterator[tuple[str, Any]]:
    held = shape.member if shape is not None and shape.type_name == "list" else shape
    if held is None or held.type_name != "structure":
        return
    for name, member_type in type_.members.items():
        called = aws.called(name, member_type, held.members, aws.split(held.name))
        if called in held.required_members:
            yield name, sample(member_type, held.members[called], number)

"""Creating, reading, updating and deleting, from a type's table. Everything converges from what is there."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, cast

from sandbox.providers.aws import journal, request, tags
from sandbox.providers.aws.api import Api, Body, Cloud, is_missing
from sandbox.providers.aws.faults import TableError, explain
from sandbox.providers.aws.resource import Change, CustomChange, Operation, Resource
from sandbox.providers.aws.shapes import properties
from sandbox.providers.base import sdk
from sandbox.providers.base.check import DEFAULTS
from sandbox.providers.base.contract import PartialError, RefusedError
from sandbox.providers.base.equality import applied, is_empty, matches, same, written_as
from sandbox.providers.base.provider import Found
from sandbox.providers.base.types import MismatchError, conform
from sandbox.providers.base.wire import Properties


def create(cloud: Cloud, resource: Resource, urn: str, inputs: Properties) -> tuple[str, Properties]:
    problems = list(request.problems(resource, inputs))
    if problems:  # of values that were unknown when the inputs were checked
        raise RefusedError("; ".join(f"{problem.property}: {problem.reason}" for problem in problems))
    api = cloud.at(inputs.get("region"))
    parameters = request.parameters(resource, resource.create.name, inputs)
    if resource.tags:
        tags.put_into(parameters, resource.tags, resource.service, resource.create.name, inputs.get("tagsAll", {}))
    began = datetime.now(UTC)
    with journal.recorded(urn, resource.token, api.region, _identity(resource, inputs)):
        answer = api.call(resource.service, resource.create.name, **parameters, **resource.create.constant)
    body = within(answer, resource.create.result) or {}
    state = {**inputs, **_outputs(api, resource, body)}
    id_ = resource.id(state, body)
    try:
        resource.after_create(api, {**state, "id": id_})
        state = _converge(api, resource, id_, state, inputs, inputs)
        resource.wait(api, {**state, "id": id_}, "create", began)
    except Exception as error:
        raise PartialError(id_, state, explain(resource, error)) from error
    return id_, state


def _identity(resource: Resource, inputs: Properties) -> Properties:
    """The inputs that tell which resource is meant, and none that may be secret."""
    names = {*resource.keys.values(), "region", "name", "skipDestroy"}
    return {name: inputs[name] for name in sorted(names & set(inputs))}


def update(
    cloud: Cloud, resource: Resource, id_: str, state: Properties, old: Properties, new: Properties
) -> Properties:
    """Change what differs. When nothing does, as after a failure that left the resource as it is, only look at it."""
    api = cloud.at(state.get("region"))
    differing = {
        name
        for name in (*resource.supported, "tagsAll")
        if not same(resource, name, applied(resource, name, old, state, new), new.get(name))
    }
    began = datetime.now(UTC)
    if not differing:
        return settled(resource, new, _there(api, resource, {**state, "id": id_}))
    try:
        updated = _converge(api, resource, id_, state, old, new)
        if differing - {"tags", "tagsAll"}:
            resource.wait(api, {**updated, "id": id_}, "update", began)
    except Exception as error:
        # As the official provider has it: the state says what was wanted, and nothing differs any more.
        raise PartialError(id_, {**state, **new}, explain(resource, error)) from error
    return updated


def _converge(
    api: Api, resource: Resource, id_: str, state: Properties, old: Properties, new: Properties
) -> Properties:
    """Make the resource what it should be. `old`: the inputs that were applied, as far as is known."""
    known = {**state, **new, "id": id_}
    live = _there(api, resource, known)
    changed = {name for name in resource.supported if _differs(resource, name, live, old, new)}
    acted = False
    if resource.tags:
        acted = tags.change(
            api, resource.tags, resource.service, {**known, **live}, live["tagsAll"], new.get("tagsAll", {})
        )
    # What AWS tells of and does not tell now is not set, whatever is wanted.
    there = {name: value for name, value in known.items() if not resource.is_reported(name)} | live
    for change in resource.changes:
        if changed & set(change.properties):
            _apply(api, resource, change, there, new, changed)
            acted = True
    if acted:
        live = _live(api, resource, known) or live
    return settled(resource, new, live)


def _differs(resource: Resource, name: str, live: Properties, old: Properties, new: Properties) -> bool:
    if name in resource.write_only:
        return not same(resource, name, old.get(name), new.get(name))
    if not resource.is_reported(name):
        return False
    if name in new:
        return not matches(resource, name, new[name], live.get(name))
    return name in old and name not in resource.computed and not is_empty(live.get(name))


def _apply(
    api: Api, resource: Resource, change: Change | CustomChange, state: Properties, new: Properties, changed: set[str]
) -> None:
    if isinstance(change, CustomChange):
        change.make(api, state, new, changed)
        return
    removed = {name: value for name, value in change.absent.items() if name in changed}
    given = {name: new[name] for name in change.properties if name in new and (change.whole or name in changed)}
    wanted = {**removed, **given}
    unset = change.unset is not None and all(not wanted.get(name) for name in change.properties)
    operation = change.unset if change.unset and unset else change.operation
    parameters = {} if unset else request.parameters(resource, operation, wanted)
    api.call(resource.service, operation, **request.keys(resource, operation, state), **parameters)


def settled(resource: Resource, inputs: Properties, live: Properties) -> Properties:
    """The state: what is there, spelled as it was written; and as it was sent, where AWS does not tell."""
    written = {
        name: written_as(resource, name, value, live.get(name)) if resource.is_reported(name) else value
        for name, value in inputs.items()
    }
    return {**live, **written}


def read(cloud: Cloud, resource: Resource, id_: str, state: Properties, old: Properties) -> Found | None:
    """Look at a resource. Without state, by its id alone."""
    known = {**state, "id": id_} if state else resource.parse_id(id_)
    api = cloud.at(state.get("region"))
    body = _find(api, resource, known)
    if body is None:
        return None
    live = _described(api, resource, body, known)
    inputs = _seen(resource, old, state, live) if old else _imported(resource, live)
    written = {name: value for name, value in inputs.items() if name != DEFAULTS}
    return Found(resource.id({**known, **live}, body), {**state, **settled(resource, written, live)}, inputs)


def _seen(resource: Resource, old: Properties, state: Properties, live: Properties) -> Properties:
    """The inputs as they are now: where they differ from what was written, the engine sees drift."""
    inputs = {
        name: written_as(resource, name, value, live.get(name)) if resource.is_reported(name) else value
        for name, value in old.items()
    }
    if "tags" in old or live.get("tags"):
        inputs["tags"] = live.get("tags", {})
    if resource.tags:
        inputs["tagsAll"] = live["tagsAll"]
    for name in resource.supported:
        appeared = resource.is_reported(name) and name not in old and name not in resource.computed
        if appeared and not is_empty(live.get(name)) and live[name] != state.get(name):
            inputs[name] = live[name]
    return inputs


def _imported(resource: Resource, live: Properties) -> Properties:
    """The inputs that would have made what is there."""
    defaults = {name: value for name, value in resource.defaults.items() if "." not in name}
    found = {
        name: live[name]
        for name in (*resource.supported, "tagsAll")
        if name == "tagsAll" or not is_empty(live.get(name))
        if name in live
    }
    return {**defaults, **found}


def delete(cloud: Cloud, resource: Resource, id_: str, state: Properties) -> None:
    if state.get("skipDestroy"):
        return
    api = cloud.at(state.get("region"))
    known = {**state, "id": id_}
    try:
        resource.before_delete(api, known)
        keys = request.keys(resource, resource.delete.name, known)
        api.call(resource.service, resource.delete.name, **keys, **resource.delete.constant)
    except Exception as error:
        if not is_missing(error):
            raise


def within(answer: Body, path: str | None) -> Body | None:
    """What an answer says of the one resource."""
    if path is None:
        return answer
    found: Any = answer.get(path)
    one = next(iter(cast("list[Body]", found)), None) if isinstance(found, list) else cast("Body | None", found)
    # Some answers have the tags beside it.
    return {"tags": answer["tags"], **one} if one and "tags" in answer else one


def _find(api: Api, resource: Resource, state: Properties) -> Body | None:
    try:
        if isinstance(resource.read, Operation):
            keys = request.keys(resource, resource.read.name, state)
            answer = api.call(resource.service, resource.read.name, **keys, **resource.read.constant)
            body = within(answer, resource.read.result)
        else:
            body = resource.read(api, state)
    except Exception as error:
        if is_missing(error):
            return None
        raise
    return None if body is None or resource.gone(body) else body


def _live(api: Api, resource: Resource, state: Properties) -> Properties | None:
    body = _find(api, resource, state)
    return None if body is None else _described(api, resource, body, state)


def _there(api: Api, resource: Resource, state: Properties) -> Properties:
    live = _live(api, resource, state)
    if live is None:
        raise RefusedError(f"{state['id']} does not exist any more: refresh the stack")
    return live


def _described(api: Api, resource: Resource, body: Body, state: Properties) -> Properties:
    live = _outputs(api, resource, body)
    known = {**state, **live}
    known["id"] = resource.id(known, body)
    if resource.ec2_arn:
        live["arn"] = api.arn("ec2", f"{resource.ec2_arn}/{known['id']}")
    live |= resource.after_read(api, body, {**known, **live})
    if resource.tags:
        live["tagsAll"] = tags.live(api, resource.tags, resource.service, body, {**known, **live})
        live["tags"] = tags.own(api, live["tagsAll"], state)
    return _conformed(resource, live)


def _outputs(api: Api, resource: Resource, body: Mapping[str, Any]) -> Properties:
    types = {
        name: type_ for name, type_ in sdk.resource(resource.token).outputs.items() if name not in ("tags", "tagsAll")
    }
    live = properties(types, body, resource.names)
    if "ownerId" in types:
        live.setdefault("ownerId", api.account)
    if resource.regional:
        live["region"] = api.region
    return live


def _conformed(resource: Resource, live: Properties) -> Properties:
    types = sdk.resource(resource.token).outputs
    try:
        conformed = {name: conform(types[name], value, name) for name, value in live.items() if name in types}
    except MismatchError as mismatch:
        raise TableError(f"{mismatch}: correct `names` or `after_read`") from None
    return {name: value for name, value in conformed.items() if value is not None}

"""The provider of the package random: values that stay the same until something they depend on changes."""

import base64
import secrets
import string
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from typing_extensions import override

from sandbox.providers.base.contract import Contract, RefusedError
from sandbox.providers.base.provider import Found, Provider
from sandbox.providers.base.wire import Properties, secret

_SPECIAL = "!@#$%&*()-_=+[]{}<>:?"


@dataclass(frozen=True, kw_only=True)
class Random(Contract):
    """A type of random value. Any change of its inputs makes another."""

    make: Callable[[Properties], tuple[str, Properties]]
    # An id, to import what was made elsewhere.
    recall: Callable[[str], tuple[str, Properties]]


def _type(
    name: str,
    supported: tuple[str, ...],
    make: Callable[[Properties], tuple[str, Properties]],
    recall: Callable[[str], tuple[str, Properties]],
    defaults: Properties | None = None,
) -> Random:
    return Random(
        token=f"random:index/{name[0].lower()}{name[1:]}:{name}",
        supported=supported,
        replaces=supported,
        make=make,
        recall=recall,
        defaults=defaults or {},
    )


def _identified(raw: bytes, prefix: str) -> tuple[str, Properties]:
    url = base64.urlsafe_b64encode(raw).decode().rstrip("=")
    forms = {
        "b64Url": url,
        "b64Std": base64.b64encode(raw).decode(),
        "hex": raw.hex(),
        "dec": str(int.from_bytes(raw)),
    }
    return url, {"byteLength": len(raw), **{name: prefix + form for name, form in forms.items()}}


def _make_id(inputs: Properties) -> tuple[str, Properties]:
    return _identified(secrets.token_bytes(inputs["byteLength"]), inputs.get("prefix", ""))


def _recall_id(id_: str) -> tuple[str, Properties]:
    prefix, _, url = id_.rpartition(",")
    known, state = _identified(base64.urlsafe_b64decode(url + "=" * (-len(url) % 4)), prefix)
    return known, {**state, "prefix": prefix or None}


_CLASSES = (
    ("upper", "minUpper", string.ascii_uppercase),
    ("lower", "minLower", string.ascii_lowercase),
    ("numeric", "minNumeric", string.digits),
    ("special", "minSpecial", _SPECIAL),
)


def _text(inputs: Properties) -> str:
    alphabet, characters = "", list[str]()
    for wanted, least, class_ in _CLASSES:
        if wanted == "special":
            class_ = inputs.get("overrideSpecial") or class_  # noqa: PLW2901 - the program's own class
        if inputs[wanted]:
            alphabet += class_
        characters += [secrets.choice(class_) for _ in range(inputs[least])]
    if not alphabet or len(characters) > inputs["length"]:
        raise RefusedError(f"no text of {inputs['length']} characters fits: see the classes and their minima")
    characters += [secrets.choice(alphabet) for _ in range(inputs["length"] - len(characters))]
    secrets.SystemRandom().shuffle(characters)
    return "".join(characters)


def _make_string(inputs: Properties) -> tuple[str, Properties]:
    text = _text(inputs)
    return text, {"result": text, "number": inputs["numeric"]}


def _make_password(inputs: Properties) -> tuple[str, Properties]:
    # The id is in the open, so it tells nothing.
    return "none", {"result": secret(_text(inputs)), "number": inputs["numeric"]}


def _make_uuid(_inputs: Properties) -> tuple[str, Properties]:
    value = str(uuid.uuid4())
    return value, {"result": value}


def _recall_uuid(id_: str) -> tuple[str, Properties]:
    value = str(uuid.UUID(id_))
    return value, {"result": value}


_TEXT = ("keepers", "length", "overrideSpecial", *(name for class_ in _CLASSES for name in class_[:2]))
_TEXT_DEFAULTS: Properties = {
    **{class_[0]: True for class_ in _CLASSES},
    **{class_[1]: 0 for class_ in _CLASSES},
}

_TYPES = {
    type_.token: type_
    for type_ in (
        _type("RandomId", ("byteLength", "keepers", "prefix"), _make_id, _recall_id),
        _type(
            "RandomString",
            _TEXT,
            _make_string,
            lambda text: (text, {"result": text, "length": len(text), **_TEXT_DEFAULTS}),
            _TEXT_DEFAULTS,
        ),
        _type(
            "RandomPassword",
            _TEXT,
            _make_password,
            lambda text: ("none", {"result": secret(text), "length": len(text), **_TEXT_DEFAULTS}),
            _TEXT_DEFAULTS,
        ),
        _type("RandomUuid", ("keepers",), _make_uuid, _recall_uuid),
    )
}


class RandomProvider(Provider[Random]):
    package = "random"

    @override
    def configure(self, settings: Properties) -> None:
        pass

    @override
    def contract(self, token: str) -> Random:
        if token not in _TYPES:
            raise RefusedError(
                f"the resource type {token} is not supported by the sandbox: add it to {self.home(token)}"
            )
        return _TYPES[token]

    @override
    def home(self, token: str) -> str:
        return "sandbox/providers/random/provider.py"

    @override
    def create(self, contract: Random, urn: str, inputs: Properties) -> tuple[str, Properties]:
        id_, made = contract.make(inputs)
        return id_, {**inputs, **made}

    @override
    def read(self, contract: Random, id_: str, state: Properties, inputs: Properties) -> Found | None:
        if state:
            if "result" in state and id_ == "none":
                state = {**state, "result": secret(state["result"])}
            return Found(id_, state, inputs)
        known, recalled = contract.recall(id_)
        return Found(known, recalled, {name: recalled[name] for name in contract.supported if name in recalled})

    @override
    def update(self, contract: Random, id_: str, state: Properties, old: Properties, new: Properties) -> Properties:
        raise RefusedError(f"{contract.token} {id_} cannot be updated: all of its properties replace it")

    @override
    def delete(self, contract: Random, id_: str, state: Properties) -> None:
        pass

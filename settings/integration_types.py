"""One model for each type in the catalogue, made from its entry."""

from collections.abc import Mapping
from typing import Any, cast

from pydantic import Field, create_model

from broker import catalogue
from broker.catalogue import CATALOGUE, IntegrationType, Shape
from settings.base import Model
from settings.integration import CodeRules, CommitSigning, Common, LargeManifests
from settings.registry import Registry
from settings.values import Host, HostAndPath, Port, Url, User, Word

_SHAPES: Mapping[Shape, Any] = {
    Shape.HOST: Host,
    Shape.HOST_AND_PATH: HostAndPath,
    Shape.URL: Url,
    Shape.PORT: Port,
    Shape.WORD: Word,
    Shape.USER: User,
}


class Integration(Common):
    """One system that Snyk reaches through the Broker."""

    type: str

    @property
    def entry(self) -> IntegrationType:
        return CATALOGUE[self.type]

    @property
    def fields(self) -> Mapping[str, str | int]:
        """The settings that only this type has and that are given, by their keys in the catalogue."""
        given = self.model_dump(by_alias=True, exclude_none=True)
        found: dict[str, str | int] = {}
        for field in self.entry.fields:
            group, _, key = field.key.rpartition(".")
            values: dict[str, Any] = given.get(group, {}) if group else given
            if key in values:
                found[field.key] = values[key]
        return found


def _fields(fields: Mapping[str, catalogue.Field]) -> dict[str, Any]:
    return {
        key: (
            _SHAPES[field.shape] if field.required else _SHAPES[field.shape] | None,
            Field(default=... if field.required else None, examples=[field.example], description=field.doc),
        )
        for key, field in fields.items()
    }


def _model(entry: IntegrationType) -> type[Integration]:
    mixins = [
        mixin
        for mixin, wanted in (
            (CodeRules, entry.code_rules),
            (LargeManifests, entry.large_manifests),
            (CommitSigning, entry.commit_signing),
            (Registry, entry.callback),
        )
        if wanted
    ]
    own = _fields({field.key: field for field in entry.fields if "." not in field.key})
    groups: dict[str, dict[str, catalogue.Field]] = {}
    for field in entry.fields:
        group, _, key = field.key.partition(".")
        if key:
            groups.setdefault(group, {})[key] = field
    shared = {name for mixin in mixins for name in mixin.model_fields}
    for group, fields in groups.items():
        if group in shared:
            continue
        model = create_model(group.capitalize(), __base__=Model, **_fields(fields))
        example = {key: field.example for key, field in fields.items()}
        own[group] = (model | None, Field(default=None, examples=[example]))
    name = "".join(part.capitalize() for part in entry.name.split("-"))
    return cast(
        "type[Integration]",
        create_model(name, __base__=(Integration, *mixins), __doc__=f"An integration of {entry.system}.", **own),
    )


MODELS: Mapping[str, type[Integration]] = {name: _model(entry) for name, entry in CATALOGUE.items()}

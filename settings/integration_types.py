"""One model for each type in the catalogue, made from its entry."""

from collections.abc import Mapping
from typing import Annotated, Any, cast

from pydantic import Field, ValidationInfo, create_model, field_validator
from pydantic_core import PydanticCustomError

from broker import catalogue
from broker.catalogue import CATALOGUE, IntegrationType, Shape
from settings.base import MISPLACED, MISSING, Model
from settings.integration import CodeRules, CommitSigning, Common, LargeManifests
from settings.values import ExternalId, Host, HostAndPath, Port, Region, RoleArn, Url, User, Word, one_of

_SHAPES: Mapping[Shape, Any] = {
    Shape.HOST: Host,
    Shape.HOST_AND_PATH: HostAndPath,
    Shape.URL: Url,
    Shape.PORT: Port,
    Shape.WORD: Word,
    Shape.USER: User,
    Shape.AWS_REGION: Region,
    Shape.ROLE_ARN: RoleArn,
    Shape.EXTERNAL_ID: ExternalId,
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
    found: dict[str, Any] = {}
    for key, field in fields.items():
        type_: Any = Annotated[_SHAPES[field.shape], one_of(field.options)] if field.options else _SHAPES[field.shape]
        required = field.required and not field.kinds
        found[key] = (
            type_ if required else type_ | None,
            Field(
                default=... if required else None,
                validate_default=bool(field.kinds),
                examples=[field.example],
                description=field.doc,
            ),
        )
    return found


def _group(name: str, fields: Mapping[str, catalogue.Field]) -> type[Model]:
    """The model of a group of fields, some of which only some kinds may have."""

    def of_the_kind(value: object, info: ValidationInfo) -> object:
        field, kind = fields[str(info.field_name)], info.data.get("kind")
        if kind is None:
            return value  # which is a problem of its own
        if value is not None and kind not in field.kinds:
            only = f"is for {field.kinds[0]} only, not for {kind}" if len(field.kinds) == 1 else f"is not for {kind}"
            raise PydanticCustomError(MISPLACED, "{only}", {"only": only})
        if value is None and field.required and kind in field.kinds:
            raise PydanticCustomError(MISSING, "is required for {kind}", {"kind": kind})
        return value

    conditional = [key for key, field in fields.items() if field.kinds]
    checks: dict[str, Any] = {"of_the_kind": field_validator(*conditional)(of_the_kind)} if conditional else {}
    return create_model(name.capitalize(), __base__=Model, __validators__=checks, **_fields(fields))


def _example(fields: Mapping[str, catalogue.Field]) -> Mapping[str, str | int]:
    """The group as its first kind needs it."""
    kind = fields["kind"].example if "kind" in fields else None
    return {
        key: field.example
        for key, field in fields.items()
        if field.required and (not field.kinds or kind in field.kinds)
    }


def _model(entry: IntegrationType) -> type[Integration]:
    mixins = [
        mixin
        for mixin, wanted in (
            (CodeRules, entry.code_rules),
            (LargeManifests, entry.large_manifests),
            (CommitSigning, entry.commit_signing),
        )
        if wanted
    ]
    own = _fields({field.key: field for field in entry.fields if "." not in field.key})
    groups: dict[str, dict[str, catalogue.Field]] = {}
    for field in entry.fields:
        group, _, key = field.key.partition(".")
        if key:
            groups.setdefault(group, {})[key] = field
    for group, fields in groups.items():
        required = entry.any_of == (group,)
        model = _group(group, fields)
        own[group] = (
            model if required else model | None,
            Field(default=... if required else None, examples=[_example(fields)]),
        )
    name = "".join(part.capitalize() for part in entry.name.split("-"))
    return cast(
        "type[Integration]",
        create_model(name, __base__=(Integration, *mixins), __doc__=f"An integration of {entry.system}.", **own),
    )


MODELS: Mapping[str, type[Integration]] = {name: _model(entry) for name, entry in CATALOGUE.items()}

"""What the models of the settings share."""

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel


class Model(BaseModel):
    """Keys in camelCase; nothing unknown, nothing converted, nothing changed afterwards."""

    model_config = ConfigDict(alias_generator=to_camel, extra="forbid", frozen=True, strict=True)


# The type of an error about a value that has no place where it stands: it is taken out, since no other mends it.
MISPLACED = "misplaced"

# The type of an error about a value that is only needed beside another.
MISSING = "missing_beside"


def exactly_one(model: Model, *names: str) -> None:
    """Raises ValueError unless exactly one of the model's fields is given."""
    if len([name for name in names if getattr(model, name) is not None]) != 1:
        keys = [to_camel(name) for name in names]
        raise ValueError(f"takes exactly one of {', '.join(keys[:-1])} and {keys[-1]}")


def model_keys(model: type[BaseModel]) -> tuple[str, ...]:
    """The keys that the model knows, as they are written."""
    return tuple(field.alias or name for name, field in model.model_fields.items())

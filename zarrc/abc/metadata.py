"""Documents that are made of their fields, under the name of ``zarr.abc.metadata``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, Self


@dataclass(frozen=True)
class Metadata:
    """Base of dataclasses that are written as dicts: each field under its name, other `Metadata` in it likewise."""

    def to_dict(self) -> dict[str, Any]:
        return {field.name: _plain(getattr(self, field.name)) for field in fields(self)}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        """Of a dict with the fields. Raises ``TypeError`` for other keys."""
        return cls(**data)


def _plain(value: Any) -> Any:
    if isinstance(value, Metadata):
        return value.to_dict()
    if isinstance(value, Sequence) and not isinstance(value, str):
        return tuple([item.to_dict() if isinstance(item, Metadata) else item for item in value])
    return value


__all__ = ["Metadata"]

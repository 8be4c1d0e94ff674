"""What the v3 codecs called ``numcodecs.*`` share: numcodecs' configuration without its id."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from zarrc.codecs.base import ChunkSpec, Codec
from zarrc.errors import CodecValidationError


class NumcodecsNamed(Codec):
    """Mixin for a codec that core v3 has under another name or in another form."""

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        return cls.from_config(dict(data.get("configuration") or {}))

    def to_dict(self) -> dict[str, Any]:
        configuration = self.get_config()
        del configuration["id"]
        return {"name": self.name, "configuration": configuration}


class ParametersLater(Codec):
    """Mixin for a codec that can be made, as in zarr-python, without the parameters that it needs: they are None then,
    are left out of configurations, and `resolve` refuses the codec."""

    needed: ClassVar[tuple[str, ...]] = ()

    def _missing(self) -> list[str]:
        return [key for key in self.needed if getattr(self, key) is None]

    def __post_init__(self) -> None:
        if not self._missing():
            super().__post_init__()  # type: ignore[misc]

    def resolve(self, spec: ChunkSpec) -> Codec:
        if missing := self._missing():
            raise CodecValidationError(f"codec {self.name!r} needs {' and '.join(missing)}")
        return super().resolve(spec)

    def to_dict(self) -> dict[str, Any]:
        said = super().to_dict()
        for key in self._missing():
            del said["configuration"][key]
        return said

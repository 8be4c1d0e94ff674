"""What the v3 codecs called ``numcodecs.*`` share: numcodecs' configuration without its id."""

from __future__ import annotations

from typing import Any, Self

from zarrc.codecs.base import Codec


class NumcodecsNamed(Codec):
    """Mixin for a codec that core v3 has under another name or in another form."""

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        return cls.from_config(dict(data.get("configuration") or {}))

    def to_dict(self) -> dict[str, Any]:
        configuration = self.get_config()
        del configuration["id"]
        return {"name": self.name, "configuration": configuration}

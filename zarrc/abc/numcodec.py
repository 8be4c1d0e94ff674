"""The interface of numcodecs' codecs, under the name of ``zarr.abc.numcodec``."""

from __future__ import annotations

from typing import Any, Protocol, Self


class Numcodec(Protocol):
    """What ``numcodecs.abc.Codec`` has."""

    codec_id: str

    def encode(self, buf: Any) -> Any:
        """The encoded form of a buffer."""
        ...

    def decode(self, buf: Any, out: Any | None = None) -> Any:
        """The inverse of `encode`, into ``out`` where it is given."""
        ...

    def get_config(self) -> Any:
        """v2 metadata of the codec, with its ``id``."""
        ...

    @classmethod
    def from_config(cls, config: Any) -> Self:
        """The codec of such metadata."""
        ...


def _is_numcodec_cls(obj: object) -> bool:
    """Whether a class has what `Numcodec` asks for."""
    if not isinstance(obj, type) or not isinstance(getattr(obj, "codec_id", None), str):
        return False
    return all(callable(getattr(obj, name, None)) for name in ("encode", "decode", "get_config", "from_config"))


def _is_numcodec(obj: object) -> bool:
    return _is_numcodec_cls(type(obj))


__all__ = ["Numcodec"]

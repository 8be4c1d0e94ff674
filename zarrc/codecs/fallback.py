"""Codecs of numcodecs that have no class here, and whatever other packages registered with numcodecs."""

from __future__ import annotations

import importlib
import importlib.util
import json
from dataclasses import dataclass, field
from functools import lru_cache
from types import ModuleType
from typing import Any, ClassVar, Self

import numpy as np

from zarrc.codecs.base import ChunkSpec, Codec, Kind
from zarrc.codecs.buffers import as_byte_view, check_limit
from zarrc.codecs.elements import items_of
from zarrc.errors import CodecError, CodecValidationError, MissingDependencyError

PREFIX = "numcodecs."


@dataclass(frozen=True)
class NumcodecsCodec(Codec):
    """A numcodecs codec behind this interface: bytes to bytes. Subclasses, one an id, are made by `numcodecs_class`.

    Its configuration is kept as it was read. numcodecs knows no limits: what it decodes to is checked afterwards.
    """

    config: dict[str, Any] = field(default_factory=dict)
    dtype: np.dtype = field(default=np.dtype("u1"), init=False, repr=False, compare=False)

    def __hash__(self) -> int:
        return hash((type(self), json.dumps(self.config, sort_keys=True, default=repr)))

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        return cls(dict(data.get("configuration") or {}))

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        return cls({key: value for key, value in config.items() if key != "id"})

    def to_dict(self) -> dict[str, Any]:
        return {"name": self.name, "configuration": dict(self.config)}

    def get_config(self) -> dict[str, Any]:
        return {"id": self.codec_id, **self.config}

    def numcodec(self) -> Any:
        """numcodecs' own object. Raises `CodecValidationError` when it refuses the configuration."""
        module = _numcodecs()
        if module is None:
            raise MissingDependencyError(f"codec {self.codec_id!r} needs the package 'numcodecs'")
        try:
            return module.get_codec(self.get_config())
        except Exception as e:  # each codec checks in its own way
            raise CodecValidationError(f"codec {self.label()!r}: {type(e).__name__}: {e}") from e

    def resolve(self, spec: ChunkSpec) -> Codec:
        if spec.dtype.hasobject:
            raise CodecValidationError(f"codec {self.label()!r} must stand first to work on objects")
        self.numcodec()
        new = type(self)(self.config)
        object.__setattr__(new, "dtype", spec.dtype)
        return new

    def on_arrays(self) -> Codec:
        return NumcodecsArrayCodec(self)

    def encode(self, data: Any) -> Any:
        """Bytes of what numcodecs makes of the elements, a flat array of the chunk's type."""
        view = as_byte_view(data)
        items = items_of(view, self.dtype if not len(view) % self.dtype.itemsize else np.dtype("u1"), self.label())
        return bytes(as_byte_view(_called(self, self.numcodec().encode, items)))

    def decode(self, data: Any, *, nbytes: int | None = None) -> Any:
        """Raises `CodecError` for whatever numcodecs raises, and for more than ``nbytes`` bytes."""
        content = as_byte_view(_called(self, self.numcodec().decode, bytes(as_byte_view(data))))
        check_limit(len(content), nbytes, self.label())
        return bytes(content)


@dataclass(frozen=True)
class NumcodecsArrayCodec(Codec):
    """The same where it stands first in v2 metadata: it then gets the chunk as an array, with its shape."""

    kind: ClassVar[Kind] = "array_bytes"

    codec: NumcodecsCodec
    spec: ChunkSpec | None = field(default=None, init=False, repr=False, compare=False)

    @property
    def name(self) -> str:  # type: ignore[override]
        return self.codec.name

    def label(self) -> str:  # type: ignore[override]
        return self.codec.label()

    def to_dict(self) -> dict[str, Any]:
        return self.codec.to_dict()

    def get_config(self) -> dict[str, Any]:
        return self.codec.get_config()

    def resolve(self, spec: ChunkSpec) -> Codec:
        self.codec.numcodec()
        new = type(self)(self.codec)
        object.__setattr__(new, "spec", spec)
        return new

    def output_spec(self, spec: ChunkSpec) -> ChunkSpec:
        return spec.replaced(dtype=np.dtype("u1"), fill_value=None, bits=None)

    def encode(self, data: np.ndarray) -> bytes:
        items = np.asarray(data, order="C")
        return bytes(as_byte_view(_called(self, self.codec.numcodec().encode, items)))

    def decode(self, data: Any, *, nbytes: int | None = None) -> np.ndarray:
        """Array of the chunk's shape and dtype. Raises `CodecError` when numcodecs gives anything else."""
        if self.spec is None:
            raise CodecValidationError(f"codec {self.label()!r} decodes only after resolve(): the shape is unknown")
        spec = self.spec
        found = _called(self, self.codec.numcodec().decode, bytes(as_byte_view(data)))
        if isinstance(found, np.ndarray) and (spec.dtype.hasobject or found.dtype == spec.dtype):
            items = found.reshape(-1).astype(spec.dtype, copy=False)
        else:
            items = items_of(found, spec.dtype, self.label())
        if items.size != spec.nitems:
            raise CodecError(f"{items.size} elements where the chunk has {spec.nitems}", codec=self.label())
        return items.reshape(spec.shape)


def _called(codec: Codec, call: Any, data: Any) -> Any:
    try:
        return call(data)
    except (MemoryError, ImportError):
        raise
    except Exception as e:  # numcodecs' codecs raise RuntimeError, ValueError and types of their libraries
        raise CodecError(f"{type(e).__name__}: {e}", codec=codec.label()) from e


def _numcodecs() -> ModuleType | None:
    return importlib.import_module("numcodecs") if importlib.util.find_spec("numcodecs") is not None else None


@lru_cache(maxsize=256)
def numcodecs_class(codec_id: str) -> type[NumcodecsCodec] | None:
    """The class for an id that numcodecs knows; None when it does not, or is not installed."""
    module = _numcodecs()
    if module is None:
        return None
    registry = importlib.import_module("numcodecs.registry")
    if codec_id not in registry.codec_registry and codec_id not in getattr(registry, "entries", {}):
        return None
    return type(f"Numcodecs_{codec_id}", (NumcodecsCodec,), {"codec_id": codec_id, "name": PREFIX + codec_id})

"""What every codec class is: a name in each format, a configuration, encode and decode, and its native step.

A chain is ``array -> array`` codecs, one ``array -> bytes`` codec, ``bytes -> bytes`` codecs (Zarr v3 core,
"Codecs"). The filters and the compressor of Zarr v2 fit the same three kinds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

import numpy as np

from zarrc.codecs.public import PublicNames
from zarrc.errors import CodecValidationError
from zarrc.frozen import Frozen, Record, set_slot
from zarrc.lazy import LazyModule

if TYPE_CHECKING:
    from zarrc.codecs.native_plan import NativeShard

options = LazyModule("zarrc.codecs.options")

Kind = Literal["array_array", "array_bytes", "bytes_bytes"]
BytesLike = bytes | bytearray | memoryview


class NativeStep(Record):
    """One step of the C plan: the C codec's name and its integer parameters (``csrc/codecs/codec.h``)."""

    name: str
    params: tuple[int, ...]


class ChunkSpec(Frozen):
    """What a codec may know of the chunk it works on.

    Parameters
    ----------
    shape
        Shape of the (whole) chunk, in elements, at this place of the chain.
    dtype
        numpy dtype at this place of the chain. For v2 it carries the stored byte order.
    fill_value
        Fill value at this place of the chain, a numpy scalar, or None.
    bits
        Bits that an element means where the data type has fewer than ``dtype`` (4 for int4 in int8), else None.
    """

    __slots__ = ("bits", "dtype", "fill_value", "shape")
    _fields = ("shape", "dtype", "fill_value", "bits")
    shape: tuple[int, ...]
    dtype: np.dtype
    fill_value: Any
    bits: int | None

    def __init__(
        self, shape: tuple[int, ...], dtype: np.dtype, fill_value: Any = None, bits: int | None = None
    ) -> None:
        set_slot(self, "shape", shape)
        set_slot(self, "dtype", dtype)
        set_slot(self, "fill_value", fill_value)
        set_slot(self, "bits", bits)

    def replaced(self, **changes: Any) -> ChunkSpec:
        """The same with other values of some fields."""
        return ChunkSpec(**{name: changes.get(name, getattr(self, name)) for name in self._fields})

    @property
    def nitems(self) -> int:
        n = 1
        for edge in self.shape:
            n *= edge
        return n

    @property
    def nbytes(self) -> int:
        return self.nitems * self.dtype.itemsize


class Codec(PublicNames):
    """Base class. A subclass is a frozen dataclass whose fields are its configuration keys.

    ``name`` is the v3 name, ``codec_id`` the v2 id; "" where the codec does not exist in that format.

    Examples
    --------
    An own codec, given to `register_codec`, or found through an entry point of a package's ``pyproject.toml``::

        [project.entry-points."zarrc.codecs"]
        "example.xor" = "my_package:XorCodec"    # the v3 name
        xor = "my_package:XorCodec"              # the v2 id

    >>> from dataclasses import dataclass
    >>> from zarrc.codecs import Codec, register_codec
    >>> @register_codec
    ... @dataclass(frozen=True)
    ... class XorCodec(Codec):
    ...     name = "example.xor"
    ...     codec_id = "xor"
    ...     key: int = 255
    ...
    ...     def to_dict(self):
    ...         return {"name": self.name, "configuration": {"key": self.key}}
    ...
    ...     def get_config(self):
    ...         return {"id": self.codec_id, "key": self.key}
    ...
    ...     def encode(self, data):
    ...         return bytes(byte ^ self.key for byte in bytes(data))
    ...
    ...     def decode(self, data, *, nbytes=None):
    ...         return self.encode(data)
    """

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if isinstance(cls.name, str) and cls.name.startswith("numcodecs."):
            cls.codec_name = cls.name  # type: ignore[attr-defined]  # zarr-python's name for it, on these alone

    name: ClassVar[str] = ""
    codec_id: ClassVar[str] = ""
    kind: ClassVar[Kind] = "bytes_bytes"
    has_inner_chunks: ClassVar[bool] = False
    decodes_into: ClassVar[np.dtype | None] = None
    """dtype of the C-contiguous arrays that ``decode(..., out=)`` of an array -> bytes codec can fill; None: it has no
    such argument."""

    # configuration -----------------------------------------------------------------------------------------
    @classmethod
    def label(cls) -> str:
        """Name for messages: the v3 name, or the v2 id of a codec that has no v3 name."""
        return cls.name or cls.codec_id or cls.__name__

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        """From v3 metadata, ``{"name": ..., "configuration": {...}}``."""
        return cls._from_configuration(dict(data.get("configuration") or {}), 3)

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """From v2 metadata, ``{"id": ..., ...}`` (numcodecs)."""
        rest = dict(config)
        rest.pop("id", None)
        return cls._from_configuration(rest, 2)

    @classmethod
    def _from_configuration(cls, configuration: dict[str, Any], zarr_format: int) -> Self:
        """Keyword arguments of the class by default; overridden where a format spells things otherwise."""
        try:
            return cls(**configuration)
        except TypeError as e:
            label = cls.name if zarr_format == 3 else cls.codec_id
            reason = options.misfit(cls, configuration) or e
            raise CodecValidationError(f"codec {label!r}: bad configuration {configuration!r}: {reason}") from None

    def to_dict(self) -> dict[str, Any]:
        """v3 metadata of this codec, always an object with ``configuration`` when there is any."""
        raise NotImplementedError

    def get_config(self) -> dict[str, Any]:
        """v2 metadata of this codec (numcodecs' ``get_config``)."""
        raise NotImplementedError

    # place in a chain --------------------------------------------------------------------------------------
    def resolve(self, spec: ChunkSpec) -> Codec:
        """This codec with everything filled in that depends on the chunk (typesize, byte order, auto modes).

        Raises `CodecValidationError` when it cannot work on such a chunk.
        """
        return self

    def output_spec(self, spec: ChunkSpec) -> ChunkSpec:
        """The spec after this codec's encode (array -> array codecs only)."""
        return spec

    def native(self, spec: ChunkSpec) -> NativeStep | None:
        """The C step that does the same, or None: the chain then runs through Python, chunk by chunk."""
        return None

    def native_shard(self, order: tuple[int, ...]) -> NativeShard | None:
        """For an array -> bytes codec with chunks inside: what the C core must know of them, or None.

        ``order`` is the array axis for each axis of what the codec gets.
        """
        return None

    def on_arrays(self) -> Codec:
        """The codec to use where it stands first in v2 metadata and so gets the chunk itself, not its bytes."""
        return self

    def encoded_size(self, nbytes: int) -> int | None:
        """Exact encoded size of ``nbytes`` bytes, or None when it depends on the content.

        For an array -> bytes codec ``nbytes`` is that of the chunk, ``spec.nbytes``.
        """
        return None

    def encoded_limit(self, nbytes: int) -> int | None:
        """What an array -> bytes codec without exact size may at most be decompressed to on reading; None: no bound."""
        return 2 * nbytes + 2**20

    @classmethod
    def _chunk_spec_of(cls, shape: tuple[int, ...], data_type: Any, fill: Any) -> ChunkSpec:
        return ChunkSpec(tuple(shape), data_type.carrier, fill, data_type.bits)

    # work --------------------------------------------------------------------------------------------------
    def encode(self, data: Any) -> Any:
        """bytes -> bytes codecs: bytes-like to bytes. Array codecs: ndarray to ndarray or bytes."""
        raise NotImplementedError

    def decode(self, data: Any, *, nbytes: int | None = None) -> Any:
        """Inverse of `encode`.

        ``nbytes`` is the decoded size where it is known: a bytes -> bytes codec raises `CodecError` rather than
        make more than that.
        """
        raise NotImplementedError

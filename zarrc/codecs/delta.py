"""``delta``: the first element, then the differences (numcodecs ``delta``)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from zarrc.codecs.base import ChunkSpec, Codec, NativeStep
from zarrc.codecs.buffers import as_byte_view, check_limit
from zarrc.codecs.elements import numpy_type
from zarrc.errors import CodecError

# Element types of the native kernel, in the order of its enum (csrc/kernels/delta/delta.h).
NATIVE_TYPES = ("i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f4", "f8")


@dataclass(frozen=True)
class DeltaCodec(Codec):
    """Differences of neighbours, computed in ``dtype`` and stored as ``astype``. Integers wrap.

    In v2 it works on bytes, whatever the array's own type: elements in storage order, flattened. The v3 codec
    ``numcodecs.delta`` is `zarrc.codecs.numcodecs.Delta`.

    Parameters
    ----------
    dtype
        numpy type string of the decoded elements, byte order included; integers, floats or complex numbers.
    astype
        The same for the encoded elements; ``dtype`` by default.
    """

    name: ClassVar[str] = "numcodecs.delta"
    codec_id: ClassVar[str] = "delta"

    dtype: str
    astype: str | None = None

    def __post_init__(self) -> None:
        dtype = numpy_type("delta", "dtype", self.dtype, "iufc")
        astype = dtype if self.astype is None else numpy_type("delta", "astype", self.astype, "iufc")
        object.__setattr__(self, "dtype", dtype.str)
        object.__setattr__(self, "astype", astype.str)

    def to_dict(self) -> dict[str, Any]:
        return {"name": self.name, "configuration": {"dtype": self.dtype, "astype": self.astype}}

    def get_config(self) -> dict[str, Any]:
        return {"id": self.codec_id, "dtype": self.dtype, "astype": self.astype}

    def output_spec(self, spec: ChunkSpec) -> ChunkSpec:
        return spec.replaced(dtype=np.dtype(self.astype), fill_value=None)

    def native(self, spec: ChunkSpec) -> NativeStep | None:
        dtype, astype = np.dtype(self.dtype), np.dtype(self.astype)
        known = dtype.str[1:] in NATIVE_TYPES and astype.str[1:] in NATIVE_TYPES
        # What a float that fits no integer becomes differs between processors: those mixtures stay with numpy.
        if not known or (dtype.kind == "f") != (astype.kind == "f"):
            return None
        params = (_native_type(dtype), int(not dtype.isnative), _native_type(astype), int(not astype.isnative))
        return NativeStep("delta", params)

    def encoded_size(self, nbytes: int) -> int | None:
        return nbytes // np.dtype(self.dtype).itemsize * np.dtype(self.astype).itemsize

    def encode(self, data: Any) -> Any:
        """Raises `CodecError` when the bytes are not a whole number of elements."""
        return self.differences(self._elements(data, np.dtype(self.dtype))).tobytes()

    def decode(self, data: Any, *, nbytes: int | None = None) -> Any:
        """Raises `CodecError` when the bytes are not a whole number of elements, or stand for more than ``nbytes``."""
        stored = self._elements(data, np.dtype(self.astype))
        check_limit(stored.size * np.dtype(self.dtype).itemsize, nbytes, self.label())
        return self.sums(stored).tobytes()

    def differences(self, values: np.ndarray) -> np.ndarray:
        """``values`` (1-d, ``dtype``) as first element and differences (1-d, ``astype``)."""
        out = np.empty(values.shape, np.dtype(self.astype))
        with np.errstate(all="ignore"):
            out[:1] = values[:1]
            out[1:] = np.diff(values)
        return out

    def sums(self, stored: np.ndarray) -> np.ndarray:
        """Inverse of `differences`: running sums in ``dtype``."""
        dtype = np.dtype(self.dtype)
        native = dtype.newbyteorder("=")  # the type to sum in; ufuncs take no other order
        with np.errstate(all="ignore"):
            return np.add.accumulate(stored.astype(native), dtype=native).astype(dtype, copy=False)

    def _elements(self, data: Any, dtype: np.dtype) -> np.ndarray:
        view = as_byte_view(data)
        if len(view) % dtype.itemsize:
            raise CodecError(f"{len(view)} bytes are no whole number of {dtype} elements", codec=self.label())
        return np.frombuffer(view, dtype)


def _native_type(dtype: np.dtype) -> int:
    return NATIVE_TYPES.index(dtype.str[1:])

"""``zfpy``: numbers through zfp, with its header (numcodecs ``zfpy``)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from zarrc.codecs.base import ChunkSpec
from zarrc.codecs.buffers import as_byte_view
from zarrc.codecs.object_codec import ObjectCodec
from zarrc.codecs.validation import check_int, check_number
from zarrc.codecs.zfp_stream import HEADER_BYTES, STORED_TYPES, check_rate, compress, padded, zfpy_module
from zarrc.errors import CodecError, CodecValidationError

RATE, PRECISION, ACCURACY, REVERSIBLE = 2, 3, 4, 5
_OPTION = {RATE: "rate", PRECISION: "precision", ACCURACY: "tolerance"}


@dataclass(frozen=True)
class ZFPYCodec(ObjectCodec):
    """A zfp stream of an array of 1 to 4 dimensions, its shape and mode in the header. Needs the package zfpy.

    Parameters
    ----------
    mode
        zfp's number of the mode: 2 fixed rate, 3 fixed precision, 4 fixed accuracy, 5 reversible.
    tolerance
        Largest absolute error, for mode 4; negative: reversible.
    rate
        Bits an element, for mode 2.
    precision
        Bit planes to keep, for mode 3.
    compression_kwargs
        What numcodecs derives from the others; it is accepted and derived anew.
    """

    name: ClassVar[str] = "numcodecs.zfpy"
    codec_id: ClassVar[str] = "zfpy"

    mode: int = ACCURACY
    tolerance: float = -1
    rate: float = -1
    precision: int = -1
    compression_kwargs: Any = None

    def __post_init__(self) -> None:
        label = self.label()
        object.__setattr__(self, "mode", check_int(label, "mode", self.mode, RATE, REVERSIBLE))
        for key in ("tolerance", "rate"):
            object.__setattr__(self, key, check_number(label, key, getattr(self, key)))
        object.__setattr__(self, "precision", check_int(label, "precision", self.precision, -1, 64))
        object.__setattr__(self, "compression_kwargs", None)

    def _options(self) -> dict[str, Any]:
        key = _OPTION.get(self.mode)
        return {} if key is None else {key: getattr(self, key)}

    def _configuration(self) -> dict[str, Any]:
        keys = ("tolerance", "rate", "precision")
        return {"mode": self.mode, **{key: getattr(self, key) for key in keys}}

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        if self.mode in _OPTION:
            config["compression_kwargs"] = self._options()
        return config

    def resolve(self, spec: ChunkSpec) -> ZFPYCodec:
        if spec.dtype.str[1:] not in STORED_TYPES:
            raise CodecValidationError(f"codec {self.label()!r} stores 32- and 64-bit numbers, not {spec.dtype}")
        if not 1 <= len(spec.shape) <= 4:
            raise CodecValidationError(f"codec {self.label()!r}: 1 to 4 dimensions, the chunk has {len(spec.shape)}")
        return super().resolve(spec)

    def encoded_limit(self, nbytes: int) -> int | None:
        return 2 * nbytes + 2**20

    def encode(self, data: np.ndarray) -> bytes:
        if data.size == 0:
            return b""
        native = data.astype(data.dtype.newbyteorder("="), copy=False)
        return compress(native, self._options(), True, self.label())

    def decode(self, data: Any, *, nbytes: int | None = None) -> np.ndarray:
        """Array of the chunk's shape and dtype.

        Raises
        ------
        CodecError
            No header, or one of another type or number of elements. A damaged stream may also give other numbers.
        """
        spec, view = self.known_spec(), as_byte_view(data)
        if spec.nitems == 0:
            return np.zeros(spec.shape, spec.dtype)
        zfpy = zfpy_module(self.label())
        shape, dtype, rate = self._header(zfpy, view)
        if dtype.newbyteorder("=") != spec.dtype.newbyteorder("=") or np.prod(shape, dtype=object) != spec.nitems:
            raise CodecError(f"holds {dtype} of shape {shape}, not {spec.dtype} of {spec.shape}", codec=self.label())
        if rate is not None:
            check_rate(view, shape, rate, 0, self.label())
        try:
            array = zfpy.decompress_numpy(padded(view, shape, dtype, rate))
        except (RuntimeError, ValueError, TypeError) as e:
            raise CodecError(f"corrupt: {e}", codec=self.label()) from e
        return self.shaped(np.asarray(array).reshape(-1))

    def _header(self, zfpy: Any, view: memoryview) -> tuple[tuple[int, ...], np.dtype, float | None]:
        """Shape, dtype and, where it is fixed, rate that the stream says it has."""
        try:
            header = zfpy.header(bytes(view[:HEADER_BYTES]).ljust(2 * HEADER_BYTES, b"\0"))
            dtype = np.dtype(header["type"])
            mode = header["config"]["mode"]
        except (ValueError, TypeError, KeyError, RuntimeError, SyntaxError) as e:
            raise CodecError(f"corrupt header: {e}", codec=self.label()) from e
        if mode not in (*_OPTION, REVERSIBLE):
            raise CodecError(f"corrupt header, or a mode that is not supported: {header['mode']}", codec=self.label())
        shape = tuple(int(header[key]) for key in ("nw", "nz", "ny", "nx") if header[key])
        return shape, dtype, float(header["config"]["rate"]) if mode == RATE else None

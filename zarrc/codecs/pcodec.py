"""``pcodec``: numbers through Pcodec (numcodecs ``pcodec``)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from zarrc.codecs.base import ChunkSpec
from zarrc.codecs.buffers import as_byte_view
from zarrc.codecs.object_codec import ObjectCodec
from zarrc.codecs.packages import require
from zarrc.codecs.validation import check_choice, check_int
from zarrc.errors import CodecError, CodecValidationError

_TYPES = frozenset(("i2", "u2", "i4", "u4", "i8", "u8", "f2", "f4", "f8"))


@dataclass(frozen=True)
class PCodecCodec(ObjectCodec):
    """A standalone Pcodec file of the elements in C order. Needs the package pcodec.

    Parameters
    ----------
    level
        0 to 12: effort of compression.
    mode_spec
        "auto" or "classic".
    delta_spec
        "auto", "none", "try_consecutive" or "try_lookback".
    paging_spec
        "equal_pages_up_to".
    delta_encoding_order
        0 to 7, for ``delta_spec`` "auto" or "try_consecutive", or None.
    equal_pages_up_to
        Elements of a page.
    """

    name: ClassVar[str] = "numcodecs.pcodec"
    codec_id: ClassVar[str] = "pcodec"

    level: int = 8
    mode_spec: str = "auto"
    delta_spec: str = "auto"
    paging_spec: str = "equal_pages_up_to"
    delta_encoding_order: int | None = None
    equal_pages_up_to: int = 262144

    def __post_init__(self) -> None:
        label = self.label()
        object.__setattr__(self, "level", check_int(label, "level", self.level, 0, 12))
        check_choice(label, "mode_spec", self.mode_spec, ("auto", "classic"))
        deltas = ("auto", "none", "try_consecutive", "try_lookback")
        check_choice(label, "delta_spec", self.delta_spec, deltas)
        check_choice(label, "paging_spec", self.paging_spec, ("equal_pages_up_to",))
        order = self.delta_encoding_order
        if order is not None:
            object.__setattr__(self, "delta_encoding_order", check_int(label, "delta_encoding_order", order, 0, 7))
            if self.delta_spec not in ("auto", "try_consecutive"):
                raise CodecValidationError(f"codec {label!r}: delta_encoding_order goes with 'try_consecutive' only")
        elif self.delta_spec == "try_consecutive":
            raise CodecValidationError(f"codec {label!r}: delta_spec 'try_consecutive' needs delta_encoding_order")
        pages = check_int(label, "equal_pages_up_to", self.equal_pages_up_to, 1, 2**24)
        object.__setattr__(self, "equal_pages_up_to", pages)

    def _configuration(self) -> dict[str, Any]:
        keys = ("level", "mode_spec", "delta_spec", "paging_spec", "delta_encoding_order", "equal_pages_up_to")
        return {key: getattr(self, key) for key in keys}

    def resolve(self, spec: ChunkSpec) -> PCodecCodec:
        if spec.dtype.str[1:] not in _TYPES:
            raise CodecValidationError(f"codec {self.label()!r} stores real numbers of 16 to 64 bits, not {spec.dtype}")
        return super().resolve(spec)

    def encoded_limit(self, nbytes: int) -> int | None:
        return 2 * nbytes + 2**20

    def _chunk_config(self, pcodec: Any) -> Any:
        deltas = pcodec.DeltaSpec
        if self.delta_encoding_order is not None:
            delta = deltas.try_consecutive(self.delta_encoding_order)
        else:
            # pcodec 0.4 renamed "none"; the metadata did not follow.
            name = "no_op" if self.delta_spec == "none" and hasattr(deltas, "no_op") else self.delta_spec
            delta = getattr(deltas, name)()
        return pcodec.ChunkConfig(
            compression_level=self.level,
            delta_spec=delta,
            mode_spec=getattr(pcodec.ModeSpec, self.mode_spec)(),
            paging_spec=pcodec.PagingSpec.equal_pages_up_to(self.equal_pages_up_to),
        )

    def encode(self, data: np.ndarray) -> bytes:
        pcodec = require("pcodec", "pcodec", self.label())
        items = np.ascontiguousarray(data).reshape(-1)
        native = items.astype(items.dtype.newbyteorder("="), copy=False)
        return bytes(pcodec.standalone.simple_compress(native, self._chunk_config(pcodec)))

    def decode(self, data: Any, *, nbytes: int | None = None) -> np.ndarray:
        """Array of the chunk's shape and dtype. Raises `CodecError` for corrupt data or another number of elements."""
        pcodec = require("pcodec", "pcodec", self.label())
        spec = self.known_spec()
        # One element more than wanted tells a file that holds more.
        out = np.zeros(spec.nitems + 1, spec.dtype.newbyteorder("="))
        try:
            progress = pcodec.standalone.simple_decompress_into(bytes(as_byte_view(data)), out)
        except (RuntimeError, TypeError, ValueError) as e:
            raise CodecError(f"corrupt: {e}", codec=self.label()) from e
        if progress.n_processed != spec.nitems or not progress.finished:
            raise CodecError(
                f"{progress.n_processed} elements or more where the chunk has {spec.nitems}", codec=self.label()
            )
        return self.shaped(out[:-1])

"""``lzma``: XZ, LZMA-alone or raw LZMA streams (numcodecs ``lzma``)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

from zarrc.codecs.base import Codec
from zarrc.codecs.buffers import as_byte_view
from zarrc.codecs.packages import require
from zarrc.codecs.streams import inflate_all
from zarrc.codecs.validation import check_int
from zarrc.errors import CodecError, CodecValidationError

XZ, ALONE, RAW = 1, 2, 3
XZ_PADDING = 4  # zero bytes after XZ streams come in multiples of this


@dataclass(frozen=True)
class LZMACodec(Codec):
    """What liblzma makes.

    Parameters
    ----------
    format
        1: XZ container; 2: LZMA-alone; 3: raw, which needs ``filters``.
    check
        Integrity check of XZ: -1 is the library's choice (CRC-64), 0 none, 1 CRC-32, 4 CRC-64, 10 SHA-256.
    preset
        0 to 9, optionally with liblzma's "extreme" bit; None is the library's choice (6).
    filters
        liblzma's filter chain: dictionaries with an integer ``id`` and that filter's options. Excludes ``preset``.
    """

    name: ClassVar[str] = "numcodecs.lzma"
    codec_id: ClassVar[str] = "lzma"

    format: int = XZ
    check: int = -1
    preset: int | None = None
    filters: Iterable[dict[str, int]] | None = None

    def __post_init__(self) -> None:
        label = self.label()
        object.__setattr__(self, "format", check_int(label, "format", self.format, XZ, RAW))
        object.__setattr__(self, "check", check_int(label, "check", self.check, -1, 15))
        if self.preset is not None:
            object.__setattr__(self, "preset", check_int(label, "preset", self.preset, 0, 2**32 - 1))
        if self.filters is not None:
            object.__setattr__(self, "filters", _checked_filters(label, self.filters))
        if self.filters is not None and self.preset is not None:
            raise CodecValidationError(f"codec {label!r}: preset and filters exclude each other")
        if (self.format == RAW) != (self.filters is not None) and self.format != XZ and self.format != ALONE:
            raise CodecValidationError(f"codec {label!r}: format 3 (raw) needs filters")
        if self.format != XZ and self.check > 0:
            raise CodecValidationError(f"codec {label!r}: only format 1 (XZ) has integrity checks")

    def __hash__(self) -> int:
        return hash((self.format, self.check, self.preset, repr(self.filters)))

    def _configuration(self) -> dict[str, Any]:
        filters = None if self.filters is None else [dict(entry) for entry in self.filters]
        return {"format": self.format, "check": self.check, "preset": self.preset, "filters": filters}

    def to_dict(self) -> dict[str, Any]:
        return {"name": self.name, "configuration": self._configuration()}

    def get_config(self) -> dict[str, Any]:
        return {"id": self.codec_id, **self._configuration()}

    def encode(self, data: Any) -> bytes:
        lzma = require("lzma", "lzma", self.label())
        try:
            return lzma.compress(as_byte_view(data), **self._configuration())
        except (lzma.LZMAError, ValueError, TypeError) as e:
            raise CodecError(f"liblzma refuses this configuration: {e}", codec=self.label()) from e

    def decode(self, data: Any, *, nbytes: int | None = None) -> bytes:
        """The content of all streams.

        Raises
        ------
        CodecError
            Truncated or corrupt data, a failed check, garbage after a stream, or more than ``nbytes`` bytes.
        """
        lzma = require("lzma", "lzma", self.label())
        view = as_byte_view(data)
        if self.format == XZ:
            view = _without_padding(view)

        def new() -> Any:
            return lzma.LZMADecompressor(self.format, None, self.filters if self.format == RAW else None)

        errors = (lzma.LZMAError, ValueError, TypeError)
        if self.format != RAW:
            return inflate_all(view, new, nbytes, self.label(), errors)
        return _raw_content(view, new, nbytes, self.label(), errors)


def _raw_content(view: memoryview, new: Any, limit: int | None, codec: str, errors: tuple) -> bytes:
    """Content of a raw stream, which need not have an end mark: it ends where its bytes do."""
    try:
        stream = new()
        content = stream.decompress(view, -1 if limit is None else limit + 1)
    except errors as e:
        raise CodecError(f"corrupt: {e}", codec=codec) from e
    if limit is not None and len(content) > limit:
        raise CodecError(f"holds {len(content)} bytes or more, {limit} expected", codec=codec)
    if stream.eof and stream.unused_data:
        raise CodecError(f"{len(stream.unused_data)} bytes after the end of the stream", codec=codec)
    return content


def _without_padding(view: memoryview) -> memoryview:
    """``view`` without the zero bytes at its end, in whole groups of four (the XZ format's stream padding)."""
    end = len(view)
    while end >= 2 * XZ_PADDING and bytes(view[end - XZ_PADDING : end]) == bytes(XZ_PADDING):
        end -= XZ_PADDING
    return view[:end]


def _checked_filters(codec: str, filters: Any) -> tuple[dict[str, int], ...]:
    entries = tuple(filters) if isinstance(filters, (list, tuple)) else None
    if not entries or not all(isinstance(entry, dict) and type(entry.get("id")) is int for entry in entries):
        raise CodecValidationError(
            f"codec {codec!r}: filters must be a list of objects with an integer id, got {filters!r}"
        )
    return tuple(dict(entry) for entry in entries)

"""``json2``: objects as JSON (numcodecs ``json2``)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from zarrc.codecs.buffers import as_byte_view
from zarrc.codecs.nested_items import item_list, items_array
from zarrc.codecs.object_codec import ObjectCodec
from zarrc.codecs.validation import check_bool
from zarrc.errors import CodecError, CodecValidationError

_FLAGS = ("skipkeys", "ensure_ascii", "check_circular", "allow_nan", "sort_keys", "strict")


@dataclass(frozen=True)
class JSON2Codec(ObjectCodec):
    """One JSON list: the elements, nested as the array's dimensions are, then dtype string and shape.

    Parameters
    ----------
    encoding
        Text encoding of the JSON.
    skipkeys, ensure_ascii, check_circular, allow_nan, sort_keys, indent, separators
        As in Python's ``json.dumps``. ``separators`` are ``[",", ":"]``, with ``indent`` ``[", ", ": "]``.
    strict
        As in ``json.JSONDecoder``: whether control characters in strings are refused.
    """

    name: ClassVar[str] = "numcodecs.json2"
    codec_id: ClassVar[str] = "json2"
    logical_order: ClassVar[bool] = True

    encoding: str = "utf-8"
    skipkeys: bool = False
    ensure_ascii: bool = True
    check_circular: bool = True
    allow_nan: bool = True
    sort_keys: bool = True
    indent: int | str | None = None
    separators: Any = None
    strict: bool = True

    def __post_init__(self) -> None:
        label = self.label()
        for key in _FLAGS:
            check_bool(label, key, getattr(self, key))
        try:
            "".encode(self.encoding)
        except (LookupError, TypeError, ValueError) as e:  # ValueError: a name with a null character
            raise CodecValidationError(f"codec {label!r}: encoding {self.encoding!r}: {e}") from None
        if self.indent is not None and (isinstance(self.indent, bool) or not isinstance(self.indent, (int, str))):
            raise CodecValidationError(f"codec {label!r}: indent must be a number or text, got {self.indent!r}")
        separators = self.separators
        if separators is None:
            separators = (",", ":") if self.indent is None else (", ", ": ")
        if not isinstance(separators, (list, tuple)) or [type(s) for s in separators] != [str, str]:
            raise CodecValidationError(f"codec {label!r}: separators must be two strings, got {separators!r}")
        object.__setattr__(self, "separators", tuple(separators))

    def _encoder(self) -> dict[str, Any]:
        keys = ("skipkeys", "ensure_ascii", "check_circular", "allow_nan", "indent", "separators", "sort_keys")
        return {key: getattr(self, key) for key in keys}

    def _configuration(self) -> dict[str, Any]:
        options = {**self._encoder(), "separators": list(self.separators)}
        return {"encoding": self.encoding, **options, "strict": self.strict}

    def encode(self, data: np.ndarray) -> bytes:
        """Raises `CodecError` for objects that JSON does not have."""
        try:
            return json.dumps(item_list(data), **self._encoder()).encode(self.encoding)
        except (TypeError, ValueError, RecursionError) as e:
            raise CodecError(f"elements that are no JSON: {e}", codec=self.label()) from e

    def decode(self, data: Any, *, nbytes: int | None = None) -> np.ndarray:
        """Array of the chunk's shape and dtype. Raises `CodecError`."""
        try:
            text = str(as_byte_view(data), self.encoding)
            items = json.JSONDecoder(strict=self.strict).decode(text)
        except (ValueError, RecursionError) as e:
            raise CodecError(f"corrupt: {e}", codec=self.label()) from e
        return self.shaped(items_array(items, self.known_spec().shape, self.label()))

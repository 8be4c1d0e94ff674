"""``categorize``: strings as numbers of labels (numcodecs ``categorize``)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from zarrc.codecs.base import ChunkSpec
from zarrc.codecs.elements import items_of, numpy_type
from zarrc.codecs.object_codec import ObjectCodec
from zarrc.errors import CodecError, CodecValidationError


@dataclass(frozen=True)
class CategorizeCodec(ObjectCodec):
    """The place of each string among the labels, counted from 1; 0 for any other string, which reads as empty.

    Parameters
    ----------
    labels
        Strings.
    dtype
        numpy type string of the decoded elements: ``|O`` or ``<U`` of some length.
    astype
        numpy type string of the encoded elements, an integer type.
    """

    name: ClassVar[str] = "numcodecs.categorize"
    codec_id: ClassVar[str] = "categorize"

    labels: Iterable[str]
    dtype: str
    astype: str = "|u1"

    def __post_init__(self) -> None:
        label = self.label()
        dtype, astype = numpy_type(label, "dtype", self.dtype, "UO"), numpy_type(label, "astype", self.astype, "iu")
        if not isinstance(self.labels, (list, tuple)) or not all(isinstance(text, str) for text in self.labels):
            raise CodecValidationError(f"codec {label!r}: labels must be a list of strings, got {self.labels!r}")
        if len(self.labels) > np.iinfo(astype).max:
            raise CodecValidationError(f"codec {label!r}: {len(self.labels)} labels are too many for {astype}")
        object.__setattr__(self, "labels", tuple(self.labels))
        object.__setattr__(self, "dtype", dtype.str)
        object.__setattr__(self, "astype", astype.str)

    def _configuration(self) -> dict[str, Any]:
        return {"labels": list(self.labels), "dtype": self.dtype, "astype": self.astype}

    def output_spec(self, spec: ChunkSpec) -> ChunkSpec:
        return spec.replaced(dtype=np.dtype(self.astype), fill_value=None)

    def encoded_size(self, nbytes: int) -> int:
        return self.known_spec().nitems * np.dtype(self.astype).itemsize

    def encode(self, data: np.ndarray) -> bytes:
        items = np.asarray(data).reshape(-1)
        codes = np.zeros(items.shape, self.astype)
        for number, label in enumerate(self.labels, 1):
            codes[items == label] = number
        return codes.tobytes()

    def decode(self, data: Any, *, nbytes: int | None = None) -> np.ndarray:
        """Array of the chunk's shape and dtype. Raises `CodecError` when it is another number of elements."""
        codes = items_of(data, np.dtype(self.astype), self.label())
        if codes.size != self.known_spec().nitems:
            raise CodecError(f"{codes.size} items where the chunk has {self.known_spec().nitems}", codec=self.label())
        labels = np.array(("", *self.labels), object)
        known = (codes > 0) & (codes < len(labels))
        return self.shaped(labels[np.where(known, codes, 0).astype(np.intp)])

"""What zarrc makes of the metadata of one of zarr-python's arrays."""

from __future__ import annotations

import json
import math
from collections import OrderedDict
from typing import Any

import numpy as np

from zarrc.chunkio import ArrayMetadata, ChunkIO, chain_of
from zarrc.codecs.chain import Chain
from zarrc.errors import BaseZarrError, MissingDependencyError
from zarrc.metadata import parse_array_json

_REMEMBERED = 256


class Foreign(Exception):
    """Something about an array that zarrc does not know or does otherwise than zarr-python is set up to."""


class Mover:
    """The compiled codecs of an array. Immutable; shared by the pipelines of arrays with equal metadata.

    Attributes
    ----------
    text : str
        The array's metadata without its attributes, as JSON.
    plan : _core.Plan or None
        None when a codec has no C implementation; `chain` then gives the codecs as Python objects.
    dtype : numpy.dtype
        Of chunks as the plan and the chains take and give them.
    chunk_nbytes : int
        Bytes of the largest chunk.
    decoded_nbytes : int
        Bytes that are decoded to read an item of a chunk: 0 where what is wanted can be had alone.
    sharded : bool
        The chunks are shards, parts of which can be read alone.
    key_parts : int
        Parts of a chunk's key after the array's path; 0 when that is not known.
    """

    __slots__ = (
        "_chains",
        "_metadata",
        "chunk_nbytes",
        "decoded_nbytes",
        "dtype",
        "key_parts",
        "plan",
        "sharded",
        "text",
    )

    def __init__(self, text: str, metadata: ArrayMetadata) -> None:
        io = ChunkIO(metadata)
        largest = metadata.grid.largest_chunk()
        self.text = text
        self.plan = io.plan
        self.dtype = metadata.dtype
        plain = self.plan is not None and not self.plan.step_names and not io.chain.array_bytes.has_inner_chunks
        self.chunk_nbytes = math.prod(largest) * metadata.dtype.itemsize
        self.decoded_nbytes = 0 if plain else self.chunk_nbytes
        self.sharded = io.chain.array_bytes.has_inner_chunks and len(io.chain.codecs) == 1
        self._metadata = metadata
        self._chains = {largest: io.chain}
        self.key_parts = _key_parts(metadata)

    def chain(self, shape: tuple[int, ...]) -> Chain:
        """The codecs for chunks of this shape."""
        chain = self._chains.get(shape)
        if chain is None:
            chain = self._chains[shape] = chain_of(self._metadata, shape)
        return chain


def _key_parts(metadata: ArrayMetadata) -> int:
    keys = metadata.key_encoding
    if not keys.native:
        return 0
    if keys.separator == ".":
        return 1
    return len(metadata.shape) + 1 if keys.name == "default" else max(1, len(metadata.shape))


_movers: OrderedDict[str, Mover] = OrderedDict()


def mover_of(metadata: Any) -> Mover:
    """The mover of an array with zarr-python's metadata object. Raises `Foreign`."""
    _check_codecs(metadata)
    text = _document(metadata)
    mover = _movers.get(text)
    if mover is None:
        mover = _make(text, metadata)
        _movers[text] = mover
        while len(_movers) > _REMEMBERED:
            try:
                _movers.popitem(last=False)
            except KeyError:  # another thread was first
                break
    return mover


def _document(metadata: Any) -> str:
    data = dict(metadata.to_dict())
    data["attributes"] = {}
    if metadata.zarr_format == 2 and metadata.fill_value is None:
        # Missing chunks then read as what the data type says, which is not always zero.
        dtype = metadata.dtype
        data["fill_value"] = dtype.to_json_scalar(dtype.default_scalar(), zarr_format=2)
    try:
        return json.dumps(data)
    except (TypeError, ValueError) as e:
        raise Foreign(f"metadata that are not JSON: {e}") from None


def _make(text: str, metadata: Any) -> Mover:
    try:
        ours = parse_array_json(text.encode(), metadata.zarr_format, "", None)
        mover = Mover(text, ours)
    except (BaseZarrError, MissingDependencyError) as e:
        raise Foreign(str(e)) from None
    theirs = (metadata.dtype if metadata.zarr_format == 2 else metadata.data_type).to_native_dtype()
    if not same_but_order(ours.dtype, theirs) or ours.data_type.carrier != ours.dtype:
        raise Foreign(f"zarr-python has {theirs!r} where zarrc has {ours.dtype!r}")
    return mover


def same_but_order(a: np.dtype, b: np.dtype) -> bool:
    """Whether two dtypes differ in byte order at most."""
    if a == b:
        return True
    if a.hasobject or b.hasobject or a.kind == "T" or b.kind == "T":
        return False
    return a.newbyteorder("=") == b.newbyteorder("=")


def _check_codecs(metadata: Any) -> None:
    """zarr-python's classes of codecs can be replaced by configuration, and numcodecs' too: those are then meant."""
    pending: list[Any]
    if metadata.zarr_format == 2:
        pending = [*(metadata.filters or ()), metadata.compressor]
    else:
        pending = list(metadata.codecs)
    while pending:
        codec = pending.pop()
        if codec is None:
            continue
        if not type(codec).__module__.startswith(("zarr.codecs.", "numcodecs.")):
            raise Foreign(f"codec {type(codec).__module__}.{type(codec).__qualname__}")
        if type(codec).__name__ == "ScaleOffset" and metadata.dtype.to_native_dtype().kind in "iu":
            raise Foreign("scale_offset of integers, which zarr-python checks for overflow")
        pending += getattr(codec, "codecs", ())
        pending += getattr(codec, "index_codecs", ())

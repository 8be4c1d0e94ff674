"""What the benchmark asks of a library. One subclass a library; its module imports the library when it is loaded."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from asv_bench.peers.rows import Codec, Layout


class Unsupported(Exception):
    """The library cannot do this row; the message says what is missing."""


class Adapter:
    """One library in one configuration. ``name`` is what ``--peers`` takes and the column's title.

    Paths are those of the array's directory. Every method raises whatever the library raises: the row then shows it.
    """

    name: ClassVar[str]
    imports: ClassVar[str]
    """Statement that loads the library, for the import row."""

    def version(self) -> str:
        """Version of the library."""
        raise NotImplementedError

    def open(self, path: Path, codec: Codec) -> Any:
        """A read-only handle of the array, opened afresh."""
        raise NotImplementedError

    def read(self, handle: Any, key: Any) -> np.ndarray:
        """The values of a basic selection (ints, slices of step 1, Ellipsis), in memory that the library makes."""
        raise NotImplementedError

    def pick(self, handle: Any, kind: str, key: Any) -> np.ndarray:
        """The values of a stepped (``kind`` "basic"), orthogonal ("oindex") or pointwise ("vindex") selection."""
        raise Unsupported(f"no {'steps' if kind == 'basic' else kind}")

    def read_into(self, handle: Any, out: np.ndarray) -> None:
        """Reads the whole array into ``out`` through the library's public interface."""
        raise Unsupported("no reading into memory of the caller")

    def open_dataset(self, path: Path) -> Any:
        """A group as an ``xarray.Dataset``, its variables not read yet."""
        raise Unsupported("no engine for xarray")

    def write(self, path: Path, data: np.ndarray, layout: Layout, codec: Codec) -> None:
        """Makes the array at ``path``, of which nothing exists, and stores ``data`` in it."""
        raise NotImplementedError


def in_shards(codecs: list[dict[str, Any]], layout: Layout) -> list[dict[str, Any]]:
    """The codecs of a v3 document: these, or a shard around them."""
    if layout.shards is None:
        return codecs
    index = [{"name": "bytes", "configuration": {"endian": "little"}}, {"name": "crc32c"}]
    configuration = {
        "chunk_shape": list(layout.chunks),
        "codecs": codecs,
        "index_codecs": index,
        "index_location": "end",
    }
    return [{"name": "sharding_indexed", "configuration": configuration}]

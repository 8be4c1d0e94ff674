"""What is measured: the layouts of the stores, and one `Row` for each line of the report.

A new line of the report is one more entry in `rows`; an adapter that cannot do it raises `Unsupported`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any, Literal

from asv_bench.peers.picks import PICKS

Operation = Literal["read", "read_into", "first_element", "select", "pick", "open_dataset", "write", "import"]


@dataclass(frozen=True)
class Codec:
    """A codec chain in the terms of its format.

    v3: ``compressors`` are ``{"name", "configuration"}`` objects after the ``bytes`` codec. v2: ``filters`` and at
    most one compressor, ``{"id", ...}`` objects.
    """

    label: str
    zarr_format: Literal[2, 3]
    compressors: tuple[dict[str, Any], ...] = ()
    filters: tuple[dict[str, Any], ...] = ()


def _blosc(cname: str) -> dict[str, Any]:
    options = {"cname": cname, "clevel": 5, "shuffle": "shuffle", "typesize": 4, "blocksize": 0}
    return {"name": "blosc", "configuration": options}


CODECS = {
    codec.label: codec
    for codec in (
        Codec("none", 3),
        Codec("zstd", 3, ({"name": "zstd", "configuration": {"level": 3, "checksum": False}},)),
        Codec("blosc-lz4", 3, (_blosc("lz4"),)),
        Codec("blosc-zstd", 3, (_blosc("zstd"),)),
        Codec("gzip", 3, ({"name": "gzip", "configuration": {"level": 5}},)),
        Codec("zstd-0", 3, ({"name": "zstd", "configuration": {"level": 0, "checksum": False}},)),
        Codec("zlib", 2, ({"id": "zlib", "level": 5},)),
        Codec(
            "delta-shuffle-zstd",
            2,
            ({"id": "zstd", "level": 3},),
            ({"id": "delta", "dtype": "<i4"}, {"id": "shuffle", "elementsize": 4}),
        ),
    )
}


@dataclass(frozen=True)
class Layout:
    """An array without its codecs: the prefix of its name, its chunk shape, its dtype, and the shape of its shards."""

    label: str
    chunks: tuple[int, ...]
    dtype: Literal["float32", "int32", "string"] = "float32"
    shards: tuple[int, ...] | None = None


BIG = Layout("big", (64, 64, 64))  # 1 MiB a chunk
COUNTS = Layout("counts", (64, 64, 64), "int32")
SMALL = Layout("small", (8, 8, 8))  # 2 KiB a chunk
SHARDS = Layout("shards", (32, 32, 32), shards=(128, 128, 256))  # 128 chunks of 128 KiB in a shard of 16 MiB
SMALL_SHARDS = Layout("small-shards", (8, 8, 8), shards=(64, 64, 64))  # 512 chunks of 2 KiB in a shard of 1 MiB
TABLE = Layout("table", (1024, 256))  # the big array as rows of 1 KiB; 1 MiB a chunk
STRINGS = Layout("strings", (100_000,), "string")
DATASET = Layout("dataset-100", (6, 10, 15))  # a group of 100 such arrays


@dataclass(frozen=True)
class Row:
    """One line of the report.

    Parameters
    ----------
    name
        What ``--rows`` matches.
    group
        Title of the table that it appears in.
    operation
        What the adapter is asked for.
    layout, codec
        The array that is read, or written. Unused by ``import``.
    selection
        For ``select``: one int, or one ``(start, stop)``, per axis, as fractions of 64 of that axis.
    picks
        For ``pick``: the entry of `asv_bench.peers.picks.PICKS` to read.
    repeat
        Operations in one round; the median of them is the round's time. For operations of microseconds.
    rounds
        Upper limit of the number of rounds, for slow rows.
    """

    name: str
    group: str
    operation: Operation
    layout: Layout = BIG
    codec: Codec = field(default_factory=lambda: CODECS["none"])
    selection: tuple[int | tuple[int, int], ...] = ()
    picks: str = ""
    repeat: int = 1
    rounds: int | None = None

    @property
    def store(self) -> str:
        """Path of the array below the directory of the stores; its parent is a group of the same format."""
        return f"v{self.codec.zarr_format}/{self.layout.label}-{self.codec.label}"

    def key(self, shape: tuple[int, ...]) -> tuple[int | slice, ...]:
        """``selection`` as an index for an array of this shape."""
        return tuple(
            part * edge // 64 if isinstance(part, int) else slice(part[0] * edge // 64, -(-part[1] * edge // 64))
            for part, edge in zip(self.selection, shape, strict=True)
        )


VOXEL = (33, 21, 45)
PLANE = ((32, 33), (0, 64), (0, 64))


def _layout(codec: Codec) -> Layout:
    return COUNTS if codec.filters else BIG


def rows() -> list[Row]:
    """Every row, in the order of the report."""
    big = {label: codec for label, codec in CODECS.items() if label != "zstd-0"}
    full_read, full_write = "full read", "full write"
    slow = {"zlib", "gzip", "delta-shuffle-zstd"}
    out = [
        Row(f"read-{label}", full_read, "read", _layout(codec), codec, rounds=3 if label in slow else None)
        for label, codec in big.items()
    ]
    out += [
        Row(f"read-into-{label}", "full read into memory of the caller", "read_into", BIG, big[label])
        for label in ("none", "zstd", "blosc-lz4")
    ]
    out += [
        Row("read-small-chunks", "small chunks", "read", SMALL),
        Row("write-small-chunks", "small chunks", "write", SMALL),
    ]
    out += [
        Row(f"open-first-{label}", "open, then the first element", "first_element", BIG, big[label], repeat=40)
        for label in ("none", "zstd", "blosc-lz4")
    ]
    for name, selection, repeat in (("voxel", VOXEL, 40), ("plane", PLANE, 5)):
        out += [
            Row(f"{name}-{label}", f"one {name} of the open array", "select", _layout(codec), codec, selection, repeat)
            for label, codec in big.items()
        ]
    out += [
        Row(f"write-{label}", full_write, "write", BIG, codec, rounds=3 if label in slow else None)
        for label, codec in big.items()
        if codec.zarr_format == 3 or label == "zlib"
    ]
    for layout, label in ((SHARDS, "zstd"), (SMALL_SHARDS, "none")):
        out += [Row(f"{op}-{layout.label}", "shards", op, layout, CODECS[label]) for op in ("read", "write")]
    out += [Row(f"{op}-strings", "10^6 strings", op, STRINGS, CODECS["zstd-0"]) for op in ("read", "write")]
    for name, picks in PICKS.items():
        layout = TABLE if name == "rows" else BIG
        out += [
            Row(f"{name}-{label}", f"{name}, {picks.title}", "pick", layout, CODECS[label], picks=name, rounds=3)
            for label in ("none", "zstd", "blosc-lz4")
        ]
    out += [
        Row(
            f"open-dataset-100-v{codec.zarr_format}",
            "xr.open_dataset of 100 variables",
            "open_dataset",
            DATASET,
            codec,
            repeat=5,
        )
        for codec in (CODECS["zstd"], CODECS["zlib"])
    ]
    out.append(Row("import", "import, over import numpy", "import"))
    return out


def matching(patterns: str) -> list[Row]:
    """The rows whose names match one of the comma-separated shell patterns. Raises `ValueError` if none does."""
    wanted = patterns.split(",")
    found = [row for row in rows() if any(fnmatchcase(row.name, pattern) for pattern in wanted)]
    if not found:
        raise ValueError(f"no row matches {patterns!r}; there are: {', '.join(row.name for row in rows())}")
    return found

"""Fuzzes the metadata parsers and the compilation of codec chains with mutated documents.

    python tests/fuzz/fuzz_metadata.py --seconds 10 [--seed N] [STORES ...]

Documents are taken from below STORES (golden stores, for one) and from the few in this file; each round changes one of
them, as JSON or as bytes, opens it, and asks the array or group what it is. Promised: a typed error or an answer, in
less than two seconds of the processor, in memory that has nothing to do with what the document says. A document that
breaks this is printed and ends the run with 1. With --atheris (and atheris installed) libFuzzer keeps what reaches new
code.
"""

from __future__ import annotations

import argparse
import copy
import json
import random
import resource
import sys
import time
import traceback
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import zarrc
from zarrc.errors import BaseZarrError

NAMES = ("zarr.json", ".zarray", ".zgroup", ".zmetadata", ".zattrs")
MOST_SECONDS = 2.0
MOST_BYTES = 1 << 30
# What a caller may get of a hostile document: typed errors, and Python's for a missing package or too large a request.
ALLOWED = (BaseZarrError, ImportError, MemoryError)

_BYTES = {"name": "bytes", "configuration": {"endian": "little"}}
_SHARDING = {
    "name": "sharding_indexed",
    "configuration": {
        "chunk_shape": [2, 2],
        "codecs": [_BYTES, {"name": "zstd", "configuration": {"level": 1, "checksum": True}}],
        "index_codecs": [_BYTES, {"name": "crc32c"}],
        "index_location": "start",
    },
}


def _v3(**changes: Any) -> dict[str, Any]:
    return {
        "zarr_format": 3,
        "node_type": "array",
        "shape": [9, 8],
        "data_type": "float32",
        "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [4, 4]}},
        "chunk_key_encoding": {"name": "default", "configuration": {"separator": "/"}},
        "fill_value": "NaN",
        "codecs": [_BYTES, {"name": "gzip", "configuration": {"level": 1}}],
        "attributes": {"units": "m", "deep": [[1], {"a": None}]},
        "dimension_names": ["y", None],
    } | changes


def _v2(**changes: Any) -> dict[str, Any]:
    return {
        "zarr_format": 2,
        "shape": [9, 8],
        "chunks": [4, 4],
        "dtype": "<f4",
        "compressor": {"id": "blosc", "cname": "lz4", "clevel": 5, "shuffle": 1, "blocksize": 0},
        "fill_value": 0.5,
        "order": "F",
        "filters": [{"id": "delta", "dtype": "<f4"}],
        "dimension_separator": ".",
    } | changes


def _group(**nodes: Any) -> dict[str, Any]:
    consolidated = {"kind": "inline", "must_understand": False, "metadata": nodes}
    return {"zarr_format": 3, "node_type": "group", "attributes": {}, "consolidated_metadata": consolidated}


_RUNS = {"name": "rectilinear", "configuration": {"kind": "inline", "chunk_shapes": [[[4, 2], 1], 4]}}
_STRUCT = {"name": "struct", "configuration": {"fields": [["a", "int8"], ["b", "float64"]]}}
_TEMPLATE = {"name": "template", "configuration": {"format": "x{0}/y{1:03}"}}
SEEDS: list[tuple[str, dict[str, Any]]] = [
    ("zarr.json", _v3()),
    ("zarr.json", _v3(codecs=[_SHARDING], chunk_key_encoding="v2")),
    ("zarr.json", _v3(chunk_grid=_RUNS, chunk_key_encoding=_TEMPLATE)),
    ("zarr.json", _v3(data_type=_STRUCT, fill_value="AAAAAAAAAAAA")),
    ("zarr.json", _v3(data_type="string", fill_value="x", codecs=[{"name": "vlen-utf8"}])),
    (
        "zarr.json",
        _v3(data_type={"name": "numpy.datetime64", "configuration": {"unit": "s", "scale_factor": 1}}, fill_value=0),
    ),
    ("zarr.json", _group(a=_v3(), b={"zarr_format": 3, "node_type": "group"})),
    (".zarray", _v2()),
    (".zarray", _v2(dtype=[["a", "<i4"], ["b", "|S3", [2]]], filters=None, fill_value=None)),
    (".zarray", _v2(dtype="|O", filters=[{"id": "vlen-utf8"}], fill_value="", compressor={"id": "zstd", "level": 1})),
    (".zgroup", {"zarr_format": 2}),
    (".zmetadata", {"zarr_consolidated_format": 1, "metadata": {".zgroup": {"zarr_format": 2}, "a/.zarray": _v2()}}),
]

ODD: list[Any] = [
    *(
        None,
        True,
        False,
        0,
        1,
        -1,
        2,
        3,
        7,
        64,
        65,
        255,
        2**31,
        2**32,
        2**62,
        2**63 - 1,
        2**63,
        2**64,
        10**40,
        -(2**63),
    ),
    *(
        0.0,
        -0.0,
        1.5,
        1e308,
        float("nan"),
        float("inf"),
        "",
        "\0",
        "..",
        "/",
        "a/../b",
        "NaN",
        "0x7fc00000",
        "é",
        "\ud800",
    ),
    *(
        [],
        {},
        [[]],
        [None],
        {"name": ""},
        {"name": "bytes"},
        "zstd",
        {"id": "zstd"},
        "<M8[ns]",
        "|V8",
        "|S0",
        "<U999999999",
    ),
]


def _places(value: Any, path: tuple = ()) -> list[tuple]:
    found = [path]
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        found += _places(item, (*path, key))
    return found


def _at(value: Any, path: tuple) -> Any:
    for key in path:
        value = value[key]
    return value


def mutate_json(rng: random.Random, document: Any, others: list[Any]) -> Any:
    """One to three changes at random places."""
    document = json.loads(json.dumps(document))
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        path = rng.choice(_places(document))
        if not path:
            continue
        above, key = _at(document, path[:-1]), path[-1]
        change = rng.randrange(8)
        if change == 0:
            del above[key]
        elif change == 1:
            donor = rng.choice(others)
            above[key] = json.loads(json.dumps(_at(donor, rng.choice(_places(donor)))))
        elif change == 2 and isinstance(above, dict):
            above[rng.choice(("name", "configuration", "must_understand", "x", "id", "\0"))] = json.loads(
                json.dumps(above[key])
            )
        elif change == 3:
            for _ in range(rng.choice((2, 20, 60))):
                above[key] = (
                    [above[key]] if rng.random() < 0.5 else {"name": "sharding_indexed", "configuration": above[key]}
                )
        elif change == 4 and isinstance(above[key], list):
            above[key] = above[key] * rng.choice((2, 33, 70))
        else:
            above[key] = copy.deepcopy(rng.choice(ODD))
    return document


def mutate_bytes(rng: random.Random, raw: bytes) -> bytes:
    """A few bytes changed, cut out or put twice."""
    data = bytearray(raw)
    for _ in range(rng.randrange(1, 6)):
        at = rng.randrange(len(data) + 1)
        change = rng.randrange(4)
        if change == 0:
            data[at : at + rng.randrange(1, 9)] = b""
        elif change == 1:
            data[at:at] = data[at : at + rng.randrange(1, 60)]
        elif change == 2:
            data[at : at + 1] = rng.choice(
                (b"9" * 25, b"e999", b"NaN", b"[" * 2000, b'"', b"\\u0000", b"\xff", b"-", b"{")
            )
        elif at < len(data):
            data[at] = rng.randrange(256)
    return bytes(data)


def look(name: str, raw: bytes) -> None:
    """Opens the document and asks for everything that does not read chunks; raises what is not allowed."""
    store = {name: raw}
    if name == ".zmetadata":
        store[".zgroup"] = b'{"zarr_format": 2}'
    if name == ".zattrs":
        store[".zarray"] = json.dumps(_v2()).encode()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            node = zarrc.open(store, mode="r")
            str(node.info)
            dict(node.attrs)
            if isinstance(node, zarrc.Group):
                for _, member in node.members(max_depth=None):
                    str(member.info)
                return
            _ = (node.chunks if node.metadata.chunk_grid.name == "regular" else None, node.cdata_shape, node.nchunks)
            _ = (node.filters, node.compressors, node.fill_value, node.metadata.to_dict(), node.metadata.documents())
            if node.size and node.metadata.dtype.itemsize * max(1, node.ndim) < 1 << 16:
                _ = node[(0,) * node.ndim]
    except ALLOWED:
        pass


def documents_below(stores: list[Path]) -> list[tuple[str, dict[str, Any]]]:
    found = list(SEEDS)
    for store in stores:
        for file in sorted(store.rglob("*")):
            if file.name in NAMES and file.is_file() and file.stat().st_size < 20_000:
                try:
                    content = json.loads(file.read_bytes())
                except ValueError:
                    continue
                if isinstance(content, dict):
                    found.append((file.name, content))
    return found


def check(name: str, raw: bytes, run: Callable[[str, bytes], None] = look) -> str | None:
    """What is wrong with how a document was taken, or None."""
    start = time.process_time()  # not what other programs take
    try:
        run(name, raw)
    except Exception:
        return traceback.format_exc()
    taken = time.process_time() - start
    return f"took {taken:.1f} s" if taken > MOST_SECONDS else None


def fuzz(seconds: float, seed: int, stores: list[Path]) -> int:
    documents = documents_below(stores)
    others = [content for _, content in documents]
    rng = random.Random(seed)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    rounds, end = 0, time.perf_counter() + seconds
    for name, content in documents:
        if (wrong := check(name, json.dumps(content).encode())) is not None:
            return report(name, json.dumps(content).encode(), wrong)
    while time.perf_counter() < end:
        name, content = rng.choice(documents)
        document = mutate_json(rng, content, others) if rng.random() < 0.8 else content
        raw = json.dumps(document).encode()
        if rng.random() < 0.3:
            raw = mutate_bytes(rng, raw)
        if (wrong := check(name, raw)) is not None:
            return report(name, raw, wrong)
        rounds += 1
    grown = 1024 * (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
    if grown > MOST_BYTES:
        print(f"metadata: {grown >> 20} MiB more memory than before")
        return 1
    print(f"metadata: {rounds} documents from {len(documents)} seeds, {grown >> 20} MiB, seed {seed}")
    return 0


def report(name: str, raw: bytes, wrong: str) -> int:
    print(f"metadata: {name}: {raw[:4000]!r}\n{wrong}")
    return 1


def fuzz_guided(seconds: float, stores: list[Path]) -> None:
    """By atheris, which keeps what reaches new code. The first byte of an input chooses the document's name."""
    import atheris

    documents = documents_below(stores)
    others = [content for _, content in documents]

    def mutate(data: bytes, most: int, seed: int) -> bytes:
        rng = random.Random(seed)
        try:
            content = json.loads(data[1:])
            front = data[:1]
        except (ValueError, RecursionError):
            name, content = rng.choice(documents)
            front = bytes([NAMES.index(name)])
        try:
            raw = json.dumps(mutate_json(rng, content, others)).encode()
        except (RecursionError, TypeError, KeyError, IndexError):
            return data[:most]
        return (front + (mutate_bytes(rng, raw) if rng.random() < 0.2 else raw))[:most]

    def one(data: bytes) -> None:
        if data:
            look(NAMES[data[0] % len(NAMES)], data[1:])

    atheris.instrument_all()
    options = [
        f"-max_total_time={int(seconds)}",
        "-timeout=10",
        "-rss_limit_mb=2048",
        "-max_len=8192",
        "-len_control=0",
    ]
    atheris.Setup([sys.argv[0], *options], one, custom_mutator=mutate)
    atheris.Fuzz()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("stores", nargs="*", type=Path)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--atheris", action="store_true")
    args = parser.parse_args()
    if args.atheris:
        fuzz_guided(args.seconds, args.stores)
    return fuzz(args.seconds, args.seed, args.stores)


if __name__ == "__main__":
    sys.exit(main())

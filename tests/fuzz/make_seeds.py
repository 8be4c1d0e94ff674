"""Writes the seed inputs of the fuzz targets: small encoded chunks of our own making, and those of golden stores.

    python tests/fuzz/make_seeds.py DIR                    the checked-in ones (DIR is tests/fuzz/corpus)
    python tests/fuzz/make_seeds.py DIR --golden STORES    what the stores below STORES hold

Each target's inputs go to DIR/<target>/, under the hash of their bytes. The numbers in front of the encoded bytes are
those that the targets' own comments describe.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import struct
from collections.abc import Iterator
from pathlib import Path

import numpy as np

import zarrc
from zarrc import _core

MOST = 4096
F64_10, F64_2_5, F64_M7 = (struct.unpack("<q", struct.pack("<d", x))[0] for x in (10.0, 2.5, -7.0))
U1, I2, I4, I8, F4, F8 = 4, 1, 2, 3, 8, 9  # csrc/kernels/delta/delta.h

# target -> its variants in the order of fuzz_decoder.c: (codec, parameters)
DECODERS: dict[str, list[tuple[str, tuple[int, ...]]]] = {
    "zstd": [("zstd", (3, 1)), ("zstd", (-5, 0)), ("zstd", (19, 0))],
    "zlib": [("zlib", (6,)), ("zlib", (0,)), ("zlib", (1,))],
    "gzip": [("gzip", (6,)), ("gzip", (1,))],
    "lz4": [("lz4", (1,)), ("lz4", (30,))],
    "blosc": [("blosc", (cname, 5, shuffle, size, 0)) for cname in range(5) for shuffle, size in ((1, 4), (2, 8))],
    "packbits": [("packbits", ())],
    "checksums": [
        ("crc32c", (0,)),
        ("crc32c", (1,)),
        ("crc32", (0,)),
        ("crc32", (1,)),
        ("adler32", (0,)),
        ("adler32", (1,)),
        ("fletcher32", ()),
    ],
    "filters": [
        ("shuffle", (1,)),
        ("shuffle", (4,)),
        ("shuffle", (11,)),
        ("swap", (2,)),
        ("swap", (16,)),
        ("delta", (U1, 0, U1, 0)),
        ("delta", (I2, 1, I4, 1)),
        ("delta", (F8, 0, F8, 0)),
        ("bitround", (4, 1, 10)),
        ("quantize", (F8, 0, F4, 1, F64_10)),
        ("astype", (F8, 1, F4, 0)),
        ("astype", (U1, 0, I8, 1)),
        ("fixedscaleoffset", (F8, 0, U1, 0, F64_2_5, F64_M7)),
    ],
}
# Where a target's parameters choose by number; the compressors decode by what is stored.
NUMBERED = ("checksums", "filters")
CHAINS: list[list[tuple[str, tuple[int, ...]]]] = [
    [],
    [("zstd", (1, 0))],
    [("crc32c", (0,))],
    [("blosc", (1, 5, 1, 4, 0))],
    [("shuffle", (4,)), ("gzip", (1,)), ("crc32c", (1,))],
    [("lz4", (1,))],
    [("delta", (I4, 0, I4, 0)), ("zlib", (1,)), ("zstd", (1, 1))],
]


def contents(rng: random.Random) -> Iterator[bytes]:
    """Decoded bytes of several kinds; their lengths suit every filter (multiples of 176)."""
    yield bytes(rng.randbytes(176))
    yield bytes(528)
    yield struct.pack("<88i", *(i // 7 for i in range(88)))
    yield struct.pack("<22d", *(i / 8 for i in range(22)))


def encode(codec: str, params: tuple[int, ...], content: bytes) -> bytes | None:
    """By the native encoder; None where the codec cannot take it."""
    plan = _core.Plan((len(content),), 1, (0,), 0, [(codec, params)], b"\0", True, "/")
    data = np.frombuffer(content, np.uint8)
    axes = ((0, 1, len(content), True),)
    try:
        made = plan.write((len(content),), axes, data, "seed", None, [None], True)
    except ValueError:
        return None
    assert made is not None
    return made[0]


def decoder_seeds() -> Iterator[tuple[str, bytes]]:
    rng = random.Random(1)
    for target, variants in DECODERS.items():
        for number, (codec, params) in enumerate(variants):
            for content in contents(rng):
                made = encode(codec, params, content)
                if made is not None:
                    front = number if target in NUMBERED else 0
                    yield target, struct.pack("<BHHH", front, len(content), len(content) // 3, len(content)) + made


def _index(kind: int, ndim: int) -> _core.Plan:
    order = (1, 0, *range(2, ndim + 1)) if kind & 4 else tuple(range(ndim + 1))
    steps = [("crc32c", (0,))] if kind & 2 else []
    return _core.Plan((2, 2, 2), 8, order, 8 if kind & 1 else 0, steps, bytes(8), True, "/")


def shard_seeds() -> Iterator[tuple[str, bytes]]:
    """Whole chunks under the plans of fuzz_shard.c."""
    fill = struct.pack("<I", 0x01020304)
    values = np.arange(24, dtype=np.uint32).reshape(6, 4) // 5
    values[:3, :2] = 0x01020304
    for kind in range(7):
        for more in (0, 8, 8 | 1 << 5, 8 | 1 << 7, 8 | 3 << 5 | 1 << 10):
            bits = kind | more
            order = (1, 0) if bits & 1024 else (0, 1)
            shard = None
            steps = CHAINS[kind] if not bits & 8 else []
            if bits & 8:
                chunk = _core.Plan((3, 2), 4, (0, 1), 0, CHAINS[kind], fill, True, "/")
                shard = ((3, 2), chunk, _index(bits >> 4, 2), bool(bits >> 7 & 1))
            plan = _core.Plan((6, 4), 4, order, 0, steps, fill, True, "/", shard)
            made = plan.write((6, 4), ((0, 1, 6, True), (0, 1, 4, True)), values, "seed", None, [None], True)
            assert made is not None and made[0] is not None
            yield "shard", struct.pack("<HHH", bits, 1, 3) + made[0]


def selection_seeds() -> Iterator[tuple[str, bytes]]:
    rng = random.Random(2)
    for form in (1, 2, 3, 64, 129, 130):
        for _ in range(4):
            yield "selection", bytes([form]) + rng.randbytes(40 + rng.randrange(80))


def golden_seeds(stores: Path) -> Iterator[tuple[str, bytes]]:
    """Chunks of any array whose last codec has a target."""
    for document in (*stores.rglob("zarr.json"), *stores.rglob(".zarray")):
        try:
            array = zarrc.open_array(document.parent, mode="r")
            last = array.compressors[-1] if array.compressors else None
        except (ValueError, TypeError, ImportError, NotImplementedError):
            continue
        target = getattr(last, "name", "").removeprefix("numcodecs.")
        if array.metadata.zarr_format == 3 and array.shards is not None:
            target = "shard"
        if target not in DECODERS and target != "shard":
            continue
        for file in document.parent.rglob("*"):
            if file.is_file() and file.name not in (document.name, ".zattrs") and 0 < file.stat().st_size <= MOST:
                front = struct.pack("<HHH", 8 | 1, 1, 3) if target == "shard" else struct.pack("<BHHH", 0, MOST, 5, 99)
                yield target, front + file.read_bytes()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--golden", type=Path, metavar="STORES")
    args = parser.parse_args()
    seeds = golden_seeds(args.golden) if args.golden else (*decoder_seeds(), *shard_seeds(), *selection_seeds())
    for target, content in seeds:
        file = args.directory / target / hashlib.sha1(content).hexdigest()[:16]
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)


if __name__ == "__main__":
    main()

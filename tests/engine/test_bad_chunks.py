"""Damaged chunks: a typed error that says where, or data of the right shape; never anything else."""

from __future__ import annotations

import gzip
import random
import struct
import subprocess
import sys
import zlib

import numpy as np
import pytest

from zarrc import chunkio
from zarrc.errors import CodecError

SELECTIONS = (..., slice(3, 9), slice(0, 1), slice(None, None, 5))


def test_round_trip(stored):
    for selection in SELECTIONS:
        np.testing.assert_array_equal(stored.array[selection], stored.data[selection])


def test_truncated_at_every_length(stored, kit):
    for n in range(len(stored.content)):
        stored.file.write_bytes(stored.content[:n])
        with kit.refused(stored.array, stored.key):
            stored.array[...]
        for selection in SELECTIONS[1:]:
            kit.readable(stored.array, stored.key, selection)


@pytest.mark.parametrize("tail", [b"\x00", b"\xff", b"x" * 4, b"\x28\xb5\x2f\xfd", b"q" * 100, b"z" * 200_000])
def test_over_long(stored, kit, tail):
    stored.file.write_bytes(stored.content + tail)
    if stored.chain[1] in ("gzip", "zlib", "shuffle+zlib") and not tail.strip(b"\0"):
        np.testing.assert_array_equal(stored.array[...], stored.data)  # zero padding after a stream is read over
    else:
        with kit.refused(stored.array, stored.key):
            stored.array[...]
    for selection in SELECTIONS[1:]:
        kit.readable(stored.array, stored.key, selection)


def test_every_bit_flipped(stored, kit, checked):
    passed = 0
    for bit in range(8 * len(stored.content)):
        damaged = bytearray(stored.content)
        damaged[bit // 8] ^= 1 << bit % 8
        stored.file.write_bytes(damaged)
        for selection in SELECTIONS:
            if kit.readable(stored.array, stored.key, selection) and selection is ...:
                passed += 1
                if checked(stored.chain):  # bits that say nothing of the content: gzip's time, for one
                    np.testing.assert_array_equal(stored.array[...], stored.data)
    assert passed <= 8 * len(stored.content)


def test_noise(stored, kit):
    rng = random.Random(11)
    for _ in range(150):
        stored.file.write_bytes(rng.randbytes(rng.randrange(2 * len(stored.content))))
        for selection in SELECTIONS:
            kit.readable(stored.array, stored.key, selection)


def test_numbers_in_the_first_bytes(stored, kit):
    """Wherever a header has a size or an offset, it is wrong once."""
    numbers = [0, 1, 3, 4, 15, 16, 95, 97, 2**16, 2**24, 2**31 - 1, 2**31, 2**32 - 4, 2**32 - 1]
    for at in range(min(28, len(stored.content) - 4)):
        for number in numbers:
            damaged = bytearray(stored.content)
            struct.pack_into("<I", damaged, at, number)
            stored.file.write_bytes(damaged)
            for selection in SELECTIONS[:2]:
                kit.readable(stored.array, stored.key, selection)


def test_empty(stored, kit):
    stored.file.write_bytes(b"")
    for selection in SELECTIONS:
        with kit.refused(stored.array, stored.key):
            stored.array[selection]


def test_failed_merge_keeps_the_chunk(stored, kit):
    """A partial write into a damaged chunk fails and changes nothing; a whole one mends it."""
    damaged = stored.content[: len(stored.content) // 2]
    stored.file.write_bytes(damaged)
    with kit.refused(stored.array, stored.key):
        stored.array[3:9] = 5
    assert stored.file.read_bytes() == damaged
    assert not kit.leftovers(stored.file.parents[1])
    stored.array[...] = stored.data
    assert stored.file.read_bytes() == stored.content


def test_one_of_many(tmp_path, chain, kit):
    """The error names the one chunk that is damaged, whatever thread meets it."""
    array = kit.make(tmp_path / "a", chain, (8 * 64, 30), (8, 30))
    array[...] = np.arange(8 * 64 * 30, dtype="i4").reshape(-1, 30)
    file = kit.chunk_file(tmp_path / "a", chain, 41, 0)
    key = "41.0" if chain[0] == 2 else "c/41/0"
    file.write_bytes(file.read_bytes()[:-1])
    for _ in range(5):
        with kit.refused(array, key):
            array[...]
    np.testing.assert_array_equal(array[: 8 * 41], np.arange(8 * 41 * 30).reshape(-1, 30))


def _measured_read(path) -> tuple[str, int]:
    """Reads the array in a process of its own: how it ended, and by how many bytes its memory grew at the peak."""
    script = """
import resource, sys, zarrc
from zarrc.errors import CodecError
array = zarrc.open_array(sys.argv[1])
def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
before = peak()
try:
    array[...]
    end = "read"
except CodecError:
    end = "CodecError"
print(end, peak() - before)
"""
    out = subprocess.run([sys.executable, "-c", script, str(path)], capture_output=True, text=True, timeout=120)
    assert out.returncode == 0, out.stderr
    end, grown = out.stdout.split()
    return end, int(grown)


BOMB = 256 << 20


def _bomb(codec: str) -> bytes:
    if codec in ("zstd", "zstd+sum"):
        zstandard = pytest.importorskip("zstandard")
        return zstandard.ZstdCompressor(level=1).compress(bytes(BOMB))
    if codec == "gzip":
        return gzip.compress(bytes(BOMB), 1)
    if codec == "zlib":
        return zlib.compress(bytes(BOMB), 1)
    if codec == "lz4":
        block = pytest.importorskip("lz4.block")
        return struct.pack("<I", BOMB) + block.compress(bytes(BOMB), store_size=False)
    blosc = pytest.importorskip("numcodecs.blosc")
    return blosc.compress(bytes(BOMB), b"zstd", 5, 1)


@pytest.mark.parametrize("chain", [(2, "zlib"), (2, "lz4"), (3, "zstd"), (3, "gzip"), (3, "blosc-zstd")], ids=str)
@pytest.mark.parametrize("edge", [1000, 2_000_000])
def test_bomb(tmp_path, chain, edge, kit):
    """What decodes to far more than the chunk costs no more memory than the chunk."""
    array = kit.make(tmp_path / "a", chain, (edge,), (edge,))
    file = kit.chunk_file(tmp_path / "a", chain, 0)
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(_bomb(chain[1]))
    with pytest.raises(CodecError, match="more"):
        array[...]
    end, grown = _measured_read(tmp_path / "a")
    assert end == "CodecError"
    assert grown < 2.5 * 4 * edge + (8 << 20)


@pytest.mark.parametrize("chain", [(3, "zstd"), (3, "plain"), (2, "lz4")], ids=str)
def test_huge_file(tmp_path, chain, kit):
    """A file that no encoder can have made of the chunk is not read at all."""
    array = kit.make(tmp_path / "a", chain)
    file = kit.chunk_file(tmp_path / "a", chain, 0)
    file.parent.mkdir(exist_ok=True)
    with open(file, "wb") as f:
        f.truncate(1 << 36)  # sparse
    with kit.refused(array, "0" if chain[0] == 2 else "c/0"):
        array[...]
    with kit.refused(array, "0" if chain[0] == 2 else "c/0"):
        array[2:4] = 1


def test_memory_store(chain, kit):
    """The same from buffers: truncated, and a failed merge keeps the old bytes."""
    store: dict[str, bytes] = {}
    array = kit.make(store, chain)
    data = np.arange(24, dtype="i4")
    array[...] = data
    key = "0" if chain[0] == 2 else "c/0"
    whole = bytes(store[key])
    for n in range(len(whole)):
        store[key] = whole[:n]
        with kit.refused(array, key):
            array[...]
        with kit.refused(array, key):
            array[3:9] = 1
        assert store[key] == whole[:n]
    store[key] = whole
    np.testing.assert_array_equal(array[...], data)


@pytest.mark.parametrize("engine", ["native", "python"])
def test_engines_agree_on_damage(stored, engine, monkeypatch, kit):
    """What the native engine refuses the codec classes refuse, and the reverse, but for what only one of them reads."""
    if engine == "python":
        io = chunkio.ChunkIO(stored.array.metadata, native=False)
        monkeypatch.setattr(stored.array._opened, "_io", io)
    for n in range(len(stored.content)):
        stored.file.write_bytes(stored.content[:n])
        with kit.refused(stored.array, stored.key):
            stored.array[...]
    rng = random.Random(5)
    for _ in range(100):
        damaged = bytearray(stored.content)
        damaged[rng.randrange(len(damaged))] ^= 1 << rng.randrange(8)
        stored.file.write_bytes(damaged)
        kit.readable(stored.array, stored.key)


def test_chunk_larger_than_memory(tmp_path, kit):
    """Of an uncompressed chunk only what is asked for needs memory."""
    edge = 1 << 40
    array = kit.make(tmp_path / "a", (3, "plain"), (edge,), (edge,))
    file = kit.chunk_file(tmp_path / "a", (3, "plain"), 0)
    file.parent.mkdir()
    with open(file, "wb") as f:
        f.truncate(4 * edge)  # sparse
        f.seek(4 * (edge - 7))
        f.write(np.arange(7, dtype="<i4").tobytes())
    assert array[-2] == 5 and array[12345] == 0
    assert array[-7:].tolist() == list(range(7))

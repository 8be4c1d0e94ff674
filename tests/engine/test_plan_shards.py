"""Shards in the native engine: random selections, damage, bombs, threads, forks."""

from __future__ import annotations

import gc
import os
import random
import resource
import signal
import struct
import threading
import warnings
import zlib
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import plan_models as models
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zarrc import _core
from zarrc.errors import CodecError, CodecValidationError

N, INNER = 24, 4
WHOLE = ((0, 1, N, True),)
DATA = np.arange(100, 100 + N, dtype="i4")
MISSING = 2**64 - 1


@given(st.data())
@settings(deadline=None, max_examples=200)
def test_as_numpy(data):
    models.compare_with_numpy(data, st.integers(1, 3), rounds=3)


def shard_plan(steps=(), around=(), *, at_start=False, index_steps=(("crc32c", (0,)),), inner=INNER, n=N) -> _core.Plan:
    chunk = models.plan_of((inner,), "i4", 0, steps=steps)
    shard = ((inner,), chunk, models.index_plan(1, steps=index_steps), at_start)
    return models.plan_of((n,), "i4", 0, steps=around, shard=shard)


def read(plan, stored, axes=WHOLE, n=N) -> np.ndarray:
    out = np.full(axes[0][2], -1, "i4")
    plan.read((n,), axes, out, "x", None, [stored])
    return out


def write(plan, value, stored=None, axes=WHOLE, n=N) -> bytes | None:
    return plan.write((n,), axes, np.asarray(value, "i4"), "x", None, [stored])[0]


def entries(shard: bytes, at_start=False, checked=True, count=N // INNER) -> list[tuple[int, int]]:
    size = 16 * count + 4 * checked
    index = shard[:size] if at_start else shard[-size:]
    return [struct.unpack_from("<QQ", index, 16 * i) for i in range(count)]


STEPS = {
    "plain": ([], [], False),
    "checked": (models.CHAINS["checked"], [], True),
    "zstd": (models.CHAINS["zstd"], [], False),
    "zstd checked": ([*models.CHAINS["zstd"], ("crc32c", (0,))], [], True),
    "in gzip": ([], [("gzip", (1,))], False),
    "in zstd": (models.CHAINS["zstd"], [("zstd", (1, 1)), ("crc32c", (0,))], True),
}


@pytest.fixture(params=STEPS)
def steps(request):
    return STEPS[request.param]


@pytest.fixture(params=[False, True], ids=["end", "start"])
def at_start(request):
    return request.param


def tolerated(plan, stored, axes=WHOLE) -> np.ndarray | None:
    """Any data of the right shape, or a `CodecError` that says where."""
    try:
        return read(plan, stored, axes)
    except CodecError as e:
        assert e.array == "x" and e.key == "c/0" and e.codec
        return None


def test_every_bit_flipped(steps, at_start):
    """Damage of the index is always noticed, any damage where the chunks are checked too."""
    chain, around, all_checked = steps
    plan = shard_plan(chain, around, at_start=at_start)
    shard = write(plan, DATA)
    index = 16 * (N // INNER) + 4
    for bit in range(8 * len(shard)):
        damaged = bytearray(shard)
        damaged[bit // 8] ^= 1 << bit % 8
        out = tolerated(plan, bytes(damaged))
        in_index = bit // 8 < index if at_start else bit // 8 >= len(shard) - index
        if all_checked or (in_index and not around):
            assert out is None
        tolerated(plan, bytes(damaged), ((9, 2, 4, True),))


def test_truncated_at_every_length(steps, at_start):
    chain, around, _ = steps
    plan = shard_plan(chain, around, at_start=at_start)
    shard = write(plan, DATA)
    for n in range(len(shard)):
        assert tolerated(plan, shard[:n]) is None
        tolerated(plan, shard[:n], ((9, 1, 1, True),))
        with pytest.raises(CodecError):
            write(plan, DATA[:16], shard[:n], ((0, 1, 16, True),))  # the last chunks are to be kept


def test_noise(steps, at_start):
    chain, around, _ = steps
    plan = shard_plan(chain, around, at_start=at_start, index_steps=())
    shard = write(plan, DATA)
    rng = random.Random(3)
    for _ in range(400):
        damaged = bytearray(shard)
        for _ in range(rng.randrange(1, 6)):
            damaged[rng.randrange(len(damaged))] = rng.choice((0, 1, 0x7F, 0x80, 0xFF, rng.randrange(256)))
        tolerated(plan, bytes(damaged))
        tolerated(plan, rng.randbytes(rng.randrange(300)))
        try:
            write(plan, 5, bytes(damaged), ((7, 1, 9, True),))
        except CodecError as e:
            assert e.key == "c/0"


@pytest.mark.parametrize("number", [2**63, 2**63 - 1, 2**64 - 2, 2**32, 1000, MISSING])
@pytest.mark.parametrize("field", [0, 1])
def test_huge_entries(number, field):
    plan = shard_plan(index_steps=())
    shard = bytearray(write(plan, DATA))
    struct.pack_into("<Q", shard, len(shard) - 16 * (N // INNER) + 16 * 2 + 8 * field, number)
    with pytest.raises(CodecError, match=r"inner chunk \[2\].*index entry 2") as caught:
        read(plan, bytes(shard))
    assert caught.value.codec == "sharding_indexed"
    np.testing.assert_array_equal(read(plan, bytes(shard), ((0, 1, 8, True),)), DATA[:8])
    with pytest.raises(CodecError, match="index entry 2"):
        write(plan, 1, bytes(shard), ((0, 1, 1, True),))


def test_partial_write_keeps_other_chunks(steps, at_start):
    chain, around, _ = steps
    if around:
        pytest.skip("the bytes lie in compressed ones")
    plan = shard_plan(chain, at_start=at_start)
    shard = write(plan, np.arange(N) // 3)
    changed = write(plan, 7777, shard, ((9, 1, 1, True),))
    for i, (old, new) in enumerate(zip(entries(shard, at_start), entries(changed, at_start), strict=True)):
        same = shard[old[0] : sum(old)] == changed[new[0] : sum(new)]
        assert same == (i != 9 // INNER)
    expected = np.arange(N) // 3
    expected[9] = 7777
    np.testing.assert_array_equal(read(plan, changed), expected)


def test_fill_values_are_left_out(at_start):
    plan = shard_plan(at_start=at_start)
    assert write(plan, np.zeros(N)) is None
    some = write(plan, 3, None, ((9, 1, 1, True),))
    assert [e == (MISSING, MISSING) for e in entries(some, at_start)] == [i != 2 for i in range(N // INNER)]
    assert write(plan, 0, some, ((9, 1, 1, True),)) is None
    np.testing.assert_array_equal(read(plan, None), np.zeros(N))


BOMB = 64 << 20


def peak_memory(reset: bool = False) -> int:
    """Bytes of memory that the process had at most since the last reset."""
    if reset:
        with open("/proc/self/clear_refs", "w") as f:
            f.write("5")
    with open("/proc/self/status") as f:
        return next(1024 * int(line.split()[1]) for line in f if line.startswith("VmHWM"))


@pytest.mark.parametrize("codec", ["zlib", "gzip"])
@pytest.mark.parametrize("where", ["inner", "around"])
def test_bomb(codec, where):
    """What decodes to far more than fits costs no more memory than what fits."""
    deflater = zlib.compressobj(1, wbits=31 if codec == "gzip" else 15)
    bomb = deflater.compress(bytes(BOMB)) + deflater.flush()
    chain = [(codec, (1,))]
    if where == "inner":
        plan = shard_plan(chain, index_steps=(), inner=1 << 18, n=1 << 20)
        index = struct.pack("<QQ", 0, len(bomb)) * 4
        stored, n = bomb + index, 1 << 20
    else:
        plan, stored, n = shard_plan(around=chain), bomb, N
    before = peak_memory(reset=True)
    with pytest.raises(CodecError, match="more"):
        read(plan, stored, ((0, 1, n, True),), n)
    with pytest.raises(CodecError, match="more"):
        write(plan, 1, stored, ((3, 1, 1, True),), n)
    assert peak_memory() - before < BOMB // 2


def test_shard_of_many_small_chunks_in_compression():
    """The limit of its size is far above the memory of most machines; what is needed is little."""
    n = 1 << 17
    plan = shard_plan(models.CHAINS["zstd"], [("zstd", (1, 0))], inner=1, n=n)
    axes = ((5, 1 << 14, 8, True),)
    shard = write(plan, np.arange(1, 9), None, axes, n)
    np.testing.assert_array_equal(read(plan, shard, axes, n), np.arange(1, 9))


def test_index_too_large():
    """Metadata alone cannot ask for an index that fills the memory."""
    with pytest.raises(CodecValidationError, match="inner chunks"):
        shard_plan(inner=1, n=1 << 40)
    plan = shard_plan(inner=1, n=1 << 26)  # the most: a shard that is too short for its index costs nothing
    with pytest.raises(CodecError, match="index"):
        read(plan, b"short", ((5, 1, 1, True),), 1 << 26)


def test_bad_shards():
    chunk, index = models.plan_of((4,), "i4", 0), models.index_plan(1)
    make = models.plan_of
    for inner in ((5,), (0,), (-4,), (48,)):
        with pytest.raises((CodecValidationError, OverflowError)):
            make((N,), "i4", 0, shard=(inner, chunk, index, False))
    with pytest.raises(CodecValidationError, match="every shard"):
        make(((N, 6),), "i4", 0, shard=((4,), chunk, index, False))
    with pytest.raises(CodecValidationError, match="index"):
        make((N,), "i4", 0, shard=((4,), chunk, models.index_plan(1, steps=[("zstd", (1, 0))]), False))
    for shard in (
        ((4, 4), chunk, index, False),
        ((4,), make((4, 4), "i4", 0), index, False),
        ((4,), make((4,), "i8", 0), index, False),
        ((4,), chunk, models.index_plan(2), False),
        ((4,), chunk, make((6, 2), "u4", 0), False),
        ((4,), chunk, make((6, 2), "u8", 0, shard=((3, 2), make((3, 2), "u8", 0), models.index_plan(2), False)), False),
    ):
        with pytest.raises(ValueError):
            make((N,), "i4", 0, shard=shard)
    for shard in (((4,), None, index, False), ((4,), chunk, None, False), ((4,), chunk, "index", False)):
        with pytest.raises((TypeError, ValueError, AttributeError)):
            make((N,), "i4", 0, shard=shard)


def test_shards_in_shards_in_shards():
    """As deep as is allowed works; deeper is refused."""
    plan, index = models.plan_of((1,), "i4", 0), models.index_plan(1)
    levels = 6
    for _ in range(levels):
        plan = models.plan_of((1,), "i4", 0, shard=((1,), plan, index, False))
    shard = write(plan, [7], None, ((0, 1, 1, True),), 1)
    assert len(shard) == 4 + levels * 20
    before = threading.stack_size(256 << 10)
    try:
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(read, plan, shard, ((0, 1, 1, True),), 1).result() == [7]
    finally:
        threading.stack_size(before)
    with pytest.raises(CodecValidationError, match="levels"):
        models.plan_of((1,), "i4", 0, shard=((1,), plan, index, False))


@pytest.mark.parametrize("chain", ["plain", "zstd"])
def test_no_partial_write_is_lost(tmp_path, chain):
    """16 threads write their own items of one shard."""
    plan = shard_plan(models.CHAINS[chain], inner=8, n=256)
    root, start = bytes(tmp_path), threading.Barrier(16)

    def work(k):
        start.wait()
        for i in range(k, 256, 16):
            plan.write((256,), ((i, 1, 1, True),), np.array([i + 1], "i4"), "x", root)

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(work, range(16)))
    out = np.empty(256, "i4")
    plan.read((256,), ((0, 1, 256, True),), out, "x", root)
    np.testing.assert_array_equal(out, np.arange(1, 257))


@pytest.mark.parametrize("around", [[], [("zstd", (1, 0))]], ids=["plain", "zstd"])
def test_readers_see_whole_shards(tmp_path, around):
    """Replaced while it is read: all inner chunks are of one writing."""
    n = 1 << 14
    plan, axes, root = shard_plan(around=around, inner=256, n=n), ((0, 1, n, True),), bytes(tmp_path)
    plan.write((n,), axes, np.array(1, "i4"), "x", root)
    stop = threading.Event()

    def replace(k):
        while not stop.is_set():
            plan.write((n,), axes, np.array(k, "i4"), "x", root)
            k += 2

    threads = [threading.Thread(target=replace, args=(k,)) for k in (1, 2)]
    for t in threads:
        t.start()
    try:
        for i in range(200):
            out = np.empty(n // (1 + i % 3 * 100), "i4")
            plan.read((n,), ((0, 1 + i % 3 * 100, len(out), True),), out, "x", root, threads=1 + i % 4)
            assert (out == out[0]).all()
    finally:
        stop.set()
        for t in threads:
            t.join()
    assert not [name for _, _, names in os.walk(tmp_path) for name in names if name.endswith(".partial")]


def test_nothing_leaks(tmp_path, steps, kit):
    """Neither descriptors nor memory, whether calls succeed or fail."""
    chain, around, _ = steps
    n = 4096
    plan, root, axes = shard_plan(chain, around, inner=64, n=n), bytes(tmp_path), ((0, 1, n, True),)
    noise = np.random.default_rng(0).integers(0, 2**31, n, dtype="i4")
    lists = (models.listed(np.random.default_rng(1).integers(0, n, 500)),)
    points = [np.random.default_rng(2).integers(0, n, 500)]
    out, some = np.empty(n, "i4"), np.empty(500, "i4")
    file = tmp_path / "c" / "0"

    def once():
        plan.write((n,), axes, noise, "x", root)
        plan.write((n,), lists, some, "x", root)
        for selection, into in ((axes, out), (lists, some), (points, some)):
            plan.read((n,), selection, into, "x", root)
        content = file.read_bytes()
        file.write_bytes(content[:-1])
        for selection, into in ((axes, out), (lists, some), (points, some)):
            with pytest.raises(CodecError):
                plan.read((n,), selection, into, "x", root)
            with pytest.raises(CodecError):
                plan.write((n,), ((5, 1, 2, True),), 1 + some[:2], "x", root)

    def memory():
        gc.collect()
        with open("/proc/self/statm") as f:
            return int(f.read().split()[1]) * resource.getpagesize()

    for _ in range(10):
        once()
    files, before = kit.open_files(), memory()
    for _ in range(150):
        once()
    assert kit.open_files() == files
    assert memory() - before < 4 << 20  # one index that leaks in each round would be more


def test_fork_while_reading(tmp_path):
    n = 1 << 15
    plan, axes, root = shard_plan(models.CHAINS["zstd"], inner=512, n=n), ((0, 1, n, True),), bytes(tmp_path)
    expected = np.arange(n, dtype="i4")
    plan.write((n,), axes, expected, "x", root)
    stop = threading.Event()

    def reads():
        out = np.empty(n, "i4")
        while not stop.is_set():
            plan.read((n,), axes, out, "x", root, threads=4)

    threads = [threading.Thread(target=reads) for _ in range(3)]
    for t in threads:
        t.start()
    try:
        for _ in range(20):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)
                pid = os.fork()
            if pid == 0:
                code = 1
                try:
                    signal.alarm(30)
                    out = np.empty(n, "i4")
                    plan.read((n,), axes, out, "x", root, threads=4)
                    plan.write((n,), ((7, 1, 1, True),), expected[7:8], "x", root, threads=4)
                    code = int(not np.array_equal(out, expected))
                finally:
                    os._exit(code)
            assert os.waitpid(pid, 0)[1] == 0
    finally:
        stop.set()
        for t in threads:
            t.join()

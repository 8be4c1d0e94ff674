from __future__ import annotations

import os
import subprocess
import sys
import sysconfig

import numpy as np
import pytest
from hypothesis import given, settings

from zarrc.codecs import ChunkSpec, LZ4Codec
from zarrc.errors import CodecError, CodecValidationError

SPEC = ChunkSpec((4,), np.dtype("<i4"))


@pytest.mark.parametrize("acceleration", [-3, 1, 10])
def test_round_trip(battery, acceleration):
    for data in battery.samples.values():
        battery.round_trip(LZ4Codec(acceleration), data)


def test_round_trip_of_anything(battery):
    @given(battery.contents)
    @settings(max_examples=50, deadline=None)
    def check(data):
        battery.round_trip(LZ4Codec(), data)

    check()


def test_against_numcodecs(battery):
    numcodecs = pytest.importorskip("numcodecs")
    for data in battery.samples.values():
        if data:
            assert bytes(numcodecs.LZ4().decode(LZ4Codec().encode(data))) == data
            assert LZ4Codec().decode(bytes(numcodecs.LZ4(3).encode(data)), nbytes=len(data)) == data
    assert LZ4Codec(3).get_config() == numcodecs.LZ4(3).get_config()


def test_damage(battery):
    data = b"abcdabcdabcdabcd" * 10 + bytes(range(40))
    encoded = LZ4Codec().encode(data)
    battery.truncations(LZ4Codec(), encoded, len(data))
    battery.bit_flips(LZ4Codec(), encoded, len(data))


@pytest.mark.parametrize("change", [-1, 1, 2**31, 2**32 - 1])
def test_the_stored_size_must_be_true(change):
    encoded = LZ4Codec().encode(b"abcdefgh" * 20)
    size = (int.from_bytes(encoded[:4], "little") + change) % 2**32
    for nbytes in (None, size):
        with pytest.raises(CodecError, match="lz4"):
            LZ4Codec().decode(size.to_bytes(4, "little") + encoded[4:], nbytes=nbytes)


def test_bomb(battery):
    battery.bomb(LZ4Codec(), LZ4Codec().encode(bytes(32 << 20)), 1000)


def test_configuration(battery):
    battery.configs(LZ4Codec(5))
    assert LZ4Codec().to_dict() == {"name": "numcodecs.lz4", "configuration": {"acceleration": 1}}
    assert LZ4Codec(0).native(SPEC) == ("lz4", (1,))
    with pytest.raises(CodecValidationError, match="acceleration"):
        LZ4Codec("fast")


POISONED = """
import random, sys
from zarrc.codecs import LZ4Codec
from zarrc.errors import CodecError

random.seed(1)
decoded = 0
for _ in range(20000):
    block, size = bytearray(), 0
    for _ in range(random.randint(1, 4)):
        literals, match = random.choice([0, 1, 8, 14, 15, 40]), random.choice([4, 7, 18, 19, 40, 100, 600])
        block.append(min(literals, 15) << 4 | min(match - 4, 15))
        block += bytes([literals - 15] if literals >= 15 else []) + b"L" * literals
        block += random.choice([0, 0, 1, 5, 9]).to_bytes(2, "little")  # distance 0: a copy of what is there
        rest = match - 19
        while rest >= 255:
            block.append(255)
            rest -= 255
        block += bytes([rest] if match >= 19 else [])
        size += literals + match
    block += b"\\xc0" + b"E" * 12
    size += 12
    try:
        content = LZ4Codec().decode(size.to_bytes(4, "little") + block, nbytes=size)
    except CodecError:
        continue
    decoded += 1
    if set(content) - set(b"LE\\0"):
        sys.exit(f"memory of others: {content!r}")
print(decoded)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="glibc fills new memory when told to")
@pytest.mark.skipif(bool(sysconfig.get_config_var("Py_GIL_DISABLED")), reason="PYTHONMALLOC=malloc needs a GIL")
def test_memory_that_nobody_wrote_is_not_returned():
    """The package's decoder writes zeros for a match at distance 0, which no encoder makes. Memory is filled with bytes
    that would be seen."""
    environment = os.environ | {"PYTHONMALLOC": "malloc", "MALLOC_PERTURB_": "85"}
    done = subprocess.run(
        [sys.executable, "-c", POISONED], env=environment, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 5000

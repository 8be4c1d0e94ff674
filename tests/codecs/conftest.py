"""Checks that every bytes -> bytes codec must pass, and the byte-level cases."""

from __future__ import annotations

import json
import os
import tracemalloc
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import strategies as st

from zarrc.errors import CodecError


def samples() -> dict[str, bytes]:
    """Contents that compressors treat differently, by name."""
    rng = np.random.default_rng(7)
    return {
        "empty": b"",
        "one": b"\x00",
        "short": b"zarr",
        "zeros": bytes(4096),
        "ramp": np.arange(3000, dtype="<i4").tobytes(),
        "noise": rng.integers(0, 256, 70_000, np.uint8).tobytes(),
        "smooth": np.sin(np.linspace(0, 20, 60_000)).astype("<f4").tobytes(),
    }


def check_round_trip(codec, data: bytes) -> None:
    encoded = codec.encode(data)
    assert isinstance(encoded, bytes)
    if codec.encoded_size(len(data)) is not None:
        assert len(encoded) == codec.encoded_size(len(data))
    for form in (encoded, bytearray(encoded), memoryview(encoded), np.frombuffer(encoded, np.uint8)):
        assert codec.decode(form, nbytes=len(data)) == data
    assert codec.decode(encoded) == data
    if data:
        with pytest.raises(CodecError):
            codec.decode(encoded, nbytes=len(data) - 1)


def check_truncations(codec, encoded: bytes, nbytes: int, may_pass: bool = False) -> None:
    """No prefix decodes; ``may_pass``: a prefix may be a shorter content."""
    for stop in range(len(encoded)):
        if may_pass:
            accepts(codec, encoded[:stop], nbytes)
        else:
            with pytest.raises(CodecError):
                codec.decode(encoded[:stop], nbytes=nbytes)


def check_bit_flips(codec, encoded: bytes, nbytes: int) -> None:
    for bit in range(8 * len(encoded)):
        damaged = bytearray(encoded)
        damaged[bit // 8] ^= 1 << bit % 8
        accepts(codec, bytes(damaged), nbytes)


def accepts(codec, encoded: bytes, nbytes: int) -> bool:
    """Whether it decodes. It must raise CodecError or stay within nbytes."""
    try:
        content = codec.decode(encoded, nbytes=nbytes)
    except CodecError as e:
        assert codec.label() in str(e) or "zstd" in str(e)
        return False
    assert len(content) <= nbytes
    return True


def check_bomb(codec, encoded: bytes, nbytes: int, slack: int = 1 << 20) -> None:
    """Decoding what holds far more than nbytes is refused before that much is made."""
    tracemalloc.start()
    try:
        with pytest.raises(CodecError):
            codec.decode(encoded, nbytes=nbytes)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < nbytes + slack


def check_configs(codec) -> None:
    """What a codec writes as metadata, in both formats, reads back as the same codec."""
    if codec.name:
        assert type(codec).from_dict(json.loads(json.dumps(codec.to_dict()))) == codec
    if codec.codec_id:
        config = codec.get_config()
        assert config["id"] == codec.codec_id
        assert type(codec).from_config(json.loads(json.dumps(config))).get_config() == config
    assert hash(codec) == hash(codec)


@pytest.fixture(scope="session")
def battery() -> SimpleNamespace:
    return SimpleNamespace(
        samples=samples(),
        contents=st.one_of(
            st.binary(max_size=300),
            st.builds(lambda b, n: b * n, st.binary(min_size=1, max_size=16), st.integers(0, 400)),
        ),
        round_trip=check_round_trip,
        truncations=check_truncations,
        bit_flips=check_bit_flips,
        accepts=accepts,
        bomb=check_bomb,
        configs=check_configs,
    )


@pytest.fixture(scope="session")
def golden() -> Path:
    """Folder of the byte-level cases."""
    named = os.environ.get("ZARRC_GOLDEN")
    folder = Path(named) if named else Path(__file__).resolve().parents[3] / "shared" / "golden"
    if not (folder / "handmade" / "cases.json").exists():
        pytest.skip("no golden cases; ZARRC_GOLDEN may name their folder")
    return folder / "handmade"

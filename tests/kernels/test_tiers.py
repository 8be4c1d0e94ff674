from __future__ import annotations

import os
import platform
import subprocess
import sys

import pytest

from zarrc import kernels
from zarrc.errors import KernelTierError

FOREIGN = "avx2" if platform.machine() in ("aarch64", "arm64") else "neon"


def in_process(
    value: str, code: str = "from zarrc import kernels; print(kernels.tier())"
) -> subprocess.CompletedProcess:
    env = {**os.environ, "ZARRC_KERNELS": value}
    return subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True)


def test_names_and_status():
    tiers = kernels.tiers()
    assert list(tiers) == ["scalar", "avx2", "neon"]
    assert tiers["scalar"] == "ok" and tiers[FOREIGN] == "not built"
    assert set(tiers.values()) <= {"ok", "not built", "no cpu"}
    assert tiers[kernels.tier()] == "ok"


def test_the_environment_chooses(tier):
    done = in_process(tier)
    assert (done.returncode, done.stdout.strip()) == (0, tier), done.stderr


def test_empty_means_the_best():
    best = [name for name, status in kernels.tiers().items() if status == "ok"][-1]
    assert in_process("").stdout.strip() == best


@pytest.mark.parametrize(
    ("value", "message"), [("sse9", "unknown kernel tier 'sse9'; the tiers are scalar, avx2, neon"),
                           (FOREIGN, f"the kernel tier '{FOREIGN}' is of another architecture")]
)  # fmt: skip
def test_the_environment_is_a_demand(value, message):
    done = in_process(value)
    assert done.returncode != 0
    assert "KernelTierError" in done.stderr and message in done.stderr


@pytest.mark.skipif("no cpu" not in kernels.tiers().values(), reason="this CPU has every tier of its architecture")
def test_beyond_this_cpu():
    name = next(name for name, status in kernels.tiers().items() if status == "no cpu")
    assert f"this CPU lacks the instructions of the kernel tier '{name}'" in in_process(name).stderr


def test_tier_argument():
    with pytest.raises(KernelTierError, match="unknown kernel tier 'sse9'"):
        kernels.crc32c(b"", tier="sse9")
    with pytest.raises(KernelTierError, match="another architecture"):
        kernels.crc32c(b"", tier=FOREIGN)
    with pytest.raises(KernelTierError, match="unknown kernel tier ''"):
        kernels.crc32c(b"", tier="")
    with pytest.raises(TypeError, match="tier"):
        kernels.crc32c(b"", tier=1)

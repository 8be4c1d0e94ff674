"""Every test that takes ``tier`` runs once for each tier that this build and CPU have."""

from __future__ import annotations

import pytest

from zarrc import kernels

TIERS = [name for name, status in kernels.tiers().items() if status == "ok"]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "tier" in metafunc.fixturenames:
        metafunc.parametrize("tier", TIERS)

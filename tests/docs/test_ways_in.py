"""The examples that need other packages, or a process of their own: blocks marked ``python NAME``, those of one name
and page together."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NEEDS = {
    "in-place-of-zarr": (),
    "inside-zarr": ("zarr",),
    "under-xarray": ("xarray", "dask"),
    "with-torch": ("torch",),
}
ENTRY_POINTS = {"inside-zarr": "zarr.codec_pipeline", "under-xarray": "xarray.backends"}


def examples() -> list:
    found = []
    for page in [*sorted((ROOT / "docs").glob("*.md")), ROOT / "README.md"]:
        text = page.read_text()
        for name in dict.fromkeys(re.findall(r"^```python (\S+)$", text, flags=re.MULTILINE)):
            blocks = re.findall(rf"^```python {name}\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)
            found.append(pytest.param(name, "\n".join(blocks), id=f"{page.name}-{name}"))
    return found


@pytest.mark.parametrize(("name", "script"), examples())
def test_examples_run(name, script, tmp_path):
    for package in NEEDS[name]:
        if importlib.util.find_spec(package) is None:
            pytest.skip(f"{package} is not installed")
    group = ENTRY_POINTS.get(name)
    if group and "zarrc" not in importlib.metadata.entry_points(group=group).names:
        pytest.skip(f"this installation of zarrc is older than its entry point {group}: install it again")
    subprocess.run([sys.executable, "-c", script], check=True, cwd=tmp_path, timeout=300)


def test_the_readme_shows_all_three_ways():
    text = (ROOT / "README.md").read_text()
    assert all(f"```python {name}\n" in text for name in ("in-place-of-zarr", "inside-zarr", "under-xarray"))

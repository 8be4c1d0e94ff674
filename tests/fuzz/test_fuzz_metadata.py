"""The fuzzer of the metadata parsers finds nothing in two seconds, and says what it found where there is something."""

from __future__ import annotations

import random

from fuzz import fuzz_metadata


def test_documents(capsys):
    assert fuzz_metadata.fuzz(2.0, random.randrange(1 << 30), []) == 0, capsys.readouterr().out


def test_broken_promises_are_told(capsys):
    def broken(name: str, raw: bytes) -> None:
        raise KeyError("x")

    assert "KeyError" in (fuzz_metadata.check("zarr.json", b"{}", broken) or "")
    assert fuzz_metadata.report("zarr.json", b"{}", "KeyError") == 1
    assert "zarr.json" in capsys.readouterr().out

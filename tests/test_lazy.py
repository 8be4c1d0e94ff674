"""Modules that are imported when they are needed."""

from __future__ import annotations

import copy
import json
import pickle
import subprocess
import sys

import pytest

import zarrc
from zarrc.lazy import LazyModule


def test_is_imported_when_asked():
    code = (
        "import sys; from zarrc.lazy import LazyModule; m = LazyModule('colorsys');"
        "assert 'colorsys' not in sys.modules; assert m.ONE_THIRD * 3 == 1; assert 'colorsys' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_attributes_are_those_of_the_module(monkeypatch):
    lazy = LazyModule("json")
    assert lazy.dumps is json.dumps
    monkeypatch.setattr(json, "dumps", len)
    assert lazy.dumps is len
    with pytest.raises(AttributeError, match="nothing_like_it"):
        lazy.nothing_like_it  # noqa: B018
    with pytest.raises(ModuleNotFoundError, match="no_such_module"):
        LazyModule("no_such_module").x  # noqa: B018
    assert copy.copy(lazy).loads is pickle.loads(pickle.dumps(lazy)).loads is json.loads
    assert repr(lazy) == "LazyModule('json')"


def test_packages_give_their_modules():
    code = """
import zarrc
zarrc.buffer.cpu.Buffer, zarrc.core.buffer.cpu.Buffer, zarrc.abc.codec.Codec, zarrc.abc.store.Store
zarrc.core.group.Group, zarrc.core.sync.sync
"""
    subprocess.run([sys.executable, "-c", code], check=True)
    with pytest.raises(AttributeError, match=r"'zarrc\.buffer' has no attribute 'gpu'"):
        zarrc.buffer.gpu  # noqa: B018

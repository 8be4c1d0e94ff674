"""None where the core is to have an array: said, not read."""

from __future__ import annotations

import numpy as np
import pytest

from zarrc import _core


@pytest.fixture
def plan():
    return _core.Plan((4,), 4, (0,), 0, [], bytes(4), True, "/")


def test_no_array(plan):
    whole = ((0, 1, 4, True),)
    points = np.arange(2, dtype=np.int64)
    for call in (
        lambda: plan.read((4,), whole, None, "a", buffers=[None]),
        lambda: plan.write((4,), whole, None, "a", buffers=[None]),
        lambda: _core.read_chunks(plan, [], None, (), "a", [], buffers=[]),
        lambda: _core.write_chunks(plan, [], None, (), "a", [], buffers=[]),
        lambda: _core.read_chunks(None, [], points, (), "a", [], buffers=[]),
        lambda: _core.verify_chunks(plan, (4,), None, "a", buffers=[]),
        lambda: _core.verify_chunks(None, (4,), points.reshape(2, 1), "a", buffers=[]),
        lambda: _core.mend_chunk(plan, (4,), None, "a", stored=b""),
        lambda: _core.vlen_utf8_pack(None),
        lambda: _core.vlen_utf8_unpack(b"", None),
        lambda: _core.kernel_box_copy(points, None, 0),
        lambda: _core.kernel_box_copy(None, points, 0),
    ):
        with pytest.raises(TypeError):
            call()
    for axes in ([None], [[1, 2]], [object()]):
        with pytest.raises((TypeError, ValueError)):
            plan.read((4,), axes, np.zeros(2, "i4"), "a", buffers=[None])


def test_a_shard_without_plans(plan):
    for plans in ((None, plan), (plan, None)):
        with pytest.raises(TypeError, match="shard"):
            _core.Plan((4,), 4, (0,), 0, [], bytes(4), True, "/", ((2,), *plans, False))


def test_a_lock_is_given_back_once(tmp_path):
    """By two threads or one, the file is closed once: its number may be another file's by then."""
    lock = _core.lock_chunk(bytes(tmp_path), b"c/0", True)
    lock.release()
    with open(tmp_path / "other", "wb") as other:
        lock.release()
        other.write(b"here")
    assert (tmp_path / "other").read_bytes() == b"here"

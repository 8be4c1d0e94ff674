"""Fill values of strings."""

from __future__ import annotations

import json

import pytest

import zarrc
from zarrc.errors import FillValueError


@pytest.mark.parametrize("text", ["\ud800", "a\udfffb"])
def test_half_a_surrogate_pair_is_refused(text):
    document = {
        "zarr_format": 2,
        "shape": [3],
        "chunks": [2],
        "dtype": "|O",
        "compressor": None,
        "filters": [{"id": "vlen-utf8"}],
        "fill_value": text,
        "order": "C",
    }
    with pytest.raises(FillValueError, match="fill_value"):
        zarrc.open_array({".zarray": json.dumps(document).encode()}, mode="r")

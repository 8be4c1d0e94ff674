"""The element-wise filters as ``array -> array`` codecs: how zarr-python uses numcodecs' filters in v3."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from zarrc.codecs.astype import AsTypeCodec
from zarrc.codecs.base import ChunkSpec, Codec, Kind
from zarrc.codecs.bitround import BitRoundCodec, BitRoundFilter
from zarrc.codecs.elements import ArrayFilter
from zarrc.codecs.fixedscaleoffset import FixedScaleOffsetCodec
from zarrc.codecs.numcodecs.base import NumcodecsNamed
from zarrc.codecs.quantize import QuantizeCodec


def _type_of(dtype: np.dtype) -> str:
    return dtype.str

"""Types for annotations, under the names of ``zarr.types``."""

from zarrc.array import Array
from zarrc.async_array import AsyncArray
from zarrc.core.common import JSON, ZarrFormat
from zarrc.dtypes.json_types import DTypeConfig_V2, DTypeJSON

AnyArray = Array
AnyAsyncArray = AsyncArray
ArrayV2 = ArrayV3 = Array
AsyncArrayV2 = AsyncArrayV3 = AsyncArray

__all__ = (
    "JSON",
    "AnyArray",
    "AnyAsyncArray",
    "ArrayV2",
    "ArrayV3",
    "AsyncArrayV2",
    "AsyncArrayV3",
    "DTypeConfig_V2",
    "DTypeJSON",
    "ZarrFormat",
)

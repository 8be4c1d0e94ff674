"""`ZDType`, under its name of ``zarr.core.dtype.wrapper``."""

from zarrc.core.dtype import TBaseDType, TBaseScalar
from zarrc.dtypes.custom import ZDType

__all__ = ["TBaseDType", "TBaseScalar", "ZDType"]

"""`DataTypeRegistry`, under its name of ``zarr.core.dtype.registry``."""

from zarrc.dtypes.custom import DataTypeRegistry

__all__ = ["DataTypeRegistry"]

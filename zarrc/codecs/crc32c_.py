"""`Crc32cCodec`, under its name of ``zarr.codecs.crc32c_``."""

from zarrc.codecs.crc32c import Crc32cCodec

__all__ = ["Crc32cCodec"]

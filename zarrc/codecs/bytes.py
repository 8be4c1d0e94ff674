"""`BytesCodec`, under its name of ``zarr.codecs.bytes``."""

from zarrc.codecs.bytes_ import BytesCodec
from zarrc.codecs.choices import ENDIAN, Endian, EndianLiteral

__all__ = ["ENDIAN", "BytesCodec", "Endian", "EndianLiteral"]

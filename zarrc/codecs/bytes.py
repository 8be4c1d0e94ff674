"""`BytesCodec`, under its name of ``zarr.codecs.bytes``."""

from zarrc.codecs.bytes_ import BytesCodec
from zarrc.codecs.choices import Endian

__all__ = ["BytesCodec", "Endian"]

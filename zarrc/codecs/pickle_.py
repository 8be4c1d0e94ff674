"""``pickle``: whole arrays as Python pickles (numcodecs ``pickle``). Reading one runs code that its writer chose."""

from __future__ import annotations

import pickle
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from zarrc.codecs.buffers import as_byte_view
from zarrc.codecs.object_codec import ObjectCodec
from zarrc.codecs.validation import check_int
from zarrc.config import config
from zarrc.errors import CodecError

CONFIG_KEY = "array.allow_unsafe_pickle_decode"


@dataclass(frozen=True)
class PickleCodec(ObjectCodec):
    """A pickled array. Reading is refused unless the configuration allows it, or `TrustedPickleCodec` is registered.

    Parameters
    ----------
    protocol
        Pickle protocol to write with.
    """

    name: ClassVar[str] = "numcodecs.pickle"
    codec_id: ClassVar[str] = "pickle"
    logical_order: ClassVar[bool] = True
    trusted: ClassVar[bool] = False

    protocol: int = pickle.HIGHEST_PROTOCOL

    def __post_init__(self) -> None:
        value = check_int(self.label(), "protocol", self.protocol, 0, pickle.HIGHEST_PROTOCOL)
        object.__setattr__(self, "protocol", value)

    def _configuration(self) -> dict[str, Any]:
        return {"protocol": self.protocol}

    def encode(self, data: np.ndarray) -> bytes:
        """Raises `CodecError` for objects that cannot be pickled."""
        try:
            return pickle.dumps(np.asarray(data), protocol=self.protocol)
        except (pickle.PicklingError, TypeError, AttributeError) as e:
            raise CodecError(f"elements that cannot be pickled: {e}", codec=self.label()) from e

    def decode(self, data: Any, *, nbytes: int | None = None) -> np.ndarray:
        """Array of the chunk's shape and dtype.

        Raises
        ------
        CodecError
            Unless pickles are allowed; or for what is no pickled array of the chunk's shape.
        """
        if not self.trusted and config.get(CONFIG_KEY) is not True:
            raise CodecError(
                "refused: a pickle can run any code. If you trust whoever wrote this array, call "
                f"zarrc.config.set({{{CONFIG_KEY!r}: True}}), or for this codec alone "
                "zarrc.codecs.register_codec(zarrc.codecs.TrustedPickleCodec)",
                codec=self.label(),
            )
        try:
            array = np.asarray(pickle.loads(as_byte_view(data)))
        except Exception as e:  # damaged pickles raise anything
            raise CodecError(f"corrupt: {type(e).__name__}: {e}", codec=self.label()) from e
        if array.size != self.known_spec().nitems:
            raise CodecError(f"{array.size} items where the chunk has {self.known_spec().nitems}", codec=self.label())
        return self.shaped(array.reshape(-1))


class TrustedPickleCodec(PickleCodec):
    """As `PickleCodec`, reading without asking. Not in use unless given to ``register_codec``."""

    trusted: ClassVar[bool] = True

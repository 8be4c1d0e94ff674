# cython: language_level=3
"""The native side of zarrc: buffers in, checks, one call without the GIL, status codes to exceptions."""

import os as _os
from warnings import warn as _warn

import numpy as _np

from zarrc.errors import (
    ChunkIOError, ChunkNotFoundError, CodecError, CodecValidationError, LockError, StoreIOError, ZarrUserWarning
)

cimport cython
cimport numpy as cnp
from cpython.buffer cimport *
from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize, PyBytes_GET_SIZE
from cpython.exc cimport PyErr_CheckSignals
from libc.stddef cimport ptrdiff_t, size_t
from libc.stdint cimport *
from libc.stdlib cimport calloc, free, malloc
from libc.string cimport memset, strlen

cnp.import_array()

include "_core_kernels.pxi"
include "_core_codecs.pxi"
include "_core_engine.pxi"
include "_core_selection.pxi"
include "_core_plan.pxi"
include "_core_chunks.pxi"
include "_core_files.pxi"
include "_core_locks.pxi"
include "_core_text.pxi"
include "_core_verify.pxi"

_init_kernels(_os.environ.get("ZARRC_KERNELS", ""))

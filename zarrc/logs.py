"""The package's logger and a report for bug reports."""

from __future__ import annotations

import importlib.metadata
import logging
import platform
from _thread import allocate_lock

_logger = logging.getLogger("zarr")  # the name that users of zarr-python configure
_handler: logging.StreamHandler | None = None
_lock = allocate_lock()


def _ensure_handler() -> logging.StreamHandler:
    global _handler
    with _lock:  # one handler, or each message would come twice
        if _handler is None:
            _handler = logging.StreamHandler()
            _handler.setFormatter(logging.Formatter("%(asctime)s - %(name)s - %(levelname)s - %(message)s"))
            _logger.addHandler(_handler)
        return _handler


def set_log_level(level: str) -> None:
    """Sets the level ("NOTSET", "DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL") of the logger "zarr" and of its
    handler, which writes to stderr and is made at the first call. Raises ValueError for another name."""
    _logger.setLevel(level)
    _ensure_handler().setLevel(level)


def set_format(log_format: str) -> None:
    """Sets the format of the messages of the logger "zarr", as `logging.Formatter` takes it: by default
    ``"%(asctime)s - %(name)s - %(levelname)s - %(message)s"``. Raises ValueError for what is no format."""
    _ensure_handler().setFormatter(logging.Formatter(fmt=log_format))


def print_debug_info() -> None:
    """Prints the versions of the package, of Python and of what it works with."""
    print(f"platform: {platform.platform()}")
    print(f"python: {platform.python_version()}")
    for title, names in (
        ("required", ("zarrc", "numpy", "blosc2", "zstandard", "lz4", "python-snappy")),
        ("optional", ("numcodecs", "fsspec", "obstore", "ml_dtypes", "zarr", "xarray", "dask")),
    ):
        print(f"\n**{title}**")
        for name in names:
            try:
                print(f"{name}: {importlib.metadata.version(name)}")
            except importlib.metadata.PackageNotFoundError:
                print(f"{name}: not installed")

"""Abstract classes under the names of ``zarr.abc``."""

"""Classes of data types, under the names of the modules of ``zarr.core.dtype.npy``."""

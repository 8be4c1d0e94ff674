"""Which package has a codec that zarrc has not: for the message when it is asked for."""

from __future__ import annotations

# The entry points that these packages declare, as of autumn 2026; a name that ends in "*" is a prefix.
_PROVIDERS: dict[int, dict[str, str]] = {
    2: {
        "FITSAscii": "kerchunk",
        "FITSVarBintable": "kerchunk",
        "fill_hdf_strings": "kerchunk",
        "grib": "kerchunk",
        "gribscan.*": "gribscan",
        "imagecodecs_*": "imagecodecs-numcodecs",
        "rawgrib": "gribscan",
        "record_member": "kerchunk",
        "wavpack": "wavpack-numcodecs",
    },
    3: {
        "any-numcodecs.*": "zarr-any-numcodecs",
        "gribberish": "gribberish",
        "imagecodecs_*": "imagecodecs-zarr",
        "n5_default": "zarr-n5",
        "omfiles.*": "omfiles",
        "virtual_tiff.*": "virtual-tiff",
    },
}
# Names in the zarr-extensions registry that no released package provides, and why zarrc does not either.
_WITHOUT = {
    "conditional": "it is registered in zarr-extensions, but nothing writes it yet",
}


def hint(name: str, zarr_format: int) -> str:
    """Sentence about a codec name that is unknown, or ""."""
    reason = _WITHOUT.get(name) if zarr_format == 3 else None
    if reason is not None:
        return f" ({reason})"
    for pattern, package in _PROVIDERS[zarr_format].items():
        if name == pattern or (pattern[-1] == "*" and name.startswith(pattern[:-1])):
            return f". Known packages supporting this codec: {package}"
    return ""

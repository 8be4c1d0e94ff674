"""The one error of its own."""

from __future__ import annotations

from zarrc.errors import MetadataValidationError


class ExZarrError(MetadataValidationError):
    """Something that ExZarr and Zarr do not share: a store that ExZarr cannot have written, a write into a layout that
    is not Zarr, or a setting that ExZarr would read wrongly. The message names it and says why."""

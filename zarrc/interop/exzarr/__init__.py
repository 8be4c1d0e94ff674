"""Arrays and groups of ExZarr (https://github.com/thanos/ExZarr, 1.0.1), read with ExZarr's meanings.

ExZarr writes much that is plain Zarr, and some that only looks like it: framings, filters and shards of its own under
the names of others. Which of the two a document means cannot be seen in it, so `zarrc.open_array` reads it as Zarr,
and these functions as ExZarr. ``docs/exzarr.md`` has the table of what corresponds to what.

`open_array`, `open_group` and `read` read; `create_array` makes plain Zarr arrays that ExZarr reads correctly.
"""

from __future__ import annotations

from zarrc.interop.exzarr.array import ExZarrArray, open_array, read
from zarrc.interop.exzarr.create import create_array
from zarrc.interop.exzarr.errors import ExZarrError
from zarrc.interop.exzarr.group import ExZarrGroup, open_group

__all__ = ["ExZarrArray", "ExZarrError", "ExZarrGroup", "create_array", "open_array", "open_group", "read"]

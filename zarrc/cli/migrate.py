"""``zarrc migrate v3 PATH`` and ``zarrc remove-metadata FORMAT PATH``: from Zarr v2 to v3."""

from __future__ import annotations

import sys

from zarrc.core.sync import sync
from zarrc.logs import set_format, set_log_level
from zarrc.metadata.migrate_v3 import migrate, remove_metadata
from zarrc.node import ZarrFormat
from zarrc.stores import make_store_path


def _show_log(dry_run: bool, verbose: bool, what: str) -> None:
    set_log_level("INFO" if verbose or dry_run else "WARNING")
    set_format("%(message)s")
    if dry_run:
        print(f"dry run, nothing is changed; {what}:", file=sys.stderr)


def run_migrate(
    path: str,
    output: str | None,
    *,
    dry_run: bool,
    overwrite: bool,
    force: bool,
    remove_v2_metadata: bool,
    verbose: bool,
) -> int:
    """Stores metadata of v3 for what lies at ``path``. Raises ValueError for what cannot be migrated, and what
    `zarrc.metadata.migrate_v3.migrate` raises."""
    _show_log(dry_run, verbose, "this would be stored and removed")
    try:
        migrate(
            path,
            output,
            dry_run=dry_run,
            overwrite=overwrite,
            force=force,
            remove_v2_metadata=remove_v2_metadata,
            use_consolidated=False,
        )
    except (TypeError, NotImplementedError) as e:
        raise ValueError(f"{path}: {e}") from e
    return 0


def run_remove_metadata(path: str, zarr_format: ZarrFormat, *, force: bool, dry_run: bool, verbose: bool) -> int:
    """Removes the metadata of one format. Raises what `zarrc.metadata.migrate_v3.remove_metadata` raises."""
    _show_log(dry_run, verbose, "this would be removed")
    place = make_store_path(path)
    if next(iter(place.store.list_dir_sync(place.path)), None) is None:
        raise ValueError(f"nothing is stored at {place}")
    sync(remove_metadata(path, zarr_format, force=force, dry_run=dry_run))
    return 0

"""``zarrc migrate v3 PATH`` and ``zarrc remove-metadata FORMAT PATH``: from Zarr v2 to v3."""

from __future__ import annotations

import sys

from zarrc.cli.output import counted
from zarrc.errors import NodeNotFoundError
from zarrc.logs import set_format, set_log_level
from zarrc.metadata.migrate_v3 import migrate, remove_documents
from zarrc.node import ZarrFormat
from zarrc.stores import make_store_path


def _show_log(dry_run: bool, verbose: bool, what: str) -> None:
    set_log_level("INFO" if verbose or dry_run else "WARNING")
    set_format("%(message)s")
    if dry_run:
        print(f"dry run, nothing is changed; {what}:", file=sys.stderr)


def _with_options(error: Exception) -> ValueError:
    """The error in words of the command line."""
    return ValueError(str(error).replace("use the 'force' option", "use --force"))


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
        stored, removed = migrate(
            path,
            output,
            dry_run=dry_run,
            overwrite=overwrite,
            force=force,
            remove_v2_metadata=remove_v2_metadata,
            use_consolidated=False,
        )
    except NodeNotFoundError:
        raise
    except FileExistsError as e:
        raise FileExistsError(f"{e}. --overwrite replaces metadata of v3 that are there") from e
    except (TypeError, NotImplementedError) as e:
        raise ValueError(f"{path}: {e}") from e
    except ValueError as e:
        raise _with_options(e) from e
    would = "would be " if dry_run else ""
    also = f", {removed} {would}removed" if removed else ""
    print(f"{counted(stored, 'metadata document')} of v3 {would}stored{also}")
    return 0


def run_remove_metadata(path: str, zarr_format: ZarrFormat, *, force: bool, dry_run: bool, verbose: bool) -> int:
    """Removes the metadata of one format; 1 where there are none. Raises `NodeNotFoundError` where nothing is, and
    what `zarrc.metadata.migrate_v3.remove_metadata` raises."""
    _show_log(dry_run, verbose, "this would be removed")
    place = make_store_path(path)
    if next(iter(place.store.list_dir_sync(place.path)), None) is None:
        raise NodeNotFoundError(f"nothing is stored at {place}")
    try:
        removed = remove_documents(path, zarr_format, force=force, dry_run=dry_run)
    except ValueError as e:
        raise _with_options(e) from e
    if not removed:
        raise ValueError(f"no metadata of v{zarr_format} are stored at {place}: nothing to remove")
    print(f"{counted(removed, 'metadata document')} of v{zarr_format} {'would be ' if dry_run else ''}removed")
    return 0

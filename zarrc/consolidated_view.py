"""What a group shows of consolidated metadata, and what is stored of them: two things, from the first change on."""

from __future__ import annotations

from typing import Any

from zarrc.errors import MetadataValidationError
from zarrc.metadata import GroupMetadata
from zarrc.node import documents_at, read_node
from zarrc.placed import Placed
from zarrc.stores import StorePath
from zarrc.stores.locks import shared_lock


class ConsolidatedView(Placed):
    """Base of `Group`.

    A group that was opened with consolidated metadata shows its members as they say. A member that is made through the
    group is not in them until they are consolidated anew, so the group then shows what the store has. What is stored
    of them stays, without the members that are deleted.
    """

    __slots__ = ("_consolidated", "_metadata")
    _metadata: GroupMetadata
    #: Whether the group was opened with consolidated metadata, or got from one that was.
    _consolidated: bool

    def _stored_group(self, consolidated: bool = True) -> GroupMetadata | None:
        """The metadata stored at the group's place, with those that are consolidated there; None where no group is."""
        known = self._metadata
        documents = documents_at([self._place], known.zarr_format, consolidated)[0]
        node = read_node(self._place, known.zarr_format, documents)
        if not isinstance(node, GroupMetadata):
            return None
        if not consolidated:
            return node.without_consolidated()
        raw = documents.get(".zmetadata") if node.zarr_format == 2 else None
        if raw is not None:
            try:
                return node.with_zmetadata(raw, str(self._place))
            except MetadataValidationError:  # whoever opens the group with it is told; others do without
                pass
        return node

    def _stored_metadata(self) -> GroupMetadata:
        # As zarr-python has it: who opened without consolidated metadata writes a zarr.json without them. What was
        # made through such a group would else stay unseen.
        return self._stored_group(self._consolidated) or self._metadata

    def _adopt(self, metadata: GroupMetadata) -> None:
        before, now = self._metadata.consolidated_metadata, metadata.consolidated_metadata
        if before is None:
            metadata = metadata if now is None else metadata.without_consolidated()
        elif before.is_part or metadata.zarr_format == 2:  # of format 2 they are those that it was opened with
            metadata = metadata._with(consolidated_metadata=before)
        elif now is not None and now is not before:
            metadata = metadata._with(consolidated_metadata=now.with_changes_of(before))
        self._metadata = metadata

    def _show(self, metadata: GroupMetadata, known: GroupMetadata) -> bool:
        """Shows these consolidated metadata, unless another thread was first and the group's metadata are no longer
        ``known``; whether."""
        with shared_lock(id(self)):
            if self._metadata is not known:
                return False
            self._metadata = metadata
        return True

    def _new_place(self, name: str) -> StorePath:
        """Where a new member goes. From now on members are looked for in the store."""
        place = self._place / name
        self._show_stored()
        return place

    def _show_stored(self) -> None:
        """From now on members are looked for in the store."""
        while (known := self._metadata).consolidated_metadata is not None:
            self._show(known.without_consolidated(), known)

    def _is_there(self, path: str) -> bool:
        """Whether there is a member that the group need not show: made by others, or still stored as consolidated."""
        return read_node(self._place / path, self._metadata.zarr_format) is not None or self._is_stored(path)

    def _is_stored(self, path: str) -> bool:
        """Whether what is consolidated in the store knows a member, or anything below it."""
        stored = self._stored_group()
        known = None if stored is None else stored.consolidated_metadata
        return known is not None and any(f"{key}/".startswith(f"{path}/") for key in known)

    def _member_removed(self, path: str) -> None:
        """What lay at a relative path is gone: neither the group, nor those that it was got from, nor what is stored
        in them knows it any more."""
        while not self._show((known := self._metadata).without_member(path), known):
            pass
        if self._is_stored(path):
            with self._change_lock() as lock:
                stored = self._stored_group()
                if stored is not None:
                    self._store_metadata(stored.without_member(path), lock)
        if self._known_by is not None:
            group, above = self._known_by
            group._member_removed(f"{above}/{path}")

    def _member_changed(self, path: str, metadata: Any) -> None:
        """A member that was got from consolidated metadata stored others of its own: they are those got from now on."""
        if isinstance(metadata, GroupMetadata):
            metadata = metadata.without_consolidated()
        while (known := self._metadata).consolidated_metadata is not None:
            consolidated = known.consolidated_metadata.with_node(path, metadata)
            if self._show(known._with(consolidated_metadata=consolidated), known):
                break
        if self._known_by is not None:
            group, above = self._known_by
            group._member_changed(f"{above}/{path}", metadata)

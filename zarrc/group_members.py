"""The methods of a group that make arrays in bulk or by pattern, on top of ``create_array``."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from zarrc.errors import ArrayNotFoundError, ContainsArrayError, ContainsGroupError, GroupNotFoundError
from zarrc.lazy import LazyModule
from zarrc.stores import StorePath

if TYPE_CHECKING:
    from zarrc.array import Array
    from zarrc.async_group import AsyncGroup
    from zarrc.group import Group

asyncio = LazyModule("asyncio")
async_group = LazyModule("zarrc.async_group")
group_tree = LazyModule("zarrc.group_tree")
hierarchy = LazyModule("zarrc.hierarchy")


def _exists(what: str, group: Any, path: str, verb: str = "exists") -> str:
    place = group.store_path / path
    return f"{what} {verb} in store {str(place.store)!r} at path {place.path!r}."


class GroupMembers:
    """Mixin of `zarrc.Group`."""

    __slots__ = ()
    #: Has the functions that make arrays. `zarrc.api`, which stands above, puts itself here.
    _makers: ClassVar[Any]

    def get_array(self, path: str) -> Array:
        """The array at a relative path. Raises `ArrayNotFoundError`, and `ContainsGroupError` for a group."""
        node = self.get(path)  # type: ignore[attr-defined]
        if node is None:
            raise ArrayNotFoundError(_exists("No array", self, path, "found"))
        if not hasattr(node, "dtype"):
            raise ContainsGroupError(_exists("A group", self, path))
        return node

    def get_group(self, path: str) -> Group:
        """The group at a relative path. Raises `GroupNotFoundError`, `ContainsArrayError` for an array."""
        node = self.get(path)  # type: ignore[attr-defined]
        if node is None:
            raise GroupNotFoundError(_exists("No group", self, path, "found"))
        if hasattr(node, "dtype"):
            raise ContainsArrayError(_exists("An array", self, path))
        return node

    def tree(
        self, expand: bool | None = None, level: int | None = None, *, max_nodes: int = 500, plain: bool = False
    ) -> Any:
        """All nodes below as a picture, see `zarrc.group_tree`. Raises NotImplementedError for ``expand``."""
        if expand is not None:
            raise NotImplementedError("'expand' is not yet implemented.")
        return group_tree.group_tree(self, level, max_nodes=max_nodes, plain=plain)  # type: ignore[arg-type]

    def create_hierarchy(
        self, nodes: Mapping[str, Any], *, overwrite: bool = False
    ) -> Iterator[tuple[str, Array | Group]]:
        """Makes many nodes below the group; see `zarrc.create_hierarchy`. Raises ValueError for the path ""."""
        zarr_format = self.metadata.zarr_format  # type: ignore[attr-defined]
        for path, node in nodes.items():
            if not path.strip("/"):
                raise ValueError("The root node cannot be among the nodes of a hierarchy below a group.")
            if node.zarr_format != zarr_format:
                raise ValueError(f"The zarr_format of the nodes must be the same as the parent group's, {zarr_format}")
        made = hierarchy.create_below(self.store_path, nodes, overwrite, root=False)  # type: ignore[attr-defined]
        self._show_stored()  # type: ignore[attr-defined]
        return made

    def _place_for(self, name: str) -> StorePath:
        """`_new_place` of a name. Raises TypeError for what is none."""
        if not isinstance(name, str | os.PathLike):
            group = str(self.store_path)  # type: ignore[attr-defined]
            raise TypeError(f"the name of a member of group {group!r} must be a str, not {type(name).__name__}")
        return self._new_place(name)  # type: ignore[attr-defined,no-any-return]

    def _make(self, function: str, name: str, *args: Any, **kwargs: Any) -> Array:
        place = self._place_for(name)
        own = self.metadata.zarr_format  # type: ignore[attr-defined]
        asked = kwargs.pop("zarr_format", None)
        if asked is not None and asked != own:
            raise ValueError(
                f"Cannot create a zarr_format={asked} array in a zarr_format={own} group: it would not be found."
            )
        kwargs["zarr_format"] = own
        return getattr(self._makers, function)(*args, store=place, **kwargs)

    def empty(self, *, name: str, shape: Any, **kwargs: Any) -> Array:
        """`zarrc.empty` as a member."""
        return self._make("empty", name, shape, **kwargs)

    def zeros(self, *, name: str, shape: Any, **kwargs: Any) -> Array:
        """`zarrc.zeros` as a member."""
        return self._make("zeros", name, shape, **kwargs)

    def ones(self, *, name: str, shape: Any, **kwargs: Any) -> Array:
        """`zarrc.ones` as a member."""
        return self._make("ones", name, shape, **kwargs)

    def full(self, *, name: str, shape: Any, fill_value: Any, **kwargs: Any) -> Array:
        """`zarrc.full` as a member."""
        return self._make("full", name, shape, fill_value, **kwargs)

    def empty_like(self, *, name: str, data: Any, **kwargs: Any) -> Array:
        """`zarrc.empty_like` as a member."""
        return self._make("empty_like", name, data, **kwargs)

    def zeros_like(self, *, name: str, data: Any, **kwargs: Any) -> Array:
        """`zarrc.zeros_like` as a member."""
        return self._make("zeros_like", name, data, **kwargs)

    def ones_like(self, *, name: str, data: Any, **kwargs: Any) -> Array:
        """`zarrc.ones_like` as a member."""
        return self._make("ones_like", name, data, **kwargs)

    def full_like(self, *, name: str, data: Any, **kwargs: Any) -> Array:
        """`zarrc.full_like` as a member."""
        return self._make("full_like", name, data, **kwargs)

    def move(self, source: str, dest: str) -> None:
        """Raises NotImplementedError, as in zarr-python."""
        raise NotImplementedError("members cannot be moved; copy the data and delete the source")

    @property
    def synchronizer(self) -> None:
        """None; zarr-python 2 had one."""
        return None

    @property
    def _async_group(self) -> AsyncGroup:
        return async_group.AsyncGroup.of(self)  # type: ignore[arg-type]

    async def update_attributes_async(self, new_attributes: dict[str, Any]) -> Group:
        """Replaces all attributes by these, as zarr-python does; returns the group."""
        await asyncio.to_thread(self._set_attributes, dict(new_attributes))  # type: ignore[attr-defined]
        return self  # type: ignore[return-value]

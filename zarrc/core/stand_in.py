"""Classes of zarr-python that are not classes of their own here, for whoever calls them or asks `isinstance`."""

from __future__ import annotations

from typing import Any


class StandIn(type):
    """Metaclass. Calling the class calls its static method ``make``; its instances are what ``holds`` is true of."""

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        return cls.make(*args, **kwargs)  # type: ignore[attr-defined]

    def __instancecheck__(cls, instance: object) -> bool:
        return bool(cls.holds(instance))  # type: ignore[attr-defined]

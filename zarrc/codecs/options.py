"""Which options a codec class takes, for messages about configurations that do not fit."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

from zarrc.nearest import did_you_mean


def misfit(cls: type, configuration: Mapping[str, Any]) -> str:
    """What of a configuration the class does not take, or lacks, and what it takes; "" where the names fit."""
    known = inspect.signature(cls).parameters
    if any(option.kind is option.VAR_KEYWORD for option in known.values()):
        return ""
    needed = [name for name, option in known.items() if option.default is option.empty]
    unknown = [name for name in configuration if name not in known][:3]  # stored ones may be any number
    reasons = [f"no option {name!r}{did_you_mean(name, known)}" for name in unknown]
    reasons += [f"option {name!r} is missing" for name in needed if name not in configuration]
    if not reasons:
        return ""
    listed = [f"{name} (required)" if name in needed else name for name in known]
    return f"{', '.join(reasons)}; its options are: {', '.join(listed) or 'none'}"

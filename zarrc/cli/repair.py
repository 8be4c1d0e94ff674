"""``zarrc repair PATH``: as verify, and removes what the options say."""

from __future__ import annotations

import sys
from pathlib import Path

from zarrc.cli.verify import Bar, print_findings, summary, write_json
from zarrc.verifying import repair


def run_repair(path: str, json_file: Path | None, *, torn: bool, orphans: bool, outside: bool, min_age: float) -> int:
    """Repairs what lies at ``path``; 1 if something of what was found is left. Raises what `zarrc.repair` raises."""
    with Bar() as bar:
        result = repair(
            path, remove_torn=torn, remove_orphans=orphans, remove_outside=outside, min_age=min_age, progress=bar
        )

    def line(number: int) -> str:
        action = result.actions[number]
        return f"{action.done}{f' ({action.why})' if action.why else ''}: {action.finding}"

    print_findings(result.report, line)
    print(summary(result.report))
    done = [action.done for action in result.actions]
    if done:
        print(", ".join(f"{done.count(what)} {what}" for what in ("removed", "rewritten", "kept") if what in done))
    if not (torn or orphans or outside) and any(a.why == "not told to" for a in result.actions):
        print("nothing was changed: --remove-torn, --remove-orphans, --remove-outside do that")
    if json_file is not None:
        write_json(json_file, result.to_dict())
    sys.stdout.flush()
    return 0 if result.ok else 1

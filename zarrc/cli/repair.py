"""``zarrc repair PATH``: as verify, and removes what the options say."""

from __future__ import annotations

from zarrc.cli.output import JsonReport
from zarrc.cli.verify import Bar, print_findings, summary
from zarrc.verifying import repair
from zarrc.verifying.repairs import MIN_AGE


def run_repair(
    path: str, json_name: str | None, *, torn: bool, orphans: bool, outside: bool, min_age: float | None
) -> int:
    """Repairs what lies at ``path``; 1 if something of what was found is left. ``min_age`` is in seconds, None for the
    default of `zarrc.repair`, whose errors are raised, as is OSError where the JSON cannot be written."""
    age = MIN_AGE if min_age is None else min_age
    with JsonReport(json_name) as report_file:
        with Bar() as bar:
            result = repair(
                path, remove_torn=torn, remove_orphans=orphans, remove_outside=outside, min_age=age, progress=bar
            )

        def line(number: int) -> str:
            action = result.actions[number]
            return f"{action.done}{f' ({action.why})' if action.why else ''}: {action.finding}"

        text = report_file.text
        print_findings(result.report, line, text)
        print(summary(result.report), file=text)
        done = [action.done for action in result.actions]
        if done:
            counts = (f"{done.count(what)} {what}" for what in ("removed", "rewritten", "kept") if what in done)
            print(", ".join(counts), file=text)
        if not (torn or orphans or outside) and any(a.why == "not told to" for a in result.actions):
            print("nothing was changed: --remove-torn, --remove-orphans, --remove-outside do that", file=text)
        report_file.write(result.to_dict())
    return 0 if result.ok else 1

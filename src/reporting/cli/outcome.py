"""How a run or a backfill ended, in words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from reporting.cli import common
from reporting.errors import RunError
from reporting.present.words import plural

if TYPE_CHECKING:
    from reporting.pipeline.backfill import Backfill
    from reporting.pipeline.plan import Plan
    from reporting.pipeline.progress import Reporter
    from reporting.pipeline.project import Project
    from reporting.pipeline.restated import Restated
    from reporting.pipeline.run import Outcome


def tell(outcome: Outcome, plan: Plan, reporter: Reporter) -> None:
    """Tell of one month."""
    manifest = outcome.manifest
    warnings = manifest.findings.get("warning", 0)
    name = f"{manifest.inputs.source} {manifest.inputs.month}, run {manifest.run_id}"
    if outcome.state == "unchanged":
        reporter.say(f"Unchanged: {name} is published already, from the same inputs.")
    elif outcome.state == "preview":
        reporter.say(f"Preview of {', '.join(plan.notebooks)}: {name}. Nothing was published.")
    else:
        reporter.say(f"Published: {name}.")
    if outcome.kept:
        reporter.say(f"The run it replaces is kept in {common.shown(outcome.kept)}.")
    reporter.say(f"Data-quality warnings: {warnings}" + (", told in the reports." if warnings else "."))
    _tell_restated(outcome.restated, plan, reporter)
    if plan.keep_project and outcome.state == "unchanged":
        reporter.say(
            "Nothing was set anew; `reporting render --keep-project` leaves the Quarto project of a month."
        )
    reporter.say(f"Open {common.shown(outcome.folder / 'index.html')}")


def tell_backfill(made: Backfill, project: Project, plan: Plan, reporter: Reporter) -> None:
    """Tell of many months, what failed last.

    Raises:
        RunError: A month was not published.
    """
    for words, months in (
        ("Published", made.of("published")),
        ("Unchanged, and left as they are", made.of("unchanged")),
        ("Not begun", made.left),
    ):
        if months:
            reporter.say(f"{words}: {', '.join(map(str, months))}.")
    _tell_restated(made.restated.values(), plan, reporter)
    if made.states:
        reporter.say(f"Open {common.shown(project.reports / 'index.html')}")
    for month, error in made.failed.items():
        reporter.say(f"Failed: {month}: {error}")
    if made.failed:
        total = plural(len(made.states) + len(made.failed) + len(made.left), "month")
        lacking = len(made.failed) + len(made.left)
        raise RunError(
            f"{lacking} of {total} {'was' if lacking == 1 else 'were'} not published.",
            remedy="Correct what is told above and run the same again; months that stand are left.",
        )


def _tell_restated(found: Iterable[Restated], plan: Plan, reporter: Reporter) -> None:
    restated = list(found)
    for each in restated:
        reporter.say(f"Restated: {each}")
    if restated:
        same = f"--source {plan.source}" + (f" --notebooks {plan.set}" if plan.set else "")
        commands = " and ".join(f"`reporting run {same} --month {each.month}`" for each in restated)
        reporter.say(f"To publish again, and keep what was published: {commands}.")

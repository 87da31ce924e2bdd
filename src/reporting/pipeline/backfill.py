"""Many months in one go, the earliest first: each an ordinary run, so what stands unchanged is left."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from reporting.errors import BusyError, ConfigError, ContractError, ReportingError, RunError
from reporting.month import Month
from reporting.pipeline.plan import Plan
from reporting.pipeline.progress import Reporter
from reporting.pipeline.project import Project
from reporting.pipeline.restated import Restated
from reporting.pipeline.run import run

OF_A_MONTH = (RunError, ContractError, BusyError)
"""What may go wrong with one month and not with the next."""


@dataclass
class Backfill:
    """What became of the months.

    Attributes:
        states: Month -> `published` or `unchanged`, see `run.Outcome`.
        failed: Month -> why it was not published.
        left: Months that were not begun, after a failure that the next month would have met as well.
        restated: Months published before that the tables no longer agree with; none of those made here.
    """

    states: dict[Month, str] = field(default_factory=dict)
    failed: dict[Month, ReportingError] = field(default_factory=dict)
    left: tuple[Month, ...] = ()
    restated: dict[Month, Restated] = field(default_factory=dict)

    def of(self, state: str) -> list[Month]:
        """The months that ended so."""
        return [month for month, ended in self.states.items() if ended == state]


def require_span(first: str | None, last: str | None, month: str | None, only: list[str]) -> None:
    """Refuse what can't be asked for together.

    Raises:
        ConfigError: `last` or `month` don't go with the rest, the end lies before the beginning, or some
            notebooks only are to run.
    """
    if first is None and last is None:
        return
    if first is None:
        raise ConfigError(
            "the first month is missing.", where=f"--to {last}", remedy="Say --from YYYY-MM as well."
        )
    if month:
        raise ConfigError(
            "one month or many, not both.", where=f"--month {month}", remedy="Leave out --month, or --from."
        )
    if only:
        raise ConfigError(
            "a preview is of one month.", where=f"--from {first}", remedy="Leave out --only, or --from."
        )
    if last and Month.parse(last) < Month.parse(first):
        raise ConfigError(
            f"the last month lies before the first, {first}.", where=f"--to {last}", remedy="Exchange them."
        )


def months_of(project: Project, plan: Plan, first: str, last: str | None) -> list[Month]:
    """The months to make, all of which the source can tell.

    Args:
        last: None is the last closed month of the source.

    Raises:
        UsageError: The source can't be read, or has no such months.
    """
    from reporting.metrics.calendar import months_between  # asks for the engine, as the source does
    from reporting.sources import open_source

    with open_source(plan.source, project.params_dir) as source:
        begin = Month.parse(first)
        end = Month.parse(last) if last else source.last_month()
        for month in (begin, end):
            source.require_month(month)
    return months_between(begin, end)


def backfill(project: Project, plan: Plan, months: list[Month], reporter: Reporter) -> Backfill:
    """Publish the months one after the other; one that fails doesn't keep the next from being made."""
    made = Backfill()
    text = f"Publishing {plan.place}, {months[0]} to {months[-1]}"
    with reporter.counted("backfill", text, len(months)) as tick:
        for number, month in enumerate(months, 1):
            try:
                outcome = run(project, replace(plan, month=month), reporter.quiet())
                made.states[month] = outcome.state
                made.restated |= {found.month: found for found in outcome.restated}
            except ReportingError as error:
                made.failed[month] = error
                if not isinstance(error, OF_A_MONTH):
                    made.left = tuple(months[number:])
                    break
            tick(len(made.failed))
    made.restated = {month: found for month, found in made.restated.items() if month not in made.states}
    return made

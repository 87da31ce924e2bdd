"""Many months, one after the other: what stands is left, what fails is told, and the rest is made."""

from __future__ import annotations

from io import StringIO
from types import SimpleNamespace

import pytest
from rich.console import Console

from reporting.cli.outcome import tell_backfill
from reporting.errors import ConfigError, ContractError, DiskFull, NotebookFailed, RunError, SourceError
from reporting.month import Month
from reporting.pipeline.backfill import backfill, require_span
from reporting.pipeline.plan import Request, make_plan
from reporting.pipeline.progress import Reporter
from reporting.pipeline.restated import Restated

MONTHS = [Month(2026, number) for number in (8, 9, 10)]


def restated(month: Month, mrr: float) -> Restated:
    figures = {"mrr": mrr, "paying_accounts": 1.0}
    return Restated(month, {"mrr": 100.0, "paying_accounts": 1.0}, figures, [], "USD")


@pytest.fixture
def months(monkeypatch, workshop):
    """Run a backfill in which each month ends as it is given: a state, months restated, or an error."""

    def made(*ends: object) -> tuple[object, str]:
        given = dict(zip(MONTHS, ends, strict=True))

        def run(project, plan, reporter):
            end = given[plan.month]
            if isinstance(end, Exception):
                raise end
            return end

        monkeypatch.setattr("reporting.pipeline.backfill.run", run)
        monkeypatch.chdir(workshop.root)
        workshop.notebook("mine")
        out = StringIO()
        reporter = Reporter(Console(file=out, width=200))
        plan = make_plan(workshop.project, Request())
        result = backfill(workshop.project, plan, MONTHS, reporter)
        try:
            tell_backfill(result, workshop.project, plan, reporter)
        except RunError as error:
            return result, f"{out.getvalue()}{error}"
        return result, out.getvalue()

    return made


def ended(state: str, *found: Restated) -> SimpleNamespace:
    return SimpleNamespace(state=state, restated=found)


def test_what_stands_is_left_and_the_rest_is_published(months):
    made, told = months(ended("unchanged"), ended("published"), ended("published"))
    assert made.of("published") == MONTHS[1:]
    assert "Publishing tiny, 2026-08 to 2026-10: 3 of 3" in told
    assert "Published: 2026-09, 2026-10." in told
    assert "Unchanged, and left as they are: 2026-08." in told
    assert told.rstrip().endswith("Open reports/index.html")


@pytest.mark.parametrize("error", [NotebookFailed("it raised."), ContractError("a key stands twice.")])
def test_a_month_that_fails_is_told_last_and_the_next_is_made(months, error):
    made, told = months(ended("published"), error, ended("published"))
    assert list(made.states) == [MONTHS[0], MONTHS[2]]
    assert "3 of 3, 1 failed" in told
    assert told.index("Open reports") < told.index(f"Failed: 2026-09: {error}")
    assert "1 of 3 months was not published." in told


@pytest.mark.parametrize("error", [SourceError("gone."), DiskFull("no room."), ConfigError("wrong.")])
def test_what_the_next_month_would_meet_as_well_ends_it(months, error):
    made, told = months(ended("published"), error, ended("published"))
    assert made.left == (MONTHS[2],)
    assert "Not begun: 2026-10." in told
    assert "2 of 3 months were not published." in told


def test_a_month_restated_is_told_once_as_the_last_one_sees_it_unless_it_was_made_again(months):
    before = Month(2026, 7)
    _, told = months(
        ended("published", restated(before, 200.0)),
        ended("published", restated(before, 300.0)),
        ended("published", restated(before, 300.0), restated(MONTHS[1], 50.0)),
    )
    assert told.count("Restated: ") == 1
    assert "2026-07 was published with MRR of $1.00" in told and "MRR of $3.00" in told
    assert "reporting run --source tiny --month 2026-07" in told


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ((None, "2026-10", None, []), "--to 2026-10: the first month is missing"),
        (("2026-08", None, "2026-10", []), "--month 2026-10: one month or many, not both"),
        (("2026-08", None, None, ["mine"]), "--from 2026-08: a preview is of one month"),
        (("2026-10", "2026-08", None, []), "--to 2026-08: the last month lies before the first, 2026-10"),
        (("soon", "2026-08", None, []), "'soon' is not a month"),
    ],
)
def test_what_can_t_be_asked_for_together_is_refused(asked, message):
    with pytest.raises(ConfigError) as caught:
        require_span(*asked)
    assert message in str(caught.value)


def test_one_month_is_no_span():
    require_span(None, None, "2026-10", ["mine"])
    require_span("2026-10", "2026-10", None, [])

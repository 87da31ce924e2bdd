"""A month is frozen again from its sources: as of its close they say the same, or what moved is explained."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from reporting.cli.main import run as command
from reporting.pipeline import kernels
from reporting.pipeline.history import Run, published_run
from reporting.pipeline.plan import Request, make_plan
from reporting.pipeline.progress import Reporter
from reporting.pipeline.project import Project
from reporting.pipeline.rebuild import from_sources
from reporting.pipeline.run import run

REPORT = """{"cells": [{"cell_type": "code", "id": "p", "metadata": {"tags": ["parameters"]}, "outputs": [],
"execution_count": null, "source": "snapshot: str = 'x'"}], "metadata": {"reporting": {"title": "Mine"},
"kernelspec": {"name": "python3", "display_name": "Python", "language": "python"}},
"nbformat": 4, "nbformat_minor": 5}"""
SEPTEMBER = {"month": "2026-09", "renderer": "embedded"}


def quiet() -> Reporter:
    return Reporter(Console(file=StringIO()))


@pytest.fixture
def month(acme: Path, monkeypatch) -> Run:
    """September 2026 of the company of two, with a notebook that does nothing."""
    monkeypatch.setattr(kernels.Forkserver.__init__, "__defaults__", (None, ("ipykernel.kernelapp",), None))
    monkeypatch.setattr("reporting.pipeline.produce.account_pages", lambda _: None)
    (acme / "notebooks" / "my_report.ipynb").write_text(REPORT)
    edit(acme, "events", "occurred_at\n", "occurred_at\nA1,login,2026-09-07 10:00:00\n")
    project = Project(acme)
    run(project, make_plan(project, Request(**SEPTEMBER)), quiet())
    return published_run(project, "acme", "2026-09")


def edit(acme: Path, table: str, old: str, new: str) -> None:
    path = acme / "data" / f"{table}.csv"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_the_command_passes_on_what_came_later_and_fails_on_drift(acme, month, capsys):
    told = ["--project", str(acme), "audit", "--from-sources", "--month", "2026-09"]
    edit(acme, "events", "A1,export,2026-10-05", "A1,export,2026-10-09")
    edit(acme, "subscriptions", "S1,A1,2026-08-03,,", "S1,A1,2026-08-03,2026-10-05,")
    assert command(told) == 0
    said = capsys.readouterr().out
    assert "the sources still give the same snapshot" in said and "data/events.csv: changed" in said
    assert not (acme / "build" / "acme" / "2026-09" / "from-sources" / "comparison.html").exists()
    edit(acme, "subscriptions", ",1200,year", ",2400,year")
    assert command(told) == 1
    said = capsys.readouterr()
    assert "Moves: MRR, $200, now $300 (+$100)" in said.out
    assert "the sources now say something else" in said.err and "comparison.html" in said.err


def test_drift_is_explained_by_tables_months_accounts_and_figures(acme, month):
    """A2 costs 1,200 a year, 100 a month, from August on; now 2,400. S1 is called S9, A1 Acme Corp."""
    edit(acme, "subscriptions", ",1200,year", ",2400,year")
    edit(acme, "subscriptions", "S1,A1,", "S9,A1,")
    edit(acme, "accounts", "A1,Acme", "A1,Acme Corp")
    found = from_sources(Project(acme), month, quiet())
    told = {table.table: str(table) for table in found.tables}
    assert told["subscriptions"] == (
        "subscriptions: 1 row changed, 1 row added and 1 row gone (in amount, mrr_cents); "
        "2 accounts: Acme Corp (A1), =Borg (A2)"
    )
    assert told["accounts"] == "accounts: 1 row changed (in account_name); 1 account: Acme Corp (A1)"
    assert told["ledger"] == "ledger: 1 row changed (in amount_cents); 2026-08; 1 account: =Borg (A2)"
    assert "2026-08 to 2026-09; 1 account: =Borg (A2)" in told["account_month"]
    assert str(found.restated).startswith(
        "2026-09 was published with MRR of $200.00 and 2 paying accounts; the tables now say MRR of $300.00"
    )
    moves = {figure.id: (figure.before, figure.after, figure.change) for figure in found.figures}
    assert moves["mrr"] == ("$200", "$300", "+$100") and "paying_accounts" not in moves
    assert found.sources == ["data/accounts.csv: changed", "data/subscriptions.csv: changed"]
    assert found.page is not None
    text = found.page.read_text()
    assert "As published" in text and "data/subscriptions.csv: changed" in text and "+$100" in text

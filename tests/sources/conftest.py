"""A tiny company in CSV files, whole and sound, for the tests to break."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from reporting.contract import Finding
from reporting.month import Month
from reporting.sources import Source, open_source
from reporting.sources.validate import ValidationReport, validate

_TABLES = {
    "accounts": """
        account_id,account_name,signed_up_at
        A1,Acme,2025-01-03
        A2,"Bolt, Inc.",2025-01-20
        A3,Crow,2025-02-11
        """,
    "subscriptions": """
        subscription_id,account_id,valid_from,valid_to,plan,amount,amount_period,currency,is_trial
        S1,A1,2025-01-05,,Pro,100.00,month,USD,false
        S2,A2,2025-01-25,2025-03-10,Basic,1200,year,USD,false
        S3,A3,2025-02-11,2025-02-25,Basic,0,month,USD,true
        """,
    "events": """
        account_id,event_name,occurred_at
        A1,report_created,2025-01-06 09:30:00
        A2,report_created,2025-01-26 10:00:00
        A3,login,2025-02-12 11:00:00
        """,
}

_SOURCE = """
    title: Tiny
    connection:
      kind: csv
      path: data
    closed_through: "2025-03"
    """


class Company:
    """A project with a source `tiny`: `params/sources/tiny.yml`, a SELECT per table, `data/*.csv`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.params = root / "params"
        self.data = root / "data"
        self.folder = self.params / "sources" / "tiny"
        self.folder.mkdir(parents=True)
        self.data.mkdir()
        self.source(_SOURCE)
        for name, text in _TABLES.items():
            self.csv(name, text)
            self.sql(name, f"SELECT * FROM {name}")

    def source(self, text: str) -> None:
        (self.params / "sources" / "tiny.yml").write_text(textwrap.dedent(text).lstrip())

    def declare(self, text: str) -> None:
        """The default source file with further keys."""
        self.source(textwrap.dedent(_SOURCE) + textwrap.dedent(text))

    def csv(self, name: str, text: str) -> Path:
        path = self.data / f"{name}.csv"
        path.write_text(textwrap.dedent(text).lstrip())
        return path

    def add(self, name: str, *lines: str) -> None:
        """Append rows to a file."""
        with (self.data / f"{name}.csv").open("a") as stream:
            stream.writelines(f"{line}\n" for line in lines)

    def sql(self, name: str, text: str) -> None:
        (self.folder / f"{name}.sql").write_text(text)

    def open(self) -> Source:
        return open_source("tiny", self.params)

    def validate(self, month: str | None = None) -> ValidationReport:
        return validate("tiny", self.params, Month.parse(month) if month else None)


def findings(report: ValidationReport, check: str, table: str | None = None) -> list[Finding]:
    """The findings of that name."""
    return [f for f in report.findings if f.check == check and table in (None, f.table)]


@pytest.fixture
def company(tmp_path: Path) -> Company:
    return Company(tmp_path)

"""A whole small project, for tests of the command line and of whole runs."""

from __future__ import annotations

import gc
import shutil
from pathlib import Path

import pytest

# Expressions are many small objects that live on; looking for garbage among them takes a tenth of the time.
gc.set_threshold(100_000, 50, 50)

ROOT = Path(__file__).parents[1]
LONGEST = "test_whole_run.py"
DATA = {
    "accounts": "account_id,account_name,signed_up_at\nA1,Acme,2026-08-03\nA2,=Borg,2026-08-20\n",
    "subscriptions": (
        "subscription_id,account_id,valid_from,valid_to,plan,amount,amount_period,currency,is_trial\n"
        "S1,A1,2026-08-03,,basic,100,month,USD,false\n"
        "S2,A2,2026-08-20,2026-10-10,pro,1200,year,USD,false\n"
    ),
    "events": (
        "account_id,event_name,occurred_at\nA1,export,2026-10-05 10:00:00\nA9,login,2026-10-06 10:00:00\n"
    ),
}
SOURCE = """title: Acme
connection: {kind: csv, path: data}
currency: USD
closed_through: "2026-10"
formats: {default: "%Y-%m-%d", events.occurred_at: "%Y-%m-%d %H:%M:%S"}
"""
REPORT = """from reporting.present.blocks import Text
from reporting.snapshot.frozen import Snapshot
frame = Snapshot.load(snapshot).account_month
total = frame[frame["month"] == frame["month"].max()]["mrr_cents"].sum()
Text(f"MRR of the top {top}: {total / 100:.2f}.")"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest tests begin first: one that begins last is waited for while other cores have no work."""
    items.sort(key=lambda item: item.path.name != LONGEST)


@pytest.fixture
def acme(tmp_path: Path) -> Path:
    """A project for a company of two accounts in three CSV files, with one report."""
    import nbformat  # takes over a second, which most tests can do without
    from nbformat.v4 import new_code_cell, new_notebook

    params = tmp_path / "params"
    (params / "sources" / "acme").mkdir(parents=True)
    for folder in ("data", "notebooks", "reports"):
        (tmp_path / folder).mkdir()
    for table, text in DATA.items():
        (tmp_path / "data" / f"{table}.csv").write_text(text)
        (params / "sources" / "acme" / f"{table}.sql").write_text(f"SELECT * FROM {table}")
    (params / "sources" / "acme.yml").write_text(SOURCE)
    (params / "monthly.yml").write_text("source: acme\n")
    shutil.copy(ROOT / "params" / "product.yml", params)
    shutil.copy(ROOT / "requirements.lock", tmp_path)
    parameters = new_code_cell('snapshot: str = "x"\ntop: int = 5', metadata={"tags": ["parameters"]}, id="p")
    notebook = new_notebook(cells=[parameters, new_code_cell(REPORT, id="r")])
    notebook.metadata.reporting = {"title": "My report"}
    nbformat.write(notebook, tmp_path / "notebooks" / "my_report.ipynb")
    return tmp_path


@pytest.fixture(autouse=True)
def no_secrets_of_other_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    """What one test's URL holds is hidden for as long as its process lives, but not in other tests."""
    monkeypatch.setattr("reporting.secrets._parts", set())

"""The demo company from its tables to a published month, as a newcomer runs it, and that month's audit."""

from __future__ import annotations

import csv
import itertools
import os
import re
import shutil
import signal
import subprocess
import time
import warnings
from itertools import takewhile
from pathlib import Path

import openpyxl
import pandas as pd
import pypdf
import pytest
from tests import office
from tests.demo_month import ROOT, command, furnish, publish, reporting
from tests.shared import built_once

from reporting.metrics.registry import REPORTS
from reporting.params.product import load_product
from reporting.pipeline.manifest import Manifest
from reporting.reports.data_files import FILES, column, data_page


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This project with the demo company's last month published in it; only the audit works in `build/`."""
    published = built_once(tmp_path_factory, "published-demo", publish)
    folder = tmp_path_factory.mktemp("project")
    furnish(folder)
    (folder / "reports").symlink_to(published / "reports")
    return folder


@pytest.fixture(scope="module")
def month(project: Path) -> Path:
    """The demo company's last month, published."""
    return project / "reports" / "demo" / "2026-10"


def test_the_shipped_reports_are_published_with_all_that_belongs_to_them(month):
    for report in (*REPORTS, "appendix"):
        for name in (
            f"{report}.html",
            f"{report}.pdf",
            f"documents/{report}.qmd",
            f"notebooks/{report}.ipynb",
        ):
            assert (month / name).stat().st_size > 1000, name
    assert (month.parent.parent / "index.html").is_file()
    assert list((month / "data").glob("*.csv"))


def test_the_published_bridge_adds_up(month):
    bridge = pd.read_csv(month / "data" / "mrr_bridge.csv")
    gains = bridge["new"] + bridge["reactivation"] + bridge["expansion"]
    losses = bridge["contraction"] + bridge["churn"]
    assert ((bridge["start"] + gains - losses + bridge["fx"] - bridge["end"]).abs() < 0.005).all()


def test_each_account_has_one_stance_and_nobody_is_saved_and_sold_to(month):
    verdicts = pd.read_csv(month / "data" / "account_verdicts.csv")
    assert verdicts["account_id"].is_unique
    stance = verdicts.set_index("account_id")["stance"]
    offered = pd.read_csv(month / "data" / "expansion_accounts.csv")["account_id"]
    assert set(offered) == set(stance.index[stance == "grow"])
    assert verdicts.loc[verdicts["stance"] != "grow", "offer_blocked_by"].notna().any()
    churn = pd.read_csv(month / "data" / "accounts_at_risk.csv").set_index("account_id")
    assert churn["stance"].to_dict() == stance.to_dict()


def test_every_column_of_every_data_file_is_documented(month):
    """`docs/data.py` writes the page anew from the published demo."""
    headers = {}
    for path in (month / "data").glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            headers[path.stem] = next(csv.reader(file))
    assert headers.keys() == FILES.keys()
    product = load_product(ROOT / "params" / "product.yml")
    told = {(name, id): column(id, FILES[name].own, product) for name, ids in headers.items() for id in ids}
    assert [place for place, column in told.items() if not column.meaning] == []
    assert (ROOT / "docs" / "data.md").read_text(encoding="utf-8") == data_page(headers, product)


def test_a_column_of_an_account_says_the_same_in_every_file(month):
    """Else the workbook, which shows each once, would choose."""
    frames = {path.stem: pd.read_csv(path, dtype=str) for path in (month / "data").glob("*.csv")}
    of_accounts = {
        name: frame.set_index("account_id") for name, frame in frames.items() if _of_accounts(frame)
    }
    for one, other in itertools.combinations(of_accounts, 2):
        both = of_accounts[one].index.intersection(of_accounts[other].index)
        for name in set(of_accounts[one]) & set(of_accounts[other]):
            pair = (of_accounts[which].loc[both, name] for which in (one, other))
            pd.testing.assert_series_equal(*pair, obj=f"{name} of {one} and {other}")


def _of_accounts(frame: pd.DataFrame) -> bool:
    return "account_id" in frame and frame["account_id"].is_unique


def test_the_workbook_holds_what_the_files_hold(month):
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Sparkline Group")
        book = openpyxl.load_workbook(month / "data" / "demo-2026-10.xlsx")
    assert "data/demo-2026-10.xlsx" in Manifest.read(month).outputs
    head, *rows = book["Accounts"].iter_rows(values_only=True)
    accounts = pd.DataFrame(rows, columns=list(head)).set_index("Account id")
    verdicts = pd.read_csv(month / "data" / "account_verdicts.csv").set_index("account_id")
    assert list(accounts.index) == list(verdicts.index)
    assert accounts["MRR"].astype(float).tolist() == verdicts["mrr"].tolist()
    assert accounts["Health score"].notna().any() and accounts["Cohort"].notna().all()


def test_the_slides_say_what_the_reports_find(month):
    deck = office.slides(month / "meeting" / "demo-2026-10.pptx")
    assert len(deck) == 1 + 4 + 4  # verdict; figures, bridge, to save, to grow; a slide a report
    front = " ".join((month / "index.html").read_text(encoding="utf-8").split())
    for slide in deck[5:]:
        assert slide.title in re.sub(r"<[^>]+>|\s*\([^()]*\)", "", front), slide.title
        assert slide.alts and len(slide.notes) >= 3
    with (month / "data" / "to_rescue.csv").open(encoding="utf-8-sig", newline="") as file:
        first = next(csv.DictReader(file))
    assert deck[3].rows[1][0] == first["account_name"]


def test_reports_tell_the_same_figures_and_the_same_accounts(month):
    """Read from the pages themselves."""
    brief, health, churn = (
        (month / "documents" / f"{name}.qmd").read_text(encoding="utf-8")
        for name in ("executive_brief", "monthly_health", "churn_drivers")
    )
    share = re.search(r"([0-9.]+%) of MRR comes from healthy accounts", health)
    assert share and _key_figure(brief, "MRR in healthy accounts") == share[1]
    assert _key_figure(health, "MRR in healthy accounts") == share[1]
    loss = re.search(r"expects (\S+) of all MRR to leave within three months", brief)
    assert loss and f"{loss[1]} is expected to be lost within three months" in churn
    assert _names(brief, "tbl-actions-save") == _names(churn, "tbl-at-risk")[:5]
    stances = pd.read_csv(month / "data" / "account_verdicts.csv")["stance"].value_counts()
    told = re.search(r"(\d+) accounts to rescue and (\d+) to protect", brief)
    assert told and [int(n) for n in told.groups()] == stances[["rescue", "protect"]].tolist()
    told = re.search(r"(\d+) accounts are to be made an offer", brief)
    assert told and int(told[1]) == stances["grow"]


def _key_figure(document: str, label: str) -> str:
    found = re.search(rf"\[{label}\]{{\.key-label}} \[([^\]]+)\]{{\.key-value}}", document)
    assert found, label
    return found[1]


def _names(document: str, label: str) -> list[str]:
    """First column of the table with this label."""
    lines = document[: document.index(f"{{#{label}}}")].rstrip().splitlines()
    table = list(takewhile(lambda line: line.startswith("|"), reversed(lines[:-2])))
    return [line.split("|")[1].strip() for line in reversed(table)][2:]


def test_the_reports_keep_to_their_pages(month):
    """What doesn't fit is for the appendix."""
    most = {
        "executive_brief": 1,
        "monthly_health": 5,
        "retention_cohorts": 5,
        "churn_drivers": 5,
        "expansion_readiness": 3,
    }
    pages = {name: len(pypdf.PdfReader(month / f"{name}.pdf").pages) for name in most}
    assert {name: n for name, n in pages.items() if n > most[name]} == {}


def test_no_path_of_this_machine_is_published(project, month):
    for path in month.rglob("*"):
        if path.suffix in {".html", ".ipynb", ".qmd", ".json", ".csv"} and path.name != "manifest.json":
            assert str(project) not in path.read_text(encoding="utf-8"), path


def test_the_audit_passes(project, month):
    result = reporting(project, "audit")
    assert result.returncode == 0, result.stdout + result.stderr
    assert "Passed: demo 2026-10" in result.stdout


def test_the_guide_s_own_example_is_published_by_the_shipped_notebooks(tmp_path):
    """Three accounts, four events, one loss: too little for nearly every figure, and no reason to fail."""
    for name in ("notebooks", "requirements.lock"):
        (tmp_path / name).symlink_to(ROOT / name)
    shutil.copytree(ROOT / "params", tmp_path / "params")
    guide = (ROOT / "docs" / "sources.md").read_text(encoding="utf-8")
    for path, text in re.findall(r"^`([\w./]+)`\n\n```\w+\n(.*?)```", guide, re.MULTILINE | re.DOTALL):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    result = reporting(tmp_path, "run", "--source", "acme", "--renderer", "embedded")
    assert result.returncode == 0, result.stdout + result.stderr
    pages = {path.stem for path in (tmp_path / "reports/acme/2026-03").glob("*.pdf")}
    assert pages == {*REPORTS, "appendix"}


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks for processes in /proc")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_a_run_that_is_broken_off_publishes_nothing_and_leaves_no_kernel(acme, number):
    notebook = acme / "notebooks" / "my_report.ipynb"
    notebook.write_text(notebook.read_text().replace("total =", "import time; time.sleep(60); total ="))
    process = subprocess.Popen(
        command(acme, "run"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # Tests that a shell started in the background would pass on that SIGINT is ignored.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    assert process.stdout is not None
    assert any("Running one notebook" in line for line in process.stdout)
    assert _soon(lambda: _processes(acme))
    process.send_signal(number)
    _, err = process.communicate()
    assert ("Broken off." in err) == (number != signal.SIGKILL)
    assert process.returncode == (-9 if number == signal.SIGKILL else 128 + number)
    left = {path.name for path in (acme / "reports" / "acme").glob("*")}
    assert left == ({".staging-2026-10"} if number == signal.SIGKILL else set())
    assert _soon(lambda: not _processes(acme)), "a kernel outlived its run"


def test_two_runs_at_once_end_as_one_published_month(acme):
    both = [
        subprocess.Popen(command(acme, "run"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    ends = [(*process.communicate(), process.returncode) for process in both]
    codes = sorted(code for *_, code in ends)
    assert codes in ([0, 0], [0, 2]), ends
    for _, err, code in ends:
        if code == 2:
            assert "another run is making acme 2026-10: process" in err
    assert {path.name for path in (acme / "reports" / "acme").iterdir()} == {"2026-10", "index.html"}


def _processes(project: Path) -> list[str]:
    """Processes that work in the project's staging folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if str(project) in os.readlink(process / "cwd"):
                found.append(process.name)
        except OSError:
            continue
    return found


def _soon(condition, seconds=30.0):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.1)
    return False

"""A company in parts: whose accounts are whose, and whole reports for each part beside the whole."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pandas as pd
import pytest
from rich.console import Console

from reporting.analysis.judgement import FOLDER, Judgement
from reporting.errors import ConfigError
from reporting.pipeline.audit import audit
from reporting.pipeline.chain import breaks
from reporting.pipeline.history import find_run, runs
from reporting.pipeline.parts import parts
from reporting.pipeline.plan import Request, make_plan
from reporting.pipeline.progress import Reporter
from reporting.pipeline.project import Project
from reporting.pipeline.render.check import read_page
from reporting.pipeline.run import run
from reporting.snapshot.frozen import Snapshot

pytestmark = pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")
OWNERS = {"A1": "Ana", "A2": None}


@pytest.fixture
def owned(acme) -> Project:
    """The small company with owners: Ana has A1, which pays; nobody has A2, which left."""
    rows = [line.split(",") for line in (acme / "data" / "accounts.csv").read_text().splitlines()]
    lines = [",".join([*rows[0], "csm"]), *(",".join([*row, OWNERS[row[0]] or ""]) for row in rows[1:])]
    (acme / "data" / "accounts.csv").write_text("\n".join(lines) + "\n")
    return Project(acme)


def publish(project: Project, **request) -> tuple[Path, str]:
    said = StringIO()
    plan = make_plan(project, Request(renderer="embedded", **request))
    return run(project, plan, Reporter(Console(file=said, width=200))).folder, said.getvalue()


def test_each_part_is_published_beside_the_whole_and_they_add_up(owned):
    whole, said = publish(owned, per="owner")
    beside = whole.parent / "per-owner"
    ana, nobody = (next(beside.glob(f"{name}*/2026-10")) for name in ("Ana", "no-owner"))
    assert "1 of 2: owner Ana, 1 account: published, reports/acme/per-owner/Ana/2026-10" in said
    assert "2 of 2: no owner, 1 account: published" in said
    snapshots = [Snapshot.load(folder / "snapshot") for folder in (whole, ana, nobody)]
    for figure in ("mrr", "paying_accounts", "churned_mrr"):
        all, *of_parts = (snapshot.series(figure) for snapshot in snapshots)
        pd.testing.assert_series_equal(all, of_parts[0].add(of_parts[1]), obj=figure)
    stances = [Judgement(s, s.path.parent / FOLDER).accounts["stance"].to_dict() for s in snapshots]
    assert stances[0] == stances[1] | stances[2] and stances[1]
    assert "Acme, owner Ana: October 2026" in "".join(read_page(ana / "index.html").text)


def test_the_archive_lists_the_parts_and_each_passes_its_own_audit(owned):
    publish(owned, per="owner")
    page = read_page(owned.reports / "index.html")
    assert "acme/per-owner/Ana/2026-10/index.html" in page.links
    assert "In parts, by owner: Ana, no owner." in "".join(page.text)
    found = {run.source: run for run in runs(owned)}
    assert list(found) == ["acme", "acme/per-owner/Ana", *(s for s in found if "no-owner" in s)]
    assert [run.source for run in runs(owned, "acme")] == ["acme"]
    part = find_run(owned, "acme/per-owner/Ana", "2026-10")
    assert list(breaks([part])) == []
    checked = audit(owned, part, Reporter(Console(file=StringIO())))
    assert (checked.altered, checked.changed, checked.differing) == ([], [], [])


def test_parts_published_again_stay_as_they_are_and_the_whole_without_parts_leaves_them(owned):
    publish(owned, per="owner")
    before = {run.source: run.manifest for run in runs(owned)}
    _, said = publish(owned, per="owner")
    assert said.count("unchanged, reports/acme/per-owner/") == 2
    publish(owned)
    assert {run.source: run.manifest for run in runs(owned)} == before


def test_every_account_is_in_one_part_under_a_name_that_is_a_safe_folder(tmp_path, workshop):
    folder = workshop.snapshot(tmp_path / "month" / "snapshot").path
    names = ["Ana", "ana", "../../etc", None, "  ", "CON", "Zoë <b>", "Ana"]
    accounts = pd.DataFrame({"account_id": list("abcdefgh"), "csm": names})
    accounts.to_parquet(folder / "accounts.parquet")
    found = list(parts(tmp_path / "month", "owner"))
    assert sorted(id for part in found for id in part.accounts) == list("abcdefgh")
    by_name = {part.name: part for part in found}
    assert by_name["Ana"].accounts == {"a", "h"} and by_name["no owner"].accounts == {"d", "e"}
    assert found[-1].name == found[-1].label == "no owner" and found[0].label.startswith("owner ")
    addresses = [part.address for part in found]
    assert len({address.lower() for address in addresses}) == len(addresses)
    assert all(address.replace("-", "").replace("_", "").isalnum() for address in addresses)
    assert by_name["CON"].address.lower() != "con"


def test_a_company_without_the_attribute_is_one_part(tmp_path, workshop):
    folder = workshop.snapshot(tmp_path / "month" / "snapshot").path
    pd.DataFrame({"account_id": ["a", "b"]}).to_parquet(folder / "accounts.parquet")
    (part,) = parts(tmp_path / "month", "region")
    assert (part.name, part.source("acme").rpartition("/")[0]) == ("no region", "acme/per-region")


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        ({"per": "regoin"}, "Did you mean 'region'"),
        ({"per": "plan", "only": ["my_report"]}, "published whole"),
    ],
)
def test_what_can_t_be_parted_is_refused_before_anything_runs(owned, request_, message):
    with pytest.raises(ConfigError, match=message):
        make_plan(owned, Request(**request_))

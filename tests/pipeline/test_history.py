"""Which runs there are, and how one is called."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from reporting.errors import ConfigError
from reporting.pipeline.history import find_run, published_run, runs
from reporting.pipeline.manifest import Inputs, Manifest
from reporting.pipeline.publish import publish, staging

INPUTS = Inputs("demo", "2026-10", "s", "c", "l", "b", "embedded", {}, {})


@pytest.fixture
def ids(workshop) -> dict[str, str]:
    """Two months of demo, the later one published twice, one of another company, a failed run; run ids."""
    found = {}
    for source, month, snapshot in (
        ("demo", "2026-09", "1"),
        ("demo", "2026-10", "1"),
        ("demo", "2026-10", "2"),
        ("acme", "2026-08", "1"),
    ):
        target = workshop.root / "reports" / source / month
        staging(target).mkdir(parents=True)
        inputs = replace(INPUTS, source=source, month=month, snapshot=snapshot)
        Manifest(inputs, source, "s", [], {}, {}).write(staging(target))
        publish(target)
        found[f"{source} {month} {snapshot}"] = inputs.run_id
    (workshop.root / "build" / "demo" / "2026-11" / "failed").mkdir(parents=True)
    (workshop.root / "reports" / "demo" / "notes").mkdir()
    (workshop.root / "reports" / ".locks").mkdir()
    return found


def test_all_runs_in_order(workshop, ids):
    found = [(run.source, str(run.month), run.state) for run in runs(workshop.project)]
    assert found == [
        ("acme", "2026-08", "published"),
        ("demo", "2026-09", "published"),
        ("demo", "2026-10", "published"),
        ("demo", "2026-10", "superseded"),
        ("demo", "2026-11", "failed"),
    ]
    assert [run.source for run in runs(workshop.project, "acme")] == ["acme"]


def test_a_month_is_its_published_run_and_the_last_one_by_default(workshop, ids):
    assert published_run(workshop.project, "demo", "2026-09").manifest.run_id == ids["demo 2026-09 1"]
    assert published_run(workshop.project, "demo", None).manifest.run_id == ids["demo 2026-10 2"]


@pytest.mark.parametrize(("source", "month"), [("demo", "2026-11"), ("ravenstack", None)])
def test_a_month_that_is_not_published_is_refused(workshop, ids, source, month):
    with pytest.raises(ConfigError, match="is not published"):
        published_run(workshop.project, source, month)


def test_a_run_is_called_by_month_or_by_its_id(workshop, ids):
    old, new = ids["demo 2026-10 1"], ids["demo 2026-10 2"]
    for name, expected in (("2026-10", new), (f"2026-10@{old}", old), (old, old), (old[:6], old), (new, new)):
        assert find_run(workshop.project, "demo", name).manifest.run_id == expected
    for run in runs(workshop.project, "demo"):
        if run.manifest:
            assert find_run(workshop.project, "demo", run.name).folder == run.folder


@pytest.mark.parametrize("name", ["2026-12", "zzz", "2026-09@zzz"])
def test_a_run_that_is_not_there_is_refused_with_those_that_are(workshop, ids, name):
    with pytest.raises(ConfigError, match="demo has no run") as caught:
        find_run(workshop.project, "demo", name)
    assert "2026-09" in str(caught.value)


def test_an_id_of_two_runs_is_refused(workshop, ids):
    with pytest.raises(ConfigError, match="more than one run"):
        find_run(workshop.project, "demo", "")


def test_a_superseded_run_says_by_which(workshop, ids):
    run = find_run(workshop.project, "demo", ids["demo 2026-10 1"])
    assert run.state == "superseded"
    mark = json.loads((run.folder / "superseded.json").read_text())
    assert mark["superseded_by"] == ids["demo 2026-10 2"]


def test_one_manifest_that_cannot_be_read_hides_no_other(workshop, ids):
    (workshop.root / "reports" / "demo" / "2026-10" / "manifest.json").write_text("{")
    found = {(str(run.month), run.state): run for run in runs(workshop.project, "demo")}
    assert "can't be read" in str(found["2026-10", "published"].fault)
    assert found["2026-10", "superseded"].manifest.run_id == ids["demo 2026-10 1"]
    assert published_run(workshop.project, "demo", "2026-09").manifest
    assert find_run(workshop.project, "demo", "2026-09").manifest
    for month in ("2026-10", None):
        with pytest.raises(ConfigError, match="can't be read"):
            published_run(workshop.project, "demo", month)
    with pytest.raises(ConfigError, match="can't be read"):
        find_run(workshop.project, "demo", "2026-10")

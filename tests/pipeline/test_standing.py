"""A month that stands is told without a run; whatever it rests on brings the run back."""

from __future__ import annotations

import pytest

from reporting.pipeline import run as run_module
from reporting.pipeline import standing
from reporting.sources import file_memory

TEXT = "from reporting.present.blocks import Text\nText(f'Top {top} of {name}.')"


@pytest.fixture
def opened(workshop, publish, month, monkeypatch):
    """A month published from files that have lain there for a while; filled when its source is frozen."""
    monkeypatch.setattr(file_memory, "RACY", -(10**18))
    (workshop.root / "data").mkdir()
    (workshop.root / "data" / "events.csv").write_text("account_id\na\n")
    workshop.notebook("mine", TEXT)
    publish()
    count, freeze = [], run_module.freeze
    monkeypatch.setattr(run_module, "freeze", lambda *args: count.append(1) or freeze(*args))
    return count


def test_nothing_is_opened_where_nothing_changed(publish, opened, month):
    before = {path: path.stat().st_mtime_ns for path in month.rglob("*")}
    assert publish().state == "unchanged" and not opened
    assert {path: path.stat().st_mtime_ns for path in month.rglob("*")} == before


@pytest.mark.parametrize(
    "change",
    [
        lambda root: (root / "data" / "events.csv").write_text("account_id\nb\n"),
        lambda root: (root / "data" / "new.csv").write_text("account_id\n"),
        lambda root: (root / "data" / "events.csv").unlink(),
        lambda root: (root / "params" / "sources" / "tiny.yml").touch(),
        lambda root: (root / "params" / "sources" / "rates.csv").write_text("month,currency,rate\n"),
        lambda root: (root / "requirements.lock").write_text("pandas==4\n"),
        lambda root: (root / "reports" / "index.html").unlink(),
    ],
)
def test_what_changed_is_looked_at_again(workshop, publish, opened, change):
    change(workshop.root)
    publish()
    assert opened


def test_another_notebook_text_and_another_parameter_bring_the_run_back(workshop, publish, opened):
    assert publish(settings=["mine.top=5"]).state == "published" and len(opened) == 1
    workshop.notebook("mine", TEXT.replace("Top", "The first"))
    assert publish().state == "published" and len(opened) == 2


def test_slides_asked_for_are_made(publish, opened):
    publish(slides=True)
    assert opened


def test_a_damaged_page_is_made_again(publish, opened, month):
    (month / "mine.html").write_text("altered by hand")
    assert publish().state == "published" and opened


def test_the_same_size_and_date_do_not_hide_other_rows(workshop, publish, opened):
    import os

    path = workshop.root / "data" / "events.csv"
    was = path.stat()
    path.write_text("account_id\nz\n")
    os.utime(path, ns=(was.st_atime_ns, was.st_mtime_ns))
    publish()
    assert opened


def test_leftovers_of_a_killed_run_are_cleared_by_the_next(publish, opened, month):
    left = month.parent / ".staging-2026-10"
    left.mkdir()
    publish()
    assert opened


def test_a_file_written_a_moment_ago_is_not_trusted(workshop, publish, opened, monkeypatch):
    monkeypatch.setattr(file_memory, "RACY", 10**18)
    (workshop.root / "data" / "events.csv").write_text("account_id\nc\n")
    publish()
    publish()
    assert len(opened) == 2


def test_what_is_installed_counts(publish, opened, monkeypatch):
    monkeypatch.setattr(standing, "_installed", lambda: ["pandas-9.dist-info"])
    publish()
    assert opened

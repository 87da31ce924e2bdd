"""Which remembered snapshot is taken, which makes room, and what broken-off runs leave behind."""

from __future__ import annotations

import json
import os

import pytest

from reporting.month import Month
from reporting.snapshot.reuse import GENERATIONS, remember, take, workplace

JAN, FEB, MAR = Month(2026, 1), Month(2026, 2), Month(2026, 3)
FILES = ("snapshot/accounts.parquet", "panel/2026.parquet", "snapshot/account_month/2026-01.parquet")


def keep(store, month, state="s", text="x"):
    """Remember a snapshot of three files, `text` in each."""
    with workplace(store, month) as place:
        for name in FILES:
            (place / name).parent.mkdir(exist_ok=True)
            (place / name).write_text(text)
        remember(store, place, month, state, {"accounts": {"sha256": text, "rows": 1}})


def taken(store, month, state=lambda _: "s"):
    """The month taken, and the files it puts into the place."""
    with workplace(store, month) as place:
        found = take(store, month, state, place)
        files = {
            path.relative_to(place).as_posix(): path.read_text()
            for path in place.rglob("*")
            if path.is_file()
        }
        assert all((place / name).is_dir() for name in ("snapshot", "panel"))
    return found and found.last, files


@pytest.mark.parametrize(("month", "found"), [(JAN.shift(-1), None), (JAN, JAN), (FEB, JAN), (MAR, MAR)])
def test_the_latest_one_up_to_the_month_is_taken(tmp_path, month, found):
    keep(tmp_path, JAN, text="january")
    keep(tmp_path, MAR, text="march")
    text = {JAN: "january", MAR: "march"}.get(found)
    assert taken(tmp_path, month) == (found, dict.fromkeys(FILES, text) if found else {})


def test_each_is_asked_for_its_own_state_and_an_older_one_may_still_hold(tmp_path):
    for month in (JAN, FEB, MAR):
        keep(tmp_path, month, state=f"state of {month}", text=str(month))
    asked = []

    def state(month: Month) -> str:
        asked.append(month)
        return f"state of {month}" if month < MAR else "changed since"

    assert taken(tmp_path, MAR, state) == (FEB, dict.fromkeys(FILES, "2026-02"))
    assert asked == [MAR, FEB]


def damage_note(folder):
    (folder / "kept.json").write_text("{")


def lose_note(folder):
    (folder / "kept.json").unlink()


def shorten(folder):
    (folder / FILES[0]).write_text("")


def lengthen(folder):
    (folder / FILES[0]).write_text("xx")


def lose(folder):
    (folder / FILES[1]).unlink()


@pytest.mark.parametrize("harm", [damage_note, lose_note, shorten, lengthen, lose])
def test_one_that_is_not_whole_leaves_nothing_behind_and_the_next_is_taken(tmp_path, harm):
    keep(tmp_path, JAN, text="j")
    keep(tmp_path, FEB, text="f")
    harm(tmp_path / "2026-02")
    assert taken(tmp_path, MAR) == (JAN, dict.fromkeys(FILES, "j"))


def test_what_is_taken_says_what_the_frozen_tables_are(tmp_path):
    keep(tmp_path, JAN, text="abc")
    note = json.loads((tmp_path / "2026-01" / "kept.json").read_text())
    assert note == {
        "state": "s",
        "files": {"accounts": {"sha256": "abc", "rows": 1}},
        "sizes": dict.fromkeys(FILES, 3),
    }
    with workplace(tmp_path, FEB) as place:
        found = take(tmp_path, FEB, lambda _: "s", place)
    assert found.files == note["files"]


def test_files_are_linked_and_copied_only_where_there_are_no_links(tmp_path, monkeypatch):
    keep(tmp_path, JAN)
    source = tmp_path / "2026-01" / FILES[0]

    def same() -> bool:
        with workplace(tmp_path, FEB) as place:
            take(tmp_path, FEB, lambda _: "s", place)
            assert (place / FILES[0]).read_text() == "x"
            return (place / FILES[0]).samefile(source)

    assert same()

    def refuse(*_):
        raise OSError("no links here")

    monkeypatch.setattr(os, "link", refuse)
    assert not same()


def test_the_same_month_again_replaces_what_was_remembered(tmp_path):
    keep(tmp_path, JAN, text="old", state="old")
    keep(tmp_path, JAN, text="new")
    assert taken(tmp_path, JAN) == (JAN, dict.fromkeys(FILES, "new"))
    assert [path.name for path in tmp_path.iterdir()] == ["2026-01"]


def test_those_remembered_longest_ago_make_room_whatever_their_month(tmp_path):
    order = [MAR, JAN, FEB, JAN.shift(-1)]
    assert len(order) == GENERATIONS + 1
    for number, month in enumerate(order):
        keep(tmp_path, month)
        os.utime(tmp_path / str(month), (number, number))
    assert {path.name for path in tmp_path.iterdir()} == {"2026-01", "2026-02", "2025-12"}


def test_what_a_killed_run_left_is_removed_and_what_a_running_one_works_in_stays(tmp_path):
    left = tmp_path / ".2026-01.abc"
    (left / "snapshot").mkdir(parents=True)
    other = tmp_path / ".other"
    other.mkdir()
    with workplace(tmp_path, JAN) as running, workplace(tmp_path, MAR) as place:
        assert running.exists() and other.exists() and not left.exists()
        assert place.parent == tmp_path and place.name.startswith(".2026-03.")
        assert sorted(path.name for path in place.iterdir()) == ["panel", "snapshot"]
    assert not place.exists()


def test_the_place_is_gone_even_if_the_work_fails(tmp_path):
    with pytest.raises(ZeroDivisionError), workplace(tmp_path / "deep" / "store", MAR) as place:
        raise ZeroDivisionError
    assert not place.exists() and place.parent.exists()

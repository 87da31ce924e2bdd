"""The same seed gives the same bytes; the panel alone is that of the tables; the story has the asked size."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from reporting import demo

SMALL = {"accounts": 30, "months": 7}


def digests(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


def test_same_seed_same_bytes_in_another_process(tmp_path: Path) -> None:
    demo.build(tmp_path / "here", seed=5, **SMALL)
    script = f"import pathlib, reporting.demo as d; d.build(pathlib.Path('there'), seed=5, **{SMALL})"
    environment = os.environ | {"PYTHONHASHSEED": "77", "TZ": "Asia/Kolkata", "LC_ALL": "C"}
    subprocess.run([sys.executable, "-c", script], check=True, cwd=tmp_path, env=environment)
    assert digests(tmp_path / "here") == digests(tmp_path / "there")


def test_another_seed_another_company(tmp_path: Path) -> None:
    demo.build(tmp_path / "a", seed=5, **SMALL)
    demo.build(tmp_path / "b", seed=6, **SMALL)
    here, there = digests(tmp_path / "a"), digests(tmp_path / "b")
    assert here.keys() == there.keys()
    assert all(here[name] != there[name] for name in here)


def test_building_again_replaces_and_leaves_nothing_behind(tmp_path: Path) -> None:
    demo.build(tmp_path, seed=5, **SMALL)
    truth = demo.build(tmp_path, seed=6, **SMALL)
    assert sorted(path.stem for path in tmp_path.iterdir()) == sorted(truth.rows)


def test_panel_alone_is_the_panel_of_the_tables(truth: demo.Truth) -> None:
    pd.testing.assert_frame_equal(demo.simulate_panel(truth.seed), truth.panel)


def test_about_four_hundred_accounts_and_a_million_events(truth: demo.Truth) -> None:
    last = truth.panel[truth.panel["month"] == truth.panel["month"].max()]
    assert len(last) == pytest.approx(400, rel=0.08)
    assert truth.rows["events"] == pytest.approx(1_000_000, rel=0.05)
    assert truth.panel["month"].nunique() == 35
    assert truth.panel["churned"].sum() > 100


def test_more_events_change_the_volume_but_not_who_comes(tmp_path: Path) -> None:
    usual = demo.build(tmp_path / "usual", seed=3, accounts=60, months=6)
    more = demo.build(tmp_path / "more", seed=3, accounts=60, months=6, events=50_000)
    assert more.rows["events"] == pytest.approx(50_000, rel=0.2)
    assert more.rows["events"] > 2 * usual.rows["events"]
    first = [truth.panel[truth.panel["month"] == truth.panel["month"].min()] for truth in (usual, more)]
    pd.testing.assert_series_equal(first[0]["active_user_share"], first[1]["active_user_share"])

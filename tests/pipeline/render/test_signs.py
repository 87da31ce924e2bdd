"""What the archive reads of a month's frozen judgement, and that it judges nothing itself."""

from __future__ import annotations

import json

import pytest
from tests.seven_accounts import write_company

from reporting.analysis.judgement import FOLDER, Judgement
from reporting.pipeline.render.signs import Signs, signs_of
from reporting.snapshot.frozen import Snapshot


@pytest.fixture
def month(tmp_path):
    """A month with its snapshot and judgement."""
    snapshot = write_company(tmp_path / "snapshot")
    Judgement(Snapshot.load(snapshot)).write(tmp_path / FOLDER)
    return tmp_path


def test_the_verdict_and_the_signals_are_those_that_were_frozen(month):
    """MRR fell from 3,100 to 3,050, which is bad and no more than usual; nothing else is known."""
    assert signs_of(month) == Signs("Shrinking", "none of 1")


def test_a_judgement_of_another_version_or_of_another_snapshot_is_not_read(month):
    meta = month / FOLDER / "meta.json"
    told = json.loads(meta.read_text())
    for other in ({"schema": told["schema"] - 1}, {"snapshot": "0" * 64}):
        meta.write_text(json.dumps(told | other))
        assert signs_of(month) is None


def test_a_month_without_a_judgement_has_no_signs(month, tmp_path):
    (month / FOLDER / "meta.json").unlink()
    assert signs_of(month) is None
    assert signs_of(tmp_path / "nowhere") is None

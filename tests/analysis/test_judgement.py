"""What is decided of a month is decided once: frozen beside the snapshot and read there."""

from __future__ import annotations

import json
import math

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from reporting.analysis import judgement
from reporting.analysis.judgement import FOLDER, Judgement, judgement_of
from reporting.analysis.part import decided_of_accounts
from reporting.analysis.untold import Untold
from reporting.snapshot.frozen import DECIDED, PART, Snapshot


@pytest.fixture
def snapshot(company) -> Snapshot:
    return Snapshot.load(company())


def no_deciding(monkeypatch) -> None:
    def decided(*_: object) -> None:
        raise AssertionError("decided again")

    monkeypatch.setattr(judgement, "verdicts", decided)
    monkeypatch.setattr(judgement, "_risk", decided)
    monkeypatch.setattr(judgement, "_changes", decided)
    monkeypatch.setattr(judgement, "follow_up", decided)


def test_what_is_frozen_is_read_as_it_was_decided(snapshot, monkeypatch):
    decided = Judgement(snapshot)
    decided.write(snapshot.path.parent / FOLDER)
    no_deciding(monkeypatch)
    found = judgement_of(Snapshot.load(snapshot.path))
    for name, mine in decided.tables().items():
        pd.testing.assert_frame_equal(mine, found.tables()[name], check_dtype=False, obj=name)
    assert (found.why_no_risk, found.correction) == (decided.why_no_risk, 1.0)
    assert found.why_no_risk.reason == "too_few_losses" and found.why_no_risk.numbers["needed"] == 20
    assert math.isnan(found.expected_loss_cents)


def test_twice_gives_the_same_bytes(snapshot, tmp_path):
    for name in ("one", "two"):
        Judgement(snapshot).write(tmp_path / name)
    one, two = ({path.name: path.read_bytes() for path in (tmp_path / n).iterdir()} for n in ("one", "two"))
    assert one == two and set(one) == {
        *(f"{name}.parquet" for name in Judgement(snapshot).tables()),
        "meta.json",
    }


@pytest.mark.parametrize("spoil", ["missing", "unreadable", "of another snapshot", "of another version"])
def test_a_month_without_its_own_judgement_is_judged_when_opened(snapshot, spoil):
    folder = snapshot.path.parent / FOLDER
    Judgement(snapshot).write(folder)
    meta = folder / "meta.json"
    said = json.loads(meta.read_text())
    if spoil == "missing":
        meta.unlink()
    elif spoil == "unreadable":
        meta.write_text("{")
    else:
        meta.write_text(json.dumps(said | ({"schema": 0} if "version" in spoil else {"snapshot": "x"})))
    (folder / "accounts.parquet").unlink()
    assert len(judgement_of(Snapshot.load(snapshot.path)).accounts)


def test_a_figure_with_another_name_today_does_not_keep_an_old_snapshot_shut(snapshot, monkeypatch):
    months = [pd.Timestamp(snapshot.month.shift(-1).start), pd.Timestamp(snapshot.month.start)]
    old = pd.DataFrame({"metric": "mrr_at_risk", "month": months, "value": [0.1, 0.2]})
    figures = snapshot.portfolio_month
    snapshot._frames["portfolio_month"] = pd.concat([figures, old], ignore_index=True)
    assert "mrr_at_risk" not in set(Judgement(snapshot).changes["metric"])


def test_contradicting_sources_give_no_risk(company):
    paths = {f"x{i}": [100] * 14 for i in range(12)}
    found = Judgement(Snapshot.load(company(paths=paths, flags=dict.fromkeys(paths, True))))
    assert found.why_no_risk == Untold("contradicted")
    assert found.accounts["probability"].isna().all() and found.accounts["likely_to_leave"].isna().all()


def test_a_part_takes_over_what_was_decided_of_its_accounts_and_decides_the_rest(
    snapshot, tmp_path, monkeypatch
):
    whole = Judgement(snapshot)
    whole.write(tmp_path / FOLDER)
    decided, said = decided_of_accounts(tmp_path / FOLDER)
    for name, rows in decided.items():
        (snapshot.path / DECIDED).mkdir(exist_ok=True)
        mine = rows.filter(pc.is_in(rows["account_id"], pa.array(["a", "b"]))) if rows.num_rows else rows
        pq.write_table(mine, snapshot.path / DECIDED / f"{name}.parquet")
    monkeypatch.setattr(judgement, "verdicts", None)
    monkeypatch.setattr(judgement, "_risk", None)
    part = Judgement(Snapshot(snapshot.path, snapshot.meta | {PART: said}))
    mine = whole.accounts.loc[["a", "b"]]
    pd.testing.assert_frame_equal(part.accounts.loc[["a", "b"]], mine, check_dtype=False)
    assert len(part.accounts) == 2 and len(whole.accounts) > 2
    assert (part.reliable, part.correction) == (whole.reliable, whole.correction)
    assert part.why_no_risk == whole.why_no_risk
    assert len(part.company) == len(whole.company)

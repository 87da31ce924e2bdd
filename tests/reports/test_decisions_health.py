"""The health report's edges: silence, trends and bands."""

from __future__ import annotations

from importlib import import_module

import pandas as pd
import pytest
from tests.hand import BEFORE, NOW, panel, snapshot

from reporting.present.blocks import KeyFigures, Table
from reporting.reports import monthly_health as health

# A section and its module share a name, and the package shows the section.
attention, bands = (
    import_module(f"reporting.reports.monthly_health.{name}") for name in ("attention", "bands")
)


def load(*rows: dict, **tables) -> health.Data:
    return health.load(snapshot(panel(*rows), **tables))


def said(blocks) -> str:
    """What paragraphs say, and the words of the pictures, which begin with their titles."""
    words = (getattr(block, "markdown", "") or getattr(block, "alt", "") for block in blocks)
    return " ".join(text for text in words if text)


# --- silence, rise and fall ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "place"), [(0, 0), (6, 0), (7, 1), (14, 1), (15, 2), (29, 2), (30, 3), (31, 3), (900, 3)]
)
def test_silence_by_days_since_the_last_use(monkeypatch, days, place):
    """Under 7, 7 to 14, 15 to 29 (check in), 30 and more (high risk)."""
    shown = {}
    real = attention.charts.bars

    def keep(names, values, *rest, **more):
        shown.update(values=values)
        return real(names, values, *rest, **more)

    monkeypatch.setattr(attention.charts, "bars", keep)
    rows = [
        {"account_id": f"x{i}", "last_active_days": d, "mrr_cents": 1} for i, d in enumerate((0, 7, 15, 30))
    ]
    health.recency(load(*rows, {"account_id": "case", "last_active_days": days, "mrr_cents": 100}))
    assert [int(cents > 1) for cents in shown["values"]] == [int(i == place) for i in range(4)]


def test_the_share_of_silent_mrr_is_of_all_mrr_and_the_unknown_is_said_beside_it():
    text = said(
        health.recency(
            load(
                {"account_id": "a", "last_active_days": 30, "mrr_cents": 200},
                {"account_id": "b", "last_active_days": 1, "mrr_cents": 300},
                {"account_id": "c", "mrr_cents": 500},
            )
        )
    )
    assert "20.0% of MRR has not used the product" in text
    assert "1 account with 50.0% of MRR can't be judged" in text


@pytest.mark.parametrize(
    ("trend", "down", "up"), [(-0.11, 1, 0), (-0.10, 0, 0), (0.10, 0, 0), (0.11, 0, 1), (0.0, 0, 0)]
)
def test_use_falls_or_rises_by_more_than_a_tenth(trend, down, up):
    blocks = health.trends(load({"usage_trend_30": trend}))
    assert [block.label for block in blocks if isinstance(block, Table)] == (
        ["tbl-falling"] * down + ["tbl-rising"] * up
    )


def test_shares_of_falling_use_are_of_all_mrr():
    """The falling account pays 200 of 1000, of which 500 can't be judged: a fifth, not two fifths."""
    text = said(
        health.trends(
            load(
                {"account_id": "a", "usage_trend_30": -0.5, "mrr_cents": 200},
                {"account_id": "b", "usage_trend_30": 0.5, "mrr_cents": 300},
                {"account_id": "c", "mrr_cents": 500},
            )
        )
    )
    assert "at 1 account with 20.0% of MRR" in text and "at 1 account with 30.0%" in text
    assert "1 account with 50.0% of MRR can't be judged" in text


def test_single_champions_are_told_in_shares_of_all_mrr():
    text = said(
        health.concentration(
            load(
                {"account_id": "a", "top1_share": 0.9, "single_champion": True, "mrr_cents": 100},
                {"account_id": "b", "top1_share": 0.2, "single_champion": False, "mrr_cents": 100},
                {"account_id": "c", "mrr_cents": 200},
            )
        )
    )
    assert "1 account with 25.0% of MRR hangs" in text and "1 account with 50.0% of MRR can't" in text


# --- bands --------------------------------------------------------------------------------------------


def banded(account: str, cents: int, band: str | None, month=NOW, **columns) -> dict:
    return {"account_id": account, "mrr_cents": cents, "month": month, "health_band": band, **columns}


def test_a_healthy_share_within_its_usual_range_is_neither_better_nor_worse():
    known = {f"health_{part}": 50.0 for part in ("activation", "core_value_usage", "active_users")}
    rows = [
        banded(name, cents, band, month, **known)
        for month, healthy in ((NOW, 500), (BEFORE, 900))
        for name, cents, band in (("a", healthy, "healthy"), ("b", 1000 - healthy, "at risk"))
    ]
    (tiles,) = [block for block in health.key_figures(load(*rows)) if isinstance(block, KeyFigures)]
    assert tiles.items[0].good is None  # two months say nothing of what is usual


@pytest.mark.parametrize(("days", "quiet"), [(14, 0), (15, 1), (16, 1)])
def test_accounts_quiet_for_fifteen_days(days, quiet):
    data = load(banded("a", 5, "healthy", last_active_days=days))
    (tiles,) = health.key_figures(data)
    tile = next(item for item in tiles.items if "quiet" in item.label)
    assert tile.value == str(quiet)
    assert ("1 paying account" in bands._quiet_sentence(data).lower()) is bool(quiet)


@pytest.mark.parametrize(
    ("change", "gained", "lost"),
    [(5.0, "1", "no"), (4.9, "no", "no"), (-5.0, "no", "1"), (-4.9, "no", "no"), (6.0, "1", "no")],
)
def test_five_points_or_more(change, gained, lost):
    data = load({})
    data.health_changes = pd.DataFrame(
        {
            "account_id": "a",
            "account_name": "A",
            "mrr_cents": 5,
            "now": 50 + change,
            "change": [change],
            "cause": "x",
        }
    )
    text = said(health.movers(data))
    assert f"{gained} account{'' if gained == '1' else 's'} gained five points or more" in text
    assert f"and {lost} account{'' if lost == '1' else 's'} lost as many" in text


@pytest.mark.parametrize(
    ("step", "word"), [(1.0, "rose"), (0.9, "stayed"), (-0.9, "stayed"), (-1.0, "fell"), (0.0, "stayed")]
)
def test_mean_health_rises_or_falls_by_a_point(step, word):
    data = load({"month": BEFORE, "health_score": 50.0}, {"health_score": 50.0 + step})
    assert said(health.health_trend(data)).startswith(f"Mean health {word}")

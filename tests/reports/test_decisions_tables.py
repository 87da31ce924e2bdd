"""What stands in tables and pictures: each cell worked by hand from a few accounts."""

from __future__ import annotations

import re
from importlib import import_module

import matplotlib.figure as drawing
import numpy as np
import pandas as pd
import pytest
from tests.hand import BEFORE, NOW, months, panel, series, snapshot

from reporting.present.blocks import Figure, KeyFigures, Table, Text
from reporting.reports import executive_brief as brief
from reporting.reports import monthly_health as health
from reporting.reports import retention_cohorts as retention
from reporting.reports.telling.heatmap import heatmap
from reporting.survival.estimate import Estimate

# A section and its module share a name, and the package shows the section.
groups, triangles = (
    import_module(f"reporting.reports.retention_cohorts.{name}") for name in ("groups", "triangles")
)


def load(*rows: dict, **tables) -> health.Data:
    return health.load(snapshot(panel(*rows), **tables))


def table(blocks, label: str) -> tuple[list[str], list[list[str]]]:
    """Headings and rows of the table with this label."""
    found = next(block for block in blocks if isinstance(block, Table) and block.label == label)
    return [column.header for column in found.columns], [list(row) for row in found.rows]


def said(blocks) -> str:
    """What paragraphs say, and the words of the pictures, which begin with their titles."""
    words = (getattr(block, "markdown", "") or getattr(block, "alt", "") for block in blocks)
    return " ".join(text for text in words if text)


# --- use ----------------------------------------------------------------------------------------------


def test_use_is_told_by_its_median_middle_half_and_the_share_beyond_the_limit():
    rows = [{"account_id": f"x{i}", "active_days": i, "session_frequency": 2 * i} for i in (1, 2, 3, 4, 5)]
    rows[0]["session_frequency"] = None
    rows.append({"account_id": "gone", "mrr_cents": 0, "active_days": 99})
    blocks = health.engagement(load(*rows))
    headings, found = table(blocks, "tbl-engagement")
    assert headings == ["Question", "Measure", "Median", "Middle half", "Beyond the threshold", "Accounts"]
    assert found == [
        ["How often", "days with use in the month", "3", "2 to 4", "no threshold", "5"],
        # 4, 6, 8, 10 of four accounts: the quartiles lie a quarter of the way between them.
        ["How often", "sessions per user and week", "7.0", "5.5 to 8.5", "0.0% below 3.0", "4"],
    ]
    text = said(blocks)
    assert text.startswith(
        "The median paying account shows 3 days with use in the month and 7.0 sessions per user and week "
        "(@tbl-engagement)."
    )
    assert "Not available from this source: value events in the month, of the core features in use" in text


def test_the_product_s_rhythm_is_told_where_it_is_known():
    data = load({"active_days": 3}, portfolio_month=series("product_rhythm", {"2026-02": 0.25}))
    assert f"; 25.0% keep the product's {data.book.product.rhythm} rhythm" in said(health.engagement(data))


def test_segments_of_five_and_more_show_their_medians_and_healthy_share():
    rows = [
        {"account_id": f"{plan}{i}", "plan": plan, "active_days": days, "health_band": band}
        for plan, n, days, band in (("T", 5, 4, "healthy"), ("B", 6, 8, "at risk"), ("F", 4, 1, "healthy"))
        for i in range(n)
    ]
    headings, found = table(health.by_segment(load(*rows)), "tbl-segments")
    assert headings[:2] == ["Segment", "Accounts"] and headings[-1] == "Healthy"
    by_plan = {line[0]: line[1:] for line in found}
    assert set(by_plan) == {"plan: T", "plan: B"}
    # Wilson: 5 of 5 is 57 to 100 %, 0 of 6 is 0 to 39 %.
    assert by_plan["plan: T"] == ["5", "4", "100% (57% to 100%)"]
    assert by_plan["plan: B"] == ["6", "8", "0% (0% to 39%)"]


# --- features -----------------------------------------------------------------------------------------


def features_of(*rows: tuple) -> pd.DataFrame:
    """(month, feature, core, premium, accounts, users); all on record since 2024."""
    old = [(pd.Timestamp("2024-01-01"), name, core, premium, 1, 1) for _, name, core, premium, *_ in rows]
    frame = pd.DataFrame([*old, *rows], columns=["month", "feature", "core", "premium", "accounts", "users"])
    return frame.drop_duplicates(["month", "feature"]).assign(events=9)


def test_features_stand_by_use_with_their_kind_change_and_reading():
    rows = [
        (NOW, "export_csv", False, True, 3, 20), (NOW, "board", True, False, 5, 30),
        (NOW, "chat", False, False, 4, 20), (NOW, "rare", True, False, 1, 4),
        (BEFORE, "board", True, False, 5, 25), (BEFORE, "chat", False, False, 4, 30),
    ]  # fmt: skip
    accounts = [{"active_users": 100.0}, {"month": BEFORE, "active_users": 100.0}]
    blocks = health.features(load(*accounts, feature_month=features_of(*rows)))
    headings, found = table(blocks, "tbl-features")
    # No account has parts of a score: there is no column of "not available".
    assert headings == ["Feature", "Kind", "Accounts", "Of active users", "On last month", "Reading"]
    assert [line[:4] for line in found] == [
        ["board", "core", "5", "30.0%"],
        ["chat", "other", "4", "20.0%"],  # of equal use, the one of more accounts first
        ["export csv", "premium", "3", "20.0%"],
        ["rare", "core", "1", "4.0%"],
    ]
    assert [line[5] for line in found] == ["good", "in use", "in use", "candidate for removal"]
    assert [line[4] for line in found][:2] == ["up 5.0 points", "down 10.0 points"]
    text = said(blocks)
    assert text.startswith("The most used feature is board, at 30.0% of the active users. ")
    assert "core feature of 2 is used by 30% or more" in text
    assert "rare is a candidate for removal: under 5%, 6 months and more after launch" in text


def test_without_a_rare_feature_none_is_a_candidate():
    blocks = health.features(
        load({"active_users": 100.0}, feature_month=features_of((NOW, "board", True, False, 5, 5)))
    )
    assert "no feature is under 5% 6 months and more after its launch" in said(blocks)


def test_at_most_twenty_features_are_shown():
    rows = [(NOW, f"f{i:02}", True, False, 1, 30 - i) for i in range(21)]
    blocks = health.features(load({"active_users": 100.0}, feature_month=features_of(*rows)))
    found = next(block for block in blocks if isinstance(block, Table))
    assert len(found.rows) == 20 and found.caption.endswith("most used first: 20 of 21")


# --- health and revenue -------------------------------------------------------------------------------


def test_quadrants_count_accounts_and_their_mrr_and_step():
    """The median MRR is 250 now and 350 a month ago; healthy is above 70."""
    now = (("a", 80, 400), ("b", 60, 300), ("c", 90, 100), ("d", 70, 200))
    rows = [{"account_id": n, "health_score": float(h), "mrr_cents": m * 100} for n, h, m in now]
    before = (("a", 80, 400), ("b", 90, 300))
    rows += [
        {"account_id": n, "month": BEFORE, "health_score": float(h), "mrr_cents": m * 100}
        for n, h, m in before
    ]
    blocks = health.quadrants(load(*rows))
    headings, found = table(blocks, "tbl-quadrants")
    assert headings == ["Quadrant", "Accounts", "Change", "MRR (USD)", "Share of MRR", "What fits"]
    assert [line[:5] for line in found] == [
        ["large and healthy", "1", "0", "400", "40.0%"],
        ["large, not healthy", "1", "+1", "300", "30.0%"],
        ["small and healthy", "1", "0", "100", "10.0%"],
        ["small, not healthy", "1", "+1", "200", "20.0%"],
    ]
    assert found[0][5] == "expansion talk"
    assert "1 large account below the healthy band holds 30.0% of MRR" in said(blocks)
    assert "The largest below the healthy band is B ($300)" in said(blocks)


def test_bands_are_shares_of_mrr_and_of_accounts_now_and_before():
    now = (("a", "healthy", 300), ("b", "at risk", 100), ("c", "churn risk", 100))
    rows = [{"account_id": n, "health_band": band, "mrr_cents": m} for n, band, m in now]
    rows.append({"account_id": "a", "month": BEFORE, "health_band": "at risk", "mrr_cents": 300})
    blocks = health.bands(load(*rows))
    figure = next(block for block in blocks if isinstance(block, Figure))
    assert figure.alt.startswith(
        "60.0% of MRR sits in the healthy band, up 60.0 points on last month. "
        "Bars: MRR, Feb 2026: 60.0% healthy, 20.0% at risk, 20.0% churn risk; "
        "MRR, Jan 2026: 0.0% healthy, 100.0% at risk, 0.0% churn risk; "
        "accounts, Feb 2026: 33.3% healthy"
    )


# --- retention ----------------------------------------------------------------------------------------


def picture(grid: list[list[float]], open_cells: list[list[bool]], around_one: bool = False):
    frame = pd.DataFrame(grid, index=[f"c{i}" for i in range(len(grid))])
    marks = pd.DataFrame(open_cells, index=frame.index)
    return heatmap(
        frame, "finding", "x", "y", "note", [1234] * len(grid), [5] * frame.shape[1], marks, around_one
    ).axes[0]


@pytest.mark.parametrize(
    ("values", "around_one", "ends"),
    [
        ([0.2, 1.7], True, (0.5, 1.5)),
        ([0.4, 0.9], False, (0.5, 1.0)),
        ([0.99, 1.0], False, (0.5, 1.0)),  # small differences are not painted large
        ([np.nan, np.nan], False, (0.5, 1.0)),
    ],
)
def test_a_shade_means_the_same_figure_in_every_chart(values, around_one, ends):
    assert picture([values], [[False, False]], around_one).collections[0].get_clim() == ends


def test_an_open_cell_is_not_filled():
    filled = picture([[0.9, 0.8]], [[False, True]]).collections[0].get_array()
    assert filled.mask.ravel().tolist() == [False, True]


def test_cells_hold_their_percentage_and_the_open_ones_are_marked():
    ax = picture([[1.0, 0.874], [np.nan, 0.5]], [[False, True], [True, False]])
    cells = {text.get_position(): (text.get_text(), text.get_style()) for text in ax.texts}
    assert {place: cell for place, cell in cells.items() if place in {(0, 0), (1, 0), (0, 1), (1, 1)}} == {
        (0, 0): ("100", "normal"), (1, 0): ("87", "italic"), (1, 1): ("50", "normal")
    }  # fmt: skip
    assert [patch.get_xy() for patch in ax.patches] == [pytest.approx((1 - 0.42, -0.42))]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["c0  (1,234)", "c1  (1,234)"]
    assert [label.get_text() for label in ax.get_xticklabels()] == ["0\nn 5", "1\nn 5"]
    assert ax.get_ylim() == (1.5, -0.5)  # the oldest cohort on top


def test_only_revenue_that_can_grow_is_painted_around_one(monkeypatch):
    asked = []
    monkeypatch.setattr(
        triangles, "heatmap", lambda *rest, around_one: asked.append(around_one) or drawing.Figure()
    )
    data = retention.load(snapshot(panel(*months("a", [0, 5, 5, 5]), *months("b", [5, 5, 0, 0]))))
    for section in (retention.logo_triangle, retention.grr_triangle, retention.nrr_triangle):
        section(data)
    assert asked == [False, False, True]


@pytest.mark.parametrize(("lengths", "at"), [((20, 15), 12), ((13, 14), 12), ((12, 20), 11), ((20, 5), 4)])
def test_groups_are_compared_after_a_year_or_as_long_as_both_are_followed(monkeypatch, lengths, at):
    two = tuple([Estimate(1 - k / 100, 0.0, 1.0, 40) for k in range(n)] for n in lengths)
    monkeypatch.setattr(groups, "curves", lambda *_: two)
    data = retention.load(snapshot(panel(*months("a", [5, 5]), *months("b", [5, 5]))))
    text = said(groups._curves(data, "activated", "in time", "fig-x", "activation"))
    share = f"{100 - at}.0%"
    assert text.startswith(f"After {at} months {share} (") and f"against {share} (" in text


def test_key_figures_of_retention_name_their_accounts_and_their_step():
    """Of four accounts, a year on: one gone, one at 150 %, one at 50 %, one as before."""
    ends = {"a": 0, "b": 150, "c": 50, "d": 100}
    rows = [row for name, end in ends.items() for row in months(name, [100] * 13 + [end])]
    (figures,) = retention.key_figures(retention.load(snapshot(panel(*rows))))
    assert isinstance(figures, KeyFigures)
    told = {item.label: (item.value, item.change, item.good) for item in figures.items}
    assert told == {
        "Logo retention, 12 months": ("75.0%", "down 25.0 points on Jan 2026", None),
        "GRR, 12 months": ("62.5%", "down 37.5 points on Jan 2026", None),
        "NRR, 12 months": ("75.0%", "down 25.0 points on Jan 2026", None),
        "Quick ratio": ("0.3", "", None),  # 50 gained, 150 lost
    }
    # Wilson for three of four.
    assert figures.items[0].note == "4 accounts, 95% interval 30.1% to 95.4%"
    assert figures.items[2].note.startswith("4 accounts, 95% interval ")


# --- the month's revenue ------------------------------------------------------------------------------


def _finding(*rows) -> str:
    (block,) = brief.movements(brief.load(snapshot(panel(*rows))))
    if isinstance(block, Text):
        return block.markdown
    return next(
        text
        for text in re.findall(r">([^<]+)</text>", block.svg)
        if re.match("MRR (grew|shrank|ended)", text)
    )


@pytest.mark.parametrize(
    ("paths", "said_of_it"),
    [
        ([[100, 200]], "MRR grew $100; expansion moved most"),
        ([[200, 100]], "MRR shrank $100; contraction moved most"),
        ([[100, 200], [50, 0]], "MRR grew $50; expansion moved most"),
        ([[100, 150], [100, 0]], "MRR shrank $50; churn moved most"),
        ([[100, 200], [200, 100]], "MRR ended where it began; expansion moved most"),
        ([[100, 100]], "MRR did not move in February 2026."),
    ],
)
def test_the_bridge_in_one_line(paths, said_of_it):
    rows = [row for i, path in enumerate(paths) for row in months(f"x{i}", [100 * mrr for mrr in path])]
    assert _finding(*rows) == said_of_it

"""What makes a reason, and what moves first: at the edges."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from reporting.analysis.churn import movements
from reporting.analysis.churn import risk as at_risk
from reporting.analysis.churn.drivers import Driver
from reporting.analysis.churn.risk_set import RiskSet

CLOSE = pd.Timestamp("2025-06-01")


def plain(name: str) -> Driver:
    return Driver(name, "behaviour", (name,), lambda f: f[name])


@pytest.mark.parametrize(
    ("factors", "raising", "lowering"),
    [
        ({"a": 1.16, "b": 1.14}, ["a"], None),
        ({"a": 1.2, "b": 1.5, "c": 1.3, "d": 1.4}, ["b", "d", "c"], None),
        ({"a": 1 / 1.16, "b": 1 / 1.14}, [], "a"),
        ({"a": 0.8, "b": 0.5, "c": 2.0}, ["c"], "b"),
        ({"a": 1.0}, [], None),
    ],
)
def test_a_part_is_a_reason_from_fifteen_percent_on(factors, raising, lowering):
    drivers = [plain(name) for name in factors]
    parts = pd.DataFrame([np.log(list(factors.values()))], columns=list(factors), index=["acc"])
    model = SimpleNamespace(
        design=SimpleNamespace(drivers=drivers, columns=lambda rows: parts * 0 + 1.0),
        hazard=SimpleNamespace(contributions=lambda columns, reference: parts),
        reference=None,
        table=pd.DataFrame({"lower": 1.1, "upper": 2.0}, index=list(factors)),
    )
    up, down = at_risk.reasons(model, pd.DataFrame(index=["acc"]))
    assert [reason.driver for reason in up[0]] == raising
    assert (down[0].driver if down[0] else None) == lowering
    assert all(reason.clear for reason in up[0])


def test_a_part_at_the_edge_is_a_reason_and_its_driver_may_be_untold(monkeypatch):
    monkeypatch.setattr(at_risk, "WORTH_NAMING", 2.0)  # a factor that a logarithm gives back exactly
    parts = pd.DataFrame([np.log([2.0, 0.5])], columns=["up", "down"], index=["acc"])
    model = SimpleNamespace(
        design=SimpleNamespace(drivers=[plain("up"), plain("down")], columns=lambda rows: parts * 0 + 7.0),
        hazard=SimpleNamespace(contributions=lambda columns, reference: parts.assign(unknown=9.0)),
        reference=None,
        table=pd.DataFrame({"lower": [1.1, 0.2], "upper": [4.0, 1.1]}, index=["up", "down"]),
    )
    ((raises,),), (lowers,) = at_risk.reasons(model, pd.DataFrame(index=["acc"]))
    assert (raises.driver, raises.value, raises.factor, raises.clear) == ("up", 7.0, 2.0, True)
    assert (lowers.driver, lowers.factor, lowers.clear) == ("down", 0.5, False)


def test_what_can_be_changed_comes_before_contract_and_price():
    factors = {"a": 1.5, "yearly": 5.2, "b": 1.2}
    parts = pd.DataFrame([np.log(list(factors.values()))], columns=list(factors), index=["acc"])
    drivers = [plain("a"), Driver("yearly", "revenue", ("yearly",), lambda f: f["yearly"]), plain("b")]
    model = SimpleNamespace(
        design=SimpleNamespace(drivers=drivers, columns=lambda rows: parts * 0 + 1.0),
        hazard=SimpleNamespace(contributions=lambda columns, reference: parts),
        reference=None,
        table=pd.DataFrame({"lower": 1.1, "upper": 9.0}, index=list(factors)),
    )
    ((first, second, third),), _ = at_risk.reasons(model, pd.DataFrame(index=["acc"]))
    assert [first.driver, second.driver, third.driver] == ["a", "b", "yearly"]


def moves(*spells_: list[tuple[bool, bool, bool]], late: bool = False) -> dict[str, float] | None:
    """Spells as months of (leaves, shrinks, grows)."""
    rows = [
        (f"x{i} 1", f"x{i}", k + float(late), k + 1.0 + late, *month)
        for i, spell in enumerate(spells_)
        for k, month in enumerate(spell)
    ]
    columns = ["spell", "account_id", "start", "stop", "churned", "contracted", "expanded"]
    frame = pd.DataFrame(rows, columns=columns)
    panel = pd.DataFrame(
        {"month": CLOSE, "account_id": ["x0"], "contraction_cents": [0], "expansion_cents": [5]}
    )
    risk = RiskSet(frame, frame, frame, False, 0, CLOSE)
    found = movements.first_movement(risk, panel)
    return (
        None
        if found is None
        else {cause: found.table.loc[cause, "incidence"].iloc[-1] for cause in found.causes}
    )


NO, OUT, LESS, MORE = (False,) * 3, (True, False, False), (False, True, False), (False, False, True)


@pytest.mark.parametrize(
    ("spells_", "first"),
    [
        ([[NO, OUT], [NO, NO]], {"leaves": 0.5}),
        ([[MORE, OUT], [NO, NO]], {"grows": 0.5}),  # what came first
        ([[LESS, NO], [NO, MORE]], {"shrinks": 0.5, "grows": 0.5}),
        ([[(True, True, True)], [NO]], {"leaves": 0.5}),  # leaving outranks the others within a month
        ([[(False, True, True)], [NO]], {"shrinks": 0.5}),
    ],
)
def test_the_first_movement_of_a_spell(spells_, first):
    assert moves(*spells_) == pytest.approx(first)


def test_without_a_movement_there_is_nothing_to_tell():
    assert moves([NO, NO]) is None


def test_a_spell_that_moved_before_it_was_seen_stays_out():
    # The first account grew before the records begin; only one entered late is left out for it.
    assert moves([OUT], [MORE, NO], late=True) == pytest.approx({"grows": 1.0})
    assert moves([OUT], [MORE, NO]) == pytest.approx({"leaves": 0.5, "grows": 0.5})

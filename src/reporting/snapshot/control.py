"""Hold the figures against what finance has booked: agreement is told as well as difference."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import NamedTuple

import ibis.expr.types as ir

from reporting.contract import Finding
from reporting.contract.findings import EXAMPLES
from reporting.month import Month
from reporting.sources.control import Control

_CENTS = (95, 105)
"""So many times the booked MRR, amounts are in minor units."""


class _Pair(NamedTuple):
    month: Month
    figure: str
    ours: float
    booked: float

    @property
    def difference(self) -> float:
        """Share of the booked figure; of nothing booked, all of ours."""
        return (self.ours - self.booked) / self.booked if self.booked else float(self.ours != 0)


def control_findings(control: Control, panel: ir.Table, last: Month) -> list[Finding]:
    """A note where the figures agree with the control totals, a warning where they don't; else nothing.

    Args:
        control: The control totals.
        panel: month, mrr_cents, paying of every account.
        last: The report month; later control totals are not looked at.
    """
    months = sorted(month for month in control.months if month <= last)
    if not months:
        return []
    pairs = _pairs(control, months, _figures(panel))
    apart = [pair for pair in pairs if abs(pair.difference) > control.tolerance]
    within = f"within {100 * control.tolerance:g} percent"
    if not apart:
        return [
            Finding(
                "control_totals", "note", "subscriptions", None, 0, len(pairs),
                f"MRR and customers agree with the control totals in {_number(months)}, {within}.",
            )
        ]  # fmt: skip
    wrong = sorted({pair.month for pair in apart})
    message = (
        f"MRR or customers differ from the control totals in {len(wrong)} of {_number(months)}: not {within}."
    )
    if any(pair.booked and _CENTS[0] <= pair.ours / pair.booked <= _CENTS[1] for pair in apart):
        message += " The tables have about a hundred times as much: the amounts may be minor units (cents)."
    return [
        Finding(
            "control_totals", "warning", "subscriptions", None, len(apart), len(pairs), message,
            [_example(pair) for pair in apart[::-1][:EXAMPLES]],
            "Look for subscriptions that are missing, doubled or end wrongly, or correct the control totals.",
        )
    ]  # fmt: skip


def _figures(panel: ir.Table) -> dict[Month, Mapping[str, int]]:
    sums = panel.group_by("month").aggregate(
        mrr=panel.mrr_cents.sum(), customers=panel.paying.ifelse(1, 0).sum()
    )
    return {Month.of(row["month"]): row for row in sums.to_pyarrow().to_pylist()}


def _pairs(control: Control, months: list[Month], ours: Mapping[Month, Mapping[str, int]]) -> list[_Pair]:
    pairs = []
    for month in months:
        booked, found = control.months[month], ours.get(month, {"mrr": 0, "customers": 0})
        if booked.mrr is not None:
            pairs.append(_Pair(month, "MRR", int(found["mrr"]) / 100, float(booked.mrr)))
        if booked.customers is not None:
            pairs.append(_Pair(month, "customers", int(found["customers"]), booked.customers))
    return pairs


def _number(months: list[Month]) -> str:
    return "one month" if len(months) == 1 else f"{len(months)} months"


def _example(pair: _Pair) -> dict[str, str | dt.datetime]:
    digits = 2 if pair.figure == "MRR" else 0
    told = {"tables": f"{pair.ours:,.{digits}f}", "control": f"{pair.booked:,.{digits}f}"}
    return {"month": str(pair.month), "figure": pair.figure, **told, "difference": f"{pair.difference:+.1%}"}

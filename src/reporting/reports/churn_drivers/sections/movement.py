"""What happens first to an account: leaving, shrinking and growing compete."""

from __future__ import annotations

import numpy as np
import pandas as pd

from reporting.analysis.churn.segments import FEWEST_AT_RISK
from reporting.present.blocks import Blocks, Figure, Table, Text
from reporting.present.formats import count, number, percent
from reporting.present.words import sentence

from .. import charts
from ..data import Data

HORIZON = 12  # months


def first_movement(data: Data) -> Blocks:
    """Leaving, shrinking and growing compete for an account's first movement."""
    fit = data.movements
    if fit is None:
        return Blocks([Text("No account has left, shrunk or grown in the months observed.")])
    table = fit.table.loc[fit.causes[0]]
    enough = table.index[table["at_risk"] >= FEWEST_AT_RISK]
    until = float(enough.max()) if len(enough) else float(table.index.max())
    month = float(min(HORIZON, until))
    at = fit.at([month]).droplevel("time")
    names = {str(cause): sentence(str(cause)) for cause in fit.causes}
    order = at["incidence"].sort_values(ascending=False)
    first = order.index[0]
    finding = (
        f"Within {number(month)} months {percent(order.iloc[0], 0)} of the accounts first "
        f"{_verb(first)}" + "".join(f", {percent(x, 0)} {_verb(name)}" for name, x in order.iloc[1:].items())
    )
    fig = charts.incidence(fit, until, names, finding)
    caption = (
        "Cumulative incidence of an account's first movement (Aalen-Johansen with late entry, 95% log-log "
        "intervals); after it the account is no longer counted."
    )
    alt = f"Rising curves of first movements: {finding}."
    events = fit.table["events"].groupby(level="cause").sum()
    rows = pd.DataFrame(
        {
            "movement": [names[c] for c in order.index],
            "events": [events[c] for c in order.index],
            "incidence": [
                f"{percent(at.loc[c, 'incidence'])} ({number(100 * at.loc[c, 'lower'], 1)} to "
                f"{percent(at.loc[c, 'upper'])})"
                if np.isfinite(at.loc[c, "lower"])
                else percent(at.loc[c, "incidence"])
                for c in order.index
            ],
        }
    )
    columns = {
        "movement": "First movement",
        "events": ("Accounts", count),
        "incidence": f"Within {number(month)} months (95% interval)",
    }
    table_block = Table.of(
        rows,
        columns,
        label="tbl-first-movement",
        caption="What happened first to an account, from its first payment",
    )
    return Blocks(
        [
            *([Text(doubt)] if (doubt := _doubt(data).strip()) else []),
            Figure(fig, "fig-first-movement", caption, alt),
            table_block,
        ]
    )


def _doubt(data: Data) -> str:
    if data.trust.reliable:
        return ""
    return " Leaving is what the subscriptions say, *not reliable* here: the sources contradict each other."


def _verb(cause: str) -> str:
    return {"leaves": "leave", "shrinks": "shrink", "grows": "grow"}[cause]

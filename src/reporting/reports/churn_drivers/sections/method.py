"""The end of the churn report: figures, what can't be known, method, glossary, data files."""

from __future__ import annotations

import pandas as pd

from reporting.analysis.account_figures import account_figures
from reporting.analysis.churn.flags import PREFIX
from reporting.analysis.churn.risk import RAISING
from reporting.present.blocks import Blocks, Callout
from reporting.present.formats import month as month_name
from reporting.present.words import plural, sentence

from ...telling.files import tidy
from .. import words
from ..data import Data


def method(data: Data) -> Blocks:
    """How it was done and where it ends, in a box."""
    risk, model = data.risk, data.model
    spells = risk.spells
    returned = int(spells["account_id"].duplicated().sum())
    lines = [
        f"**Rows at risk.** {sentence(plural(len(risk.rows), 'account-month'))} of "
        f"{plural(spells['account_id'].nunique(), 'account')}, {plural(data.losses, 'loss', 'losses')}. An "
        "account is at risk in a month when it paid at the close before; all its figures are those of that "
        "close, so nothing of the month in which it leaves is used to explain it."
    ]
    unseen = int((spells["entry"] > 0).sum())
    if unseen:
        lines[0] += (
            f" {sentence(plural(unseen, 'stay'))} began before the events do "
            f"({month_name(risk.observed_from)}): they count from the tenure they had then."
        )
    if returned:
        lines[0] += (
            f" {sentence(plural(returned, 'stay'))} "
            f"{'is that of an account' if returned == 1 else 'are those of accounts'} that came back: each "
            "starts its tenure anew, and intervals treat the stays of one account as one."
        )
    if risk.committed:
        left = f" ({plural(risk.off_term, 'loss', 'losses')} within a term left out)" if risk.off_term else ""
        lines.append(
            "**Terms.** Accounts with a renewal date leave when their term ends and hardly ever before; in "
            f"the other months of a term they are not at risk{left}."
        )
    lines.append(
        "**Curves.** Kaplan-Meier with late entry, 95% log-log intervals, drawn while at least ten accounts "
        "are at risk; log-rank tests with Holm's adjustment; mean stays are restricted means."
    )
    if model is not None:
        lines.append(
            "**Model.** Discrete-time hazard with complementary log-log link, a natural spline over tenure "
            f"and errors clustered on {plural(model.hazard.clusters or 0, 'account')}; Cox's model on the "
            "same rows beside it; p-values of drivers adjusted by Benjamini-Hochberg. Terms enter in a "
            f"fixed order, ten losses a term ({model.design.gate}). The second and third month ahead have a "
            "hazard of their own, fitted on figures that much older. An interval of an account's probability "
            "tells how well the model is known, not how much luck remains."
        )
    lines.append(
        "**Limits.** Everything here is association: a driver that goes with leaving need not cause it, and "
        "pushing it need not hold an account. Price, competition and people are not in the data."
    )
    return Blocks([Callout("note", "Method and limits", "\n\n".join(lines))])


def exports(data: Data) -> dict[str, pd.DataFrame]:
    """Who is at risk and the drivers (without a model empty, with the same columns), every account's
    warnings, and the accounts lost lately with the kind of loss."""
    warnings = account_figures(data.book, "churn_drivers")
    flags = [column for column in data.book.paying if column.startswith(PREFIX)]
    warnings = warnings.join(data.book.paying[flags], on="account_id")
    return {
        "accounts_at_risk": _accounts_out(data),
        "drivers": _drivers_out(data),
        "account_warnings": tidy(warnings.drop(columns="churn_type", errors="ignore"), data.book.currency),
        "lost_accounts": tidy(_lost(data), data.book.currency),
    }


def _lost(data: Data) -> pd.DataFrame:
    """Churn and contraction of the recent months by account, latest first."""
    rows = data.book.panel
    rows = rows[(rows["month"] >= data.since) & (rows["churned_cents"] + rows["contraction_cents"] > 0)]
    columns = ["account_id", "account_name", "month", "churn_type", "churned_cents", "contraction_cents"]
    order = ["month", "account_id"]
    return rows.reindex(columns=columns).sort_values(order, ascending=[False, True], ignore_index=True)


_RISK = {
    **{"p1": "probability_1m", "p1_lower": "probability_1m_low", "p1_upper": "probability_1m_high"},
    **{"p3": "probability_3m", "p3_lower": "probability_3m_low", "p3_upper": "probability_3m_high"},
    **{"at_renewal": "at_renewal", "lower": "probability_low", "upper": "probability_high"},
}
"""Column of the risk -> its name in the file."""


def _accounts_out(data: Data) -> pd.DataFrame:
    """Every account's verdict and engagement score, its risk, and what raises and lowers it."""
    table = data.at_risk.copy()
    if not data.foretold:
        table = table.assign(
            **dict.fromkeys(_RISK.keys() - table.columns), raising=[[] for _ in table.index], lowering=None
        )
    told = [[data.state(reason) for reason in raising] for raising in table["raising"]]
    for place in range(RAISING):
        table[f"raises_{place + 1}"] = [states[place] if place < len(states) else "" for states in told]
    table["lowers"] = [data.state(one) if one else "" for one in table["lowering"]]
    table = table.drop(columns=["raising", "lowering"]).rename(columns=_RISK)
    return tidy(table, data.book.currency)


def _drivers_out(data: Data) -> pd.DataFrame:
    columns = [
        "driver",
        "group",
        "label",
        "hazard_ratio",
        "lower",
        "upper",
        "p",
        "p_adjusted",
        "cox_hazard_ratio",
        "in_words",
    ]
    if data.model is None:
        return pd.DataFrame(columns=columns)
    rows = []
    for driver in data.model.design.drivers:
        row = data.model.table.loc[driver.name]
        numbers = [
            round(float(row[c]), 4)
            for c in ("hazard_ratio", "lower", "upper", "p", "p_adjusted", "cox_ratio")
        ]
        told = data.words[driver.name]
        in_words = words.in_words(told.subject, row)
        rows.append([driver.name, driver.group, told.label, *numbers, in_words])
    return pd.DataFrame(rows, columns=columns)

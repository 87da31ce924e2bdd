"""Does the forecast's 80 % interval hold? Made at closes of simulated companies, against what came.

    python bench/forecast.py [worlds] [first seed]

Each world is a company of the demo's kind: its accounts leave, grow and shrink by the stated hazards. The
forecasts of the last year's closes are made by rates, as where no model holds, so that a world takes two
seconds. Prints by metric the share of intervals that held (75 to 85 % is wanted), the mean error and that of
the naive forecast.
"""

from __future__ import annotations

import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import numpy as np
import pandas as pd

from reporting.analysis.forecast import METRICS, forecast
from reporting.analysis.view import View
from reporting.demo import product
from reporting.demo.calendar import DAY, MONTHS, NEVER, month_starts
from reporting.demo.terms import ADDON, BASE
from reporting.demo.world import World
from reporting.params.product import load_product
from reporting.snapshot.tables import PANEL

PRODUCT = load_product(Path(__file__).parents[1] / "params" / "product.yml")
EPOCH = pd.Timestamp("2023-11-01")
FRESH = 1000  # first of the seeds on which nothing was tuned


def panel(seed: int, accounts: int) -> pd.DataFrame:
    """Account-months of one company: MRR in cents, its movements, the renewal, some use."""
    world = World(seed, accounts, MONTHS, 1.0, keep_events=False).run()
    book = world.terms.book()
    seat = product.FEE[book.plan] + product.SEAT[book.plan] * book.seats
    price = np.select([book.kind == BASE, book.kind == ADDON], [seat, product.ADDON_FEE], 0) * 100
    frames, before, seen = [], pd.Series(dtype=float), pd.Series(dtype=float)
    for index, close in enumerate(month_starts(MONTHS)[1:]):
        runs = (book.valid_from < close * DAY) & (book.valid_to >= close * DAY) & (price > 0)
        now = pd.Series(price[runs]).groupby(book.account[runs].to_numpy()).sum()
        ids = now.index.union(seen.index)
        mrr, start = now.reindex(ids).fillna(0), before.reindex(ids).fillna(0)
        base = book[runs & (book.kind == BASE) & (book.renewal < NEVER)].set_index("account")["renewal"]
        step = mrr - start
        due = EPOCH + pd.to_timedelta(base.reindex(ids).astype(float), unit="D")
        frames.append(
            pd.DataFrame(
                {
                    "account_id": ids,
                    "month": EPOCH + pd.DateOffset(months=index),
                    "mrr_cents": mrr,
                    "mrr_start_cents": start,
                    "paying": mrr > 0,
                    "events": 1.0,
                    "renewal_at": due,
                    "billing_frequency": np.array(["month", "quarter", "year"])[world.market.billing[ids]],
                    "new_cents": mrr.where((start == 0) & ~ids.isin(seen.index), 0),
                    "reactivation_cents": mrr.where((start == 0) & ids.isin(seen.index), 0),
                    "churned_cents": start.where(mrr == 0, 0),
                    "expansion_cents": step.where((start > 0) & (step > 0), 0),
                    "contraction_cents": -step.where((mrr > 0) & (step < 0), 0),
                    "fx_cents": 0.0,
                }
            )
        )
        before, seen = now, mrr
    return pd.concat(frames, ignore_index=True)


def world(seed: int, accounts: int = 400) -> pd.DataFrame:
    """The record of one company: its forecasts of the last year, with what came."""
    rows = panel(seed, accounts)
    rows = rows.reindex(columns=[*rows, *(name for name in PANEL if name not in rows)])
    month = rows["month"].max()
    paying = rows[(rows["month"] == month) & rows["paying"]]
    view = SimpleNamespace(panel=rows, month=month, paying=paying, product=PRODUCT)
    found = forecast(cast(View, view))
    assert found is not None, "accounts pay in every world"
    return found.record.assign(seed=seed)


def main(worlds: int, first: int) -> None:
    with ProcessPoolExecutor() as pool:
        found = pd.concat(pool.map(world, range(first, first + worlds)))
    for metric in METRICS:
        rows = found[found["metric"] == metric]
        inside = (rows["actual"] >= rows["low"]) & (rows["actual"] <= rows["high"])
        by_world = inside.groupby(rows["seed"]).mean()
        error, naive = ((rows[name] - rows["actual"]).abs().mean() for name in ("value", "naive"))
        bias = ((rows["value"] - rows["actual"]) / rows["actual"].replace(0, np.nan)).mean()
        low, high = (rows["actual"] < rows["low"]).mean(), (rows["actual"] > rows["high"]).mean()
        print(
            f"{metric:<18} {len(rows):>5} forecasts  held {inside.mean():.1%} (se {by_world.sem():.1%}; "
            f"below {low:.1%}, "
            f"above {high:.1%})  bias {bias:+.2%}  mean error {error:,.4g}  naive {naive:,.4g}"
        )


if __name__ == "__main__":
    given = [int(argument) for argument in sys.argv[1:]]
    main(*(given + [100, FRESH][len(given) :]))

"""Twelve months of an account in three small charts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from reporting.present import style
from reporting.present.blocks import Blocks, Figure
from reporting.present.formats import count, number
from reporting.present.formats import month as month_name
from reporting.present.words import listing, plural, sentence, uncapitalised

from ..telling import charts
from .data import Data

Form = tuple[str, str, str]
"""Key in the account's course, name, and name with unit."""


def course(data: Data) -> Blocks:
    """MRR, use and score at each close; nothing where there was neither revenue nor use."""
    if not data.page.moved:
        return Blocks()
    book, closes = data.book, list(data.account.course)
    forms: list[Form] = [
        ("mrr_cents", "MRR", f"MRR ({book.currency})"),
        ("events", "Use", "Use (events a month)"),
        ("score", sentence(book.score_name), f"{sentence(book.score_name)} (0 to 100)"),
    ]
    known = [form for form in forms if np.isfinite(_values(data, form[0])).any()]
    fig, axes = style.figure(height=2.1, cols=len(known), squeeze=False, gridspec_kw=PLACE)
    fig.set_layout_engine("none")
    for ax, (key, _, unit) in zip(axes[0], known, strict=True):
        _panel(ax, data, key, unit)
    style.title(fig, _finding(data, known))
    bands = book.product.bands
    told = ", ".join(name if name == "MRR" else uncapitalised(name) for _, name, _ in known)
    caption = (
        f"{sentence(told)} at each close from {month_name(closes[0])} to {month_name(closes[-1])}; each axis "
        f"begins at zero, dashed are the limits of the score's bands, {bands.at_risk:g} and {bands.healthy:g}"
    )
    return Blocks([Figure(fig, "fig-course", caption, _alt(data, known))])


def _values(data: Data, key: str) -> np.ndarray:
    rows = data.account.course.values()
    return np.array([np.nan if row is None else row.get(key, np.nan) for row in rows], dtype=float)


def _panel(ax: Axes, data: Data, key: str, unit: str) -> None:
    values = _values(data, key)
    places = style.month_axis(ax, list(data.account.course), most=3)
    if key == "score":
        bands = data.book.product.bands
        for limit in (bands.at_risk, bands.healthy):
            style.reference(ax, limit)
        ax.set_ylim(0, 100)
        ax.set_yticks([0, bands.at_risk, bands.healthy, 100])
    else:
        ax.set_ylim(0, 1.15 * max(float(np.nanmax(values)), 1.0))
        charts.steady_ticks(ax.yaxis, 3)
    if key == "mrr_cents":
        style.money_axis(ax.yaxis, data.book.currency)
    elif key == "events":
        style.count_axis(ax.yaxis)
    ax.plot(places, values, color=style.palette()[0])
    last = int(np.flatnonzero(np.isfinite(values))[-1])
    ax.plot(places[last], values[last], "o", color=style.palette()[0], markersize=4)
    ax.set_xlim(-0.4, len(places) - 0.6)
    ax.set_title(unit, loc="left", size=8.5, weight=400, color=style.color("muted"))


def _finding(data: Data, known: Sequence[Form]) -> str:
    """Where each figure now stands within its range: true of the whole course."""
    placed: dict[str, list[str]] = {}
    closes = 0
    for key, name, _ in known:
        values = _values(data, key)
        seen = values[np.isfinite(values)]
        closes = max(closes, len(seen))
        if np.isfinite(values[-1]):
            placed.setdefault(_place(seen, key), []).append(name)
    if closes < FEWEST:
        return f"{sentence(plural(closes, 'month'))} on record, too few to compare"
    told = [_stands(placed[place], place) for place in _PLACES if place in placed]
    return sentence(", ".join(told)) + f" in {plural(closes, 'month')}"


PLACE = {"left": 0.075, "right": 0.985, "bottom": 0.21, "top": 0.79, "wspace": 0.27}
"""Of the panels in the figure: alike in every review, and drawn in half the time of a fitted layout."""
FEWEST = 3
"""Closes of which one can be said to be the lowest."""
_PLACES = ("lowest", "highest", "between", "same")


def _stands(names: Sequence[str], place: str) -> str:
    """`use and health score at their lowest`."""
    whose = "its" if len(names) == 1 else "their"
    words = {
        "lowest": f"at {whose} lowest",
        "highest": f"at {whose} highest",
        "between": f"between {whose} highest and lowest",
        "same": "the same at every close",
    }
    return f"{listing([name if name == 'MRR' else uncapitalised(name) for name in names])} {words[place]}"


def _place(seen: np.ndarray, key: str) -> str:
    """Where the last value stands among all of them, as they are shown."""
    shown = np.round(seen / 100 if key == "mrr_cents" else seen)
    low, high, now = shown.min(), shown.max(), shown[-1]
    if low == high:
        return "same"
    return "lowest" if now == low else "highest" if now == high else "between"


def _alt(data: Data, known: Sequence[Form]) -> str:
    """First, last, lowest and highest value of each line."""
    told = []
    for key, name, _ in known:
        values = _values(data, key)
        seen = values[np.isfinite(values)]
        form = data.book.money if key == "mrr_cents" else number if key == "score" else count
        first, last, low, high = map(form, (seen[0], seen[-1], seen.min(), seen.max()))
        told.append(f"{name} from {first} to {last}, between {low} and {high}")
    return f"{plural(len(known), 'line chart').capitalize()}: {'; '.join(told)}."

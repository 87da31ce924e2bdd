"""What became of the features launched on record."""

from __future__ import annotations

from reporting.analysis.launches import KEEPS, Launch
from reporting.analysis.launches import launches as found_launches
from reporting.present import style
from reporting.present.blocks import Blocks, Figure, Text
from reporting.present.formats import month as month_name
from reporting.present.formats import number, percent
from reporting.present.markdown import escape
from reporting.present.words import plain, sentence, with_interval

from .data import Data

MOST = 5  # lines that can be told apart


def launches(data: Data) -> Blocks:
    """How the latest features spread since their first day, and whether accounts stayed with them."""
    found = found_launches(data.book)[:MOST]
    if not found:
        return Blocks([Text("No feature was launched since the record began.")])
    latest = found[0]
    finding = (
        f"{sentence(plain(latest.feature))}, launched in {month_name(latest.month)}, reaches "
        f"{percent(latest.reach.iloc[-1], 0)} of active accounts"
    )
    fig, ax = style.figure(height=2.7)
    for one, ink in zip(found, style.palette(), strict=False):
        ax.plot(one.reach.index, one.reach, color=ink, label=plain(one.feature))
    longest = max(len(one.reach) for one in found)
    ax.set_xlim(0, (longest - 1) * 1.2 or 1)
    ax.set_ylim(0, None)
    ax.set_xlabel("months since the launch")
    ax.set_ylabel("share of active accounts")
    style.percent_axis(ax.yaxis)
    style.label_lines(ax)
    style.title(ax, finding)
    caption = (
        "Accounts that used a feature in the month, of all accounts with any use, by months since its first "
        "use on record"
    )
    alt = f"{finding}. Lines: " + "; ".join(
        f"{plain(one.feature)} {percent(one.reach.iloc[0], 0)} in its first month, "
        f"{percent(one.reach.iloc[-1], 0)} after {number(len(one.reach) - 1)}"
        for one in found
    )
    text = " ".join(_told(one) for one in found)
    return Blocks([Text(text), Figure(fig, "fig-launches", caption, f"{alt}.")])


def _told(one: Launch) -> str:
    name, kept = sentence(escape(plain(one.feature))), ""
    if one.kept.known:
        kept = (
            f", and {with_interval(one.kept)} of those that began {KEEPS} months ago or earlier still use it"
        )
    return f"{name}: {percent(one.tried.value)} of the accounts active since have tried it{kept}."

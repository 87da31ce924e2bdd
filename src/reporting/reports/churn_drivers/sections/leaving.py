"""What leaving looked like: kinds of loss, use before it, warnings, and the engaged who left anyway."""

from __future__ import annotations

import pandas as pd

from reporting.analysis.churn.before_leaving import BASE, WEEKS, WINDOW
from reporting.analysis.churn.kinds import CONTRACTION
from reporting.analysis.intervals import share
from reporting.analysis.untold import Untold
from reporting.present.blocks import Blocks, Figure, Table, Text
from reporting.present.formats import count, money, number, percent
from reporting.present.formats import month as month_name
from reporting.present.markdown import escape
from reporting.present.words import listing, plural, sentence, short, uncapitalised, with_interval
from reporting.survival.estimate import Estimate

from ...telling import flags
from .. import charts, labels
from ..data import Data
from ..untold import why

NO_TABLE, NOT_RECORDED = "no cancellations in this source", "not recorded"
FEWEST = 5  # losses below this tell no pattern


def churn_types(data: Data) -> Blocks:
    """The recent losses by what the account looked like a month before."""
    book, kinds, told = data.book, data.kinds, labels.kind_words(data.book.product)
    if not kinds:
        return Blocks(
            [Text(f"Nothing was lost in the {plural(data.recent_months, 'month')} to {book.label}.")]
        )
    lost = [kind for kind in kinds if kind.name != CONTRACTION]
    if lost and lost[0].losses.n < FEWEST:
        few = plural(lost[0].losses.n, "account")
        lead = (
            f"Only {few} left since {month_name(data.since)}: that is an anecdote and tells no kind of loss "
            "apart (@tbl-churn-types)."
        )
    elif lost:
        first = lost[0]
        beside = f"; {_compared(first.losses, first.stayers)}" if first.stayers.known else ""
        lead = (
            f"The most frequent kind among the {plural(first.losses.n, 'account')} lost since "
            f"{month_name(data.since)} is *{told[first.name].label.lower()}*: {count(first.count)} of them, "
            f"{with_interval(first.losses)}{beside} (@tbl-churn-types)."
        )
    else:
        lead = f"No account left since {month_name(data.since)}; some pay less (@tbl-churn-types)."
    rows = pd.DataFrame(
        [
            {
                "kind": told[kind.name].label,
                "look": told[kind.name].look,
                "count": kind.count,
                "share": short(kind.losses, none="none lost"),
                "stayers": percent(kind.stayers.value, 0) if kind.stayers.known else "not compared",
                "mrr": kind.mrr_cents,
                "action": told[kind.name].action,
            }
            for kind in kinds
        ]
    )
    columns = {
        "kind": "Kind",
        "look": "At the close before",
        "count": ("Accounts", count),
        "share": "Share of the lost",
        "stayers": "Same look among those who stayed",
        "mrr": (f"MRR lost ({book.currency})", money),
        "action": "Next time",
    }
    caption = (
        f"Losses since {month_name(data.since)} by kind, the first that fits; beside them how many of the "
        "account-months without a loss looked the same"
    )
    return Blocks([Text(lead), Table.of(rows, columns, label="tbl-churn-types", caption=caption)])


def _compared(losses: Estimate, stayers: Estimate) -> str:
    same = percent(stayers.value, 0)
    if losses.low > stayers.value:
        return f"among those who stayed only {same} looked like that"
    if losses.high < stayers.value:
        return f"that look is more common among those who stayed ({same}), so it warns of nothing"
    return f"{same} of those who stayed looked the same, so the look alone tells little"


def before_churn(data: Data) -> Blocks:
    """Use in the weeks before the end of service, and how early the decline shows."""
    pattern = data.pattern
    if isinstance(pattern, Untold):
        return Blocks([Text(f"What use looks like before an account leaves can't be told: {why(pattern)}.")])
    last = pattern.weeks.iloc[-WINDOW:].mean()
    left, stayed = percent(last["leavers"], 0), percent(last["stayers"], 0)
    if pattern.lead:
        finding = (
            f"Use falls behind that of stayers {plural(pattern.lead, 'week')} or more before the end; in the "
            f"last {WINDOW} weeks it is {left} of its base, against {stayed}"
        )
    elif last["leavers"] < last["stayers"] - 0.05:
        finding = (
            f"No decline is told from chance before accounts leave: {left} of their base in the last "
            f"{WINDOW} weeks, {stayed} among stayers"
        )
    else:
        finding = "Use gives no warning: leavers use the product like stayers to the end"
    fig = charts.on_the_way_out(pattern, finding)
    caption = (
        f"Weekly events of {plural(pattern.losses, 'account')} that left against their own mean of the first "
        f"{BASE} weeks shown, and of accounts that went on paying over the same calendar weeks (geometric "
        "means); band: 95% interval of the difference."
    )
    if pattern.left_out:
        caption += (
            f" Without {WEEKS} weeks of use before them, {plural(pattern.left_out, 'loss', 'losses')} left "
            "out."
        )
    alt = f"Two lines of weekly use over the {WEEKS} weeks before the end of service. {finding}."
    lead = (
        f"That is about the time there is to act. The decline is told on means of {WINDOW} weeks: a single "
        "quiet week is no sign yet (@fig-before-churn)."
    )
    told = [Text(lead)] if pattern.lead else []
    return Blocks([Figure(fig, "fig-before-churn", caption, alt), *told])


def warning_flags(data: Data) -> Blocks:
    """Do the early warnings warn? Losses within three months with and without each flag."""
    if not data.flags:
        why = "there are too few losses" if not data.enough else "this source raises none"
        return Blocks([Text(f"Whether the early warnings warn can't be tested: {why}.")])
    holds = [flag for flag in data.flags if flag.holds]
    if holds:
        first, label = holds[0], flags.flag(holds[0].name)
        lead = (
            f"{count(len(holds))} of {plural(len(data.flags), 'early warning')} "
            f"{'sets' if len(holds) == 1 else 'set'} leavers apart. The sharpest is *{label.lower()}*: "
            f"{percent(first.raised.value)} of the accounts with it left within three months, "
            f"{percent(first.clear.value)} without (@tbl-flags)."
        )
    else:
        many = plural(len(data.flags), "early warning")
        lead = f"None of {many} sets leavers apart beyond chance (@tbl-flags)."
    rows = pd.DataFrame(
        [
            {
                "flag": flags.flag(flag.name),
                "now": flag.now,
                "raised": short(flag.raised),
                "clear": short(flag.clear),
                "reading": "warns" if flag.holds else "not told from chance",
            }
            for flag in data.flags
        ]
    )
    columns = {
        "flag": "Early warning",
        "now": ("Accounts with it now", count),
        "raised": "Left within 3 months, raised",
        "clear": "Left within 3 months, not raised",
        "reading": "Reading",
    }
    caption = (
        "Early warnings against what came of them, over all closes after which an account could leave; 95% "
        "Wilson intervals, which take closes of one account as separate"
    )
    return Blocks([Text(lead), Table.of(rows, columns, label="tbl-flags", caption=caption)])


def engaged_leavers(data: Data) -> Blocks:
    """Engaged accounts that left all the same, and those that may be next: look at price or need."""
    book, healthy = data.book, data.book.product.bands.healthy
    lost = data.recent[data.recent["churned"]]
    scored = lost[lost["engagement_score"].notna()]
    if len(scored) < FEWEST:
        few = sentence(plural(len(scored), "account"))
        lost_text = (
            f"{few} with an engagement score left since {month_name(data.since)}: too few to tell a pattern."
        )
        return Blocks([Text(lost_text)])
    engaged = scored[scored["engagement_score"] > healthy].sort_values("mrr_cents", ascending=False)
    part = share(len(engaged), len(scored))
    blocks = [
        Text(
            f"{sentence(plural(len(engaged), 'account'))} of {count(len(scored))} lost since "
            f"{month_name(data.since)} had an engagement score above {number(healthy)} a month before: "
            f"{with_interval(part)}. "
            + (
                "Use did not hold them; price, budget or a need that ended may have weighed more."
                if len(engaged)
                else "Engagement, as scored here, held every account it marked as healthy."
            )
        )
    ]
    if len(engaged):
        engaged = engaged.assign(reason=_said(data, engaged))
        rows = engaged.head(data.top_accounts)
        blocks.append(_reasons_given(engaged["reason"]))
        columns = {
            "account_name": "Account",
            "month": ("Left in", lambda m: month_name(m, short=True)),
            "engagement_score": ("Score before", data.book.score),
            "mrr_cents": (f"MRR lost ({book.currency})", money),
            "reason": "Reason given",
        }
        caption = f"Engaged accounts that left, {len(rows)} of {count(len(engaged))}, by MRR"
        blocks.append(Table.of(rows, columns, label="tbl-engaged-lost", caption=caption))
    blocks.append(_engaged_now(data, healthy))
    return Blocks(blocks)


def _reasons_given(said: pd.Series) -> Text:
    given = said[~said.isin([NO_TABLE, NOT_RECORDED])].value_counts()
    if given.empty:
        return Text("None of them left a reason on record (@tbl-engaged-lost).")
    names = listing([f"{escape(uncapitalised(reason))} ({count(n)})" for reason, n in given.head(3).items()])
    return Text(f"The reasons they gave most often: {names} (@tbl-engaged-lost).")


def _engaged_now(data: Data, healthy: float) -> Blocks:
    if not data.foretold:
        return Blocks([])
    now = data.likely[data.likely["engagement_score"] > healthy]
    if now.empty:
        return Blocks([Text("No engaged account is likely to leave now.")])
    text = (
        f"{sentence(plural(len(now), 'engaged account'))} {'is' if len(now) == 1 else 'are'} likely "
        f"to leave now, with {data.book.money(now['mrr_cents'].sum())} of MRR (@tbl-engaged-now): review "
        "price or need with the buyer."
    )
    columns = {
        "account_name": "Account",
        "engagement_score": ("Engagement score", data.book.score),
        "probability": ("May leave", lambda p: percent(p, 0)),
        "mrr_cents": (f"MRR ({data.book.currency})", money),
    }
    shown = now.head(data.top_accounts)
    caption = f"Engaged accounts likely to leave, {len(shown)} of {count(len(now))}, by expected loss"
    return Blocks([Text(text), Table.of(shown, columns, label="tbl-engaged-now", caption=caption)])


def _said(data: Data, rows: pd.DataFrame) -> list[str]:
    """The reason in the account's last cancellation up to the month it left."""
    given = data.book.snapshot.cancellations if data.book.has("cancellations") else None
    if given is None:
        return [NO_TABLE] * len(rows)
    if "reason" not in given:
        return [NOT_RECORDED] * len(rows)
    given = given[given["reason"].notna()].sort_values("requested_at")
    found = []
    for account, month in zip(rows["account_id"], rows["month"], strict=True):
        own = given[
            (given["account_id"] == account) & (given["requested_at"] < month + pd.DateOffset(months=1))
        ]
        found.append(str(own["reason"].iloc[-1]).replace("_", " ") if len(own) else NOT_RECORDED)
    return found

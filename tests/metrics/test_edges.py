"""Windows and thresholds at, just below and just above their edges; each table of cases is one query."""

from __future__ import annotations

import datetime as dt

import ibis
import pandas as pd
import pytest
from tests.metrics import world
from tests.metrics.conftest import canonical, rates, table

from reporting.metrics import activation, catalogue, outcomes, panel, portfolio, revenue, support
from reporting.metrics.calendar import month_table, months_between
from reporting.metrics.engagement import with_people
from reporting.month import Month

MARCH = Month(2026, 3)
OPEN, CLOSE = MARCH.start, MARCH.close
SOON, DAY = dt.timedelta(microseconds=1), dt.timedelta(days=1)
SIGN_UP = dt.datetime(2026, 3, 1, 12)


def grid(*accounts: str) -> ibis.Table:
    rows = [{"account_id": account, "signed_up_at": SIGN_UP} for account in accounts]
    known = table(rows, account_id="string", signed_up_at="timestamp(6)")
    return known.cross_join(month_table([MARCH]))


def around(moment: dt.datetime) -> dict[str, dt.datetime]:
    return {"below": moment - SOON, "at": moment, "above": moment + SOON}


def found(run, rows: ibis.Table, column: str, key: str = "account_id") -> dict:
    values = run(rows).set_index(key)[column].astype(object)
    return values.where(values.notna(), None).to_dict()


def test_users_are_invited_before_the_close_and_within_days_of_sign_up(run, product):
    invited = {f"close {k}": t for k, t in around(CLOSE).items()}
    invited |= {f"week {k}": t for k, t in around(SIGN_UP + 7 * DAY).items()}
    invited |= {f"month {k}": t for k, t in around(SIGN_UP + 30 * DAY).items()}
    users = [
        {"user_id": name, "account_id": name, "created_at": OPEN, "invited_at": at}
        for name, at in invited.items()
    ]
    counted = run(activation.invitations(grid(*invited), canonical("users", users), product))
    counted = counted.set_index("account_id")

    def those(column: str) -> set:
        return set(counted.index[counted[column] == 1])

    week, month = {"week below", "week at"}, {"month below", "month at"}
    assert those("invited_users") == set(invited) - {"close at", "close above"}
    assert those("depth_invites") == week
    assert those("onboarding_invites") == week | {"week above"} | month
    assert those("seats_assigned") == set(invited)
    assert counted[["invited_users", "depth_invites", "onboarding_invites"]].isin([0, 1]).all(axis=None)


def test_a_seat_counts_if_its_user_is_there_at_the_close(run, product):
    created = {f"created {k}": {"created_at": t} for k, t in around(CLOSE).items()}
    gone = {f"gone {k}": {"created_at": OPEN, "deactivated_at": t} for k, t in around(CLOSE).items()}
    users = [{"user_id": n, "account_id": n} | row for n, row in (created | gone).items()]
    counted = run(activation.invitations(grid(*created, *gone), canonical("users", users), product))
    assert counted.set_index("account_id").seats_assigned.to_dict() == {
        "created below": 1,
        "gone below": 0,
        "gone at": 1,
        "gone above": 1,
    }


def test_steps_count_up_to_the_close_and_in_time_up_to_the_end_of_the_window(run):
    reached = {f"close {k}": t for k, t in around(CLOSE).items()}
    reached |= {f"window {k}": t for k, t in around(SIGN_UP + 30 * DAY).items()}
    reached["at sign-up"] = SIGN_UP
    rows = [{"account_id": name, "reached_at": at} for name, at in reached.items()]
    steps = table(rows, account_id="string", reached_at="timestamp(6)")
    done = activation.steps_done(grid(*reached), steps, 30)
    assert found(run, done, "steps_in_time") == {
        "close below": 0,
        "window below": 1,
        "window at": 1,
        "window above": 0,
        "at sign-up": 1,
    }
    assert set(found(run, done, "steps_done").values()) == {1}


def test_onboarding_windows_that_end_in_the_month_are_judged_each_once(run, product):
    ends = {f"open {k}": t for k, t in around(OPEN).items()}
    ends |= {f"close {k}": t for k, t in around(CLOSE).items()}
    base = {"month": OPEN, "close": CLOSE, "observed": True}
    rows = [base | {"account_id": n, "signed_up_at": t - 30 * DAY} for n, t in ends.items()]
    rows.append(base | {"account_id": "not observed", "signed_up_at": OPEN - 20 * DAY, "observed": False})
    types = {"month": "timestamp(6)", "close": "timestamp(6)", "observed": "boolean"}
    p = table(rows, account_id="string", signed_up_at="timestamp(6)", **types)
    ripe = found(run, p.mutate(ripe=activation.ripe(p, product)), "ripe")
    assert {n for n, yes in ripe.items() if yes} == {"open at", "open above", "close below"}


def test_onboarding_outcomes_at_thirty_days_fourteen_days_and_seven_steps(run, product):
    base = {"month": OPEN, "close": CLOSE, "observed": True, "signed_up_at": OPEN - 20 * DAY}
    end = OPEN + 10 * DAY
    rows = [base | {"account_id": k, "activated_at": t} for k, t in around(end).items()]
    for row, days, steps in zip(rows, (13.99, 14.0, 14.01), (6, 7, 5), strict=True):
        row |= {"time_to_first_value": days, "steps_in_time": steps}
    times = dict.fromkeys(("month", "close", "signed_up_at", "activated_at"), "timestamp(6)")
    more = {"observed": "boolean", "time_to_first_value": "float64", "steps_in_time": "int64"}
    p = table(rows, account_id="string", **times, **more)
    figures = portfolio.figures(p, product, catalogue.activation.METRICS)
    sums = run(
        p.aggregate(**{f"{k}/{x}": f[i].sum() for k, f in figures.items() for i, x in enumerate("nd")})
    )
    assert sums.iloc[0].to_dict() == {
        "activation_rate/n": 2,
        "activation_rate/d": 3,
        "setup_completion_rate/n": 18,
        "setup_completion_rate/d": 21,
        "onboarding_completion_rate/n": 1,
        "onboarding_completion_rate/d": 3,
        "first_value_in_time/n": 2,
        "first_value_in_time/d": 3,
    }


def test_a_step_is_missed_if_it_was_not_taken_by_the_end_of_the_window(run, product):
    base = {"month": OPEN, "close": CLOSE, "observed": True, "signed_up_at": OPEN - 20 * DAY}
    times = around(OPEN + 10 * DAY)
    rows = [base | {"account_id": name} for name in (*times, "never")]
    types = dict.fromkeys(("month", "close", "signed_up_at"), "timestamp(6)")
    p = table(rows, account_id="string", observed="boolean", **types)
    first = next(iter(product.onboarding_steps))
    reached = [{"account_id": n, "step": first, "reached_at": t} for n, t in times.items()]
    missed = outcomes.step_missed(
        p, table(reached, account_id="string", step="string", reached_at="timestamp(6)"), product
    )
    assert found(run, missed.filter(missed.slice == first), "n") == {
        "below": 0,
        "at": 0,
        "above": 1,
        "never": 1,
    }
    assert run(missed.d.sum().as_table()).iloc[0, 0] == 4 * len(product.onboarding_steps)


def test_renewals_that_lie_in_the_past_are_none(run):
    renewals = around(CLOSE) | {"long past": OPEN - 300 * DAY, "unknown": None}
    rows = [
        {
            "subscription_id": name,
            "account_id": name,
            "valid_from": OPEN,
            "amount": "10",
            "amount_period": "month",
            "currency": "USD",
            "is_trial": False,
            "renewal_at": at,
        }
        for name, at in renewals.items()
    ]
    running = revenue.running(
        canonical("subscriptions", rows), month_table([MARCH]), rates([MARCH], USD=["1"])
    )
    ahead = found(run, revenue.terms(running), "renewal_at")
    assert {n for n, at in ahead.items() if at is not None} == {"at", "above"}


def test_tickets_are_opened_in_the_month_and_open_at_its_close(run):
    opened = {f"open {k}": {"opened_at": t, "escalated": True} for k, t in around(OPEN).items()}
    opened |= {f"close {k}": {"opened_at": t, "escalated": True} for k, t in around(CLOSE).items()}
    closed = {f"closed {k}": {"opened_at": OPEN, "closed_at": t} for k, t in around(CLOSE).items()}
    rows = [{"ticket_id": n, "account_id": n} | row for n, row in (opened | closed).items()]
    counts = run(support.tickets(month_table([MARCH]), canonical("tickets", rows))).set_index("account_id")
    new = {"open at", "open above", "close below"}
    assert set(counts.index) == new | {"open below", *closed}
    assert set(counts.index[counts.tickets_opened == 1]) == new | set(closed)
    assert set(counts.index[counts.escalations == 1]) == new
    assert set(counts.index[counts.tickets_open == 0]) == {"closed below"}


def test_integrations_stand_at_the_close(run):
    rows = {f"connected {k}": {"connected_at": t} for k, t in around(CLOSE).items()}
    rows |= {f"left {k}": {"connected_at": OPEN, "disconnected_at": t} for k, t in around(CLOSE).items()}
    listed = [{"integration_id": n, "account_id": n, "name": "CRM"} | row for n, row in rows.items()]
    counts = support.integrations(month_table([MARCH]), canonical("integrations", listed))
    standing = ("connected below", "left at", "left above")
    assert found(run, counts, "integration_count") == dict.fromkeys(standing, 1)


def test_answers_of_the_last_days_make_the_net_promoter_score(run):
    times = {f"close {k}": t for k, t in around(CLOSE).items()}
    times |= {f"young {k}": t for k, t in around(CLOSE - 91 * DAY).items()}
    rows = [
        {"survey_id": n, "account_id": n, "kind": "nps", "score": 10.0, "answered_at": t}
        for n, t in times.items()
    ]
    scores = {"score 6": 6.0, "score 6.5": 6.5, "score 7": 7.0, "score 8": 8.0, "score 9": 9.0}
    rows += [
        {"survey_id": n, "account_id": n, "kind": "nps", "score": s, "answered_at": OPEN}
        for n, s in scores.items()
    ]
    balance = found(run, outcomes.nps(canonical("surveys", rows), month_table([MARCH]), 91), "n")
    counted = dict.fromkeys(("close below", "young at", "young above", "score 9"), 1)
    assert balance == counted | {"score 6": -1, "score 6.5": 0, "score 7": 0, "score 8": 0}


def test_events_are_read_from_the_first_instant_to_the_one_before_the_close(run):
    first, close = world.MONTHS[0].start, world.MONTHS[-1].close
    midnight = dt.datetime(2026, 1, 1)
    moments = [*around(first).values(), *around(midnight).values(), *around(close).values()]
    rows = [{"account_id": "A", "user_id": "U", "event_name": "x", "occurred_at": t} for t in moments]
    read = run(world.readable(pd.DataFrame(rows))).sort_values("occurred_at")
    assert read.occurred_at.tolist() == [pd.Timestamp(t) for t in (*moments[1:6], moments[6])]
    assert [day.isoformat() for day in read.day] == [
        *["2025-12-01"] * 2,
        "2025-12-31",
        *["2026-01-01"] * 2,
        "2026-04-30",
    ]
    assert read.month.dt.month.tolist() == [12, 12, 12, 1, 1, 4]


def test_people_are_known_by_what_stood_at_the_close(run):
    created = {f"created {k}": {"created_at": t, "invited_at": OPEN} for k, t in around(CLOSE).items()}
    invited = {f"invited {k}": {"created_at": OPEN, "invited_at": t} for k, t in around(CLOSE).items()}
    everyone = created | invited | {"no one": {"created_at": OPEN}}
    users = [
        {"user_id": n, "account_id": "A", "role": "Admin", "team": "T"} | row for n, row in everyone.items()
    ]
    use = table(
        [{"user_id": n, "month": OPEN} for n in (*everyone, "unlisted")],
        user_id="string",
        month="timestamp(6)",
    )
    people = run(with_people(use, canonical("users", users), ("admin",))).set_index("user_id")
    late = {"created at", "created above", "unlisted"}
    assert set(people.index[~people.is_admin]) == late
    assert set(people.index[people.team.isna()]) == late
    assert set(people.index[people.invited]) == {"created below", "invited below"}


def test_an_account_has_months_from_the_earlier_of_sign_up_and_subscription(run):
    accounts = {
        "both": ("2026-03-10", "2026-01-20"),
        "at the close": ("2026-02-01", None),
        "before it": ("2026-01-31 23:59:59", None),
        "subscribed": (None, "2026-03-31"),
    }
    rows = [{"account_id": n, "account_name": n, "signed_up_at": s} for n, (s, _) in accounts.items()]
    subscriptions = [
        {"subscription_id": n, "account_id": n, "valid_from": f, "amount": "1"}
        for n, (_, f) in accounts.items()
        if f
    ]
    months = month_table(months_between(Month(2026, 1), MARCH))
    rows = run(
        panel.grid(canonical("accounts", rows), canonical("subscriptions", subscriptions), months)
    ).sort_values("month")
    listed = {n: f.month.dt.month.tolist() for n, f in rows.groupby("account_id")}
    assert listed == {"both": [1, 2, 3], "at the close": [2, 3], "before it": [1, 2, 3], "subscribed": [3]}
    known = rows[rows.signed_up_at.notna()].groupby("account_id").month.min().dt.month
    assert known.to_dict() == {"both": 3, "at the close": 2, "before it": 1}


@pytest.mark.parametrize(("months", "days"), [((1, 1), [31]), ((1, 3), [31, 28, 31])])
def test_months_lead_from_the_first_to_the_last(run, months, days):
    rows = run(month_table(months_between(Month(2026, months[0]), Month(2026, months[1]))))
    assert rows.days.tolist() == days
    assert rows.month_index.diff().dropna().tolist() == [1] * (len(days) - 1)
    assert (rows.close.iloc[:-1].tolist(), rows.previous.iloc[0]) == (
        rows.month.iloc[1:].tolist(),
        pd.Timestamp("2025-12-01"),
    )

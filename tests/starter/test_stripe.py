"""MRR from Stripe's tables, each case worked by hand, to the cent."""

from __future__ import annotations

import datetime as dt
import os
import re
import shutil
from pathlib import Path

import pytest
from tests.starter.conftest import Begun

from reporting.errors import ContractError
from reporting.month import Month

pytestmark = pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")  # Ibis with DuckDB 2

EVENTS = "SELECT account_id, event_name, occurred_at FROM used"


class Stripe(Begun):
    """A Stripe account; each subscription has a customer of its name unless another is given."""

    def __init__(self, begun: Begun) -> None:
        self.root, self.folder = begun.root, begun.folder
        self.subscriptions: list[dict] = []
        self.items: list[dict] = []
        self.prices: list[dict] = []
        self.plans = [
            {"id": "old", "amount": 100, "currency": "usd", "interval": "month", "interval_count": 1,
             "usage_type": "licensed", "product_id": "", "nickname": "Old", "transform_usage_divide_by": "",
             "transform_usage_round": ""}
        ]  # fmt: skip
        self.discounts: list[dict] = []
        self.coupons: list[dict] = []
        self.select("events", EVENTS)

    def price(self, id: str, cents: float, interval: str = "month", count: int = 1, **others: object) -> None:
        self.prices.append(
            {"id": id, "unit_amount": int(cents), "unit_amount_decimal": cents, "currency": "usd",
             "recurring_interval": interval, "recurring_interval_count": count, "type": "recurring",
             "recurring_usage_type": "licensed", "product_id": f"prod_{id}", "nickname": "",
             "transform_quantity_divide_by": "", "transform_quantity_round": ""} | others
        )  # fmt: skip

    def subscribe(
        self, id: str, *items: tuple[str, int], since: str = "2025-01-10", **others: object
    ) -> None:
        known = {
            "id": id, "_fivetran_active": "true", "customer_id": id, "status": "active", "livemode": "true",
            "created": f"{since} 08:00:00", "start_date": f"{since} 08:00:00",
            "trial_start": "", "trial_end": "",
            "current_period_start": "2025-12-10 08:00:00", "current_period_end": "2026-01-10 08:00:00",
            "cancel_at_period_end": "false", "cancel_at": "", "canceled_at": "", "ended_at": "",
        }  # fmt: skip
        self.subscriptions.append(known | others)
        for price, quantity in items:
            self.item(id, price, quantity, f"{since} 08:00:00")

    def item(self, subscription: str, price: str, quantity: int, created: str) -> None:
        number = len(self.items) + 1
        self.items.append(
            {"id": f"si_{number:02}", "subscription_id": subscription, "plan_id": price, "quantity": quantity,
             "created": created}
        )  # fmt: skip

    def discount(self, coupon: dict[str, object], start: str, end: str = "", **on: str) -> None:
        id = f"di_{len(self.discounts)}"
        self.coupons.append(
            {"id": f"co_{id}", "percent_off": "", "amount_off": "", "duration": "forever"} | coupon
        )
        self.discounts.append(
            {"id": id, "coupon_id": f"co_{id}", "customer_id": "", "subscription_id": "", "invoice_id": "",
             "invoice_item_id": "", "start": f"{start} 08:00:00", "end": end and f"{end} 08:00:00"} | on
        )  # fmt: skip

    def write(self) -> None:
        names = dict.fromkeys(row["customer_id"] for row in self.subscriptions)
        self.table(
            "customer",
            [{"id": name, "name": f"The {name}", "description": "", "email": "",
              "created": "2024-12-01 00:00:00",
              "address_country": "DE", "livemode": "true"} for name in names],
        )  # fmt: skip
        nothing = {"id": "none", "name": ""}
        self.table("subscription_history", self.subscriptions)
        self.table("subscription_item", self.items)
        self.table("price", self.prices)
        self.table("plan", self.plans)
        self.table(
            "product", [{"id": f"prod_{row['id']}", "name": f"Product {row['id']}"} for row in self.prices]
        )
        if not self.discounts:
            self.discount({"percent_off": 1}, "2020-01-01", customer_id="nobody")
        self.table("discount", self.discounts)
        self.table("coupon", [nothing | row for row in self.coupons])
        self.table(
            "used", [{"account_id": next(iter(names)), "event_name": "login", "occurred_at": "2025-02-01"}]
        )

    def mrr(self, *months: str) -> dict[str, list[float]]:
        self.write()
        return super().mrr(*months)


@pytest.fixture
def stripe(begun):
    company = Stripe(begun("stripe"))
    company.price("month", 2999)
    company.price("year", 29990, "year")
    return company


def test_quantities_and_intervals(stripe):
    stripe.price("quarter", 8000, "month", 3)
    stripe.price("half", 150000, "month", 6)
    stripe.price("weeks", 1300, "week", 2)
    stripe.price("two years", 100000, "year", 2)
    stripe.price("fraction", 0.5)
    for name, quantity in (("month", 3), ("year", 1), ("quarter", 1), ("half", 1), ("weeks", 1),
                           ("two years", 1),
                           ("fraction", 333), ("old", 7)):  # fmt: skip
        stripe.subscribe(f"c {name}", (name, quantity))
    assert stripe.mrr("2025-12") == {
        "c month": [89.97],  # 3 x 29.99
        "c year": [24.99],  # 299.90 / 12 = 24.9917
        "c quarter": [26.67],  # 80 / 3 = 26.6667
        "c half": [250.00],  # 1,500 / 6
        "c weeks": [28.17],  # 13 / 2 x 52 / 12 = 28.1667
        "c two years": [41.67],  # 1,000 / 24 = 41.6667
        "c fraction": [1.67],  # 333 x half a cent = 1.665, rounded up
        "c old": [7.00],  # a plan of before prices
    }
    assert {row["plan"] for row in stripe.rows("subscriptions")} >= {"Product month", "Old"}


def test_seats_are_told_of_prices_sold_in_numbers_only(stripe):
    stripe.subscribe("a", ("month", 3))
    stripe.subscribe("b", ("month", 1), ("year", 1))
    stripe.write()
    seats = {(row["account_id"], row["plan"]): row["seats"] for row in stripe.rows("subscriptions")}
    assert seats == {("a", "Product month"): 3, ("b", "Product month"): 1, ("b", "Product year"): None}


def test_currencies_have_their_own_minor_units(stripe):
    stripe.price("yen", 5000, currency="jpy")
    stripe.price("dinar", 12500, currency="kwd")
    stripe.price("euro", 12500, currency="eur")
    for name in ("yen", "dinar", "euro"):
        stripe.subscribe(name, (name, 1))
    months = [f"2025-{month:02}" for month in range(1, 13)] + ["2024-12"]
    rates = [f"{month},{code},{rate}" for month in months for code, rate in
             (("JPY", "0.0065"), ("KWD", "3.25"), ("EUR", "1.1"))]  # fmt: skip
    (stripe.folder / "rates.csv").write_text("month,currency,rate\n" + "\n".join(rates) + "\n")
    stripe.declare("exchange_rates: acme/rates.csv")
    assert stripe.mrr("2025-12") == {
        "yen": [32.50],  # 5,000 yen, no smaller unit
        "dinar": [40.63],  # 12.500 dinars x 3.25 = 40.625
        "euro": [137.50],
    }


def test_packets_are_rounded_as_the_price_says(stripe):
    stripe.price("up", 1000, transform_quantity_divide_by=10, transform_quantity_round="up")
    stripe.price("down", 1000, transform_quantity_divide_by=10, transform_quantity_round="down")
    stripe.subscribe("up", ("up", 25))
    stripe.subscribe("down", ("down", 25))
    assert stripe.mrr("2025-12") == {"up": [30.0], "down": [20.0]}


def test_a_coupon_lasts_as_long_as_its_discount(stripe):
    stripe.price("hundred", 10000)
    for name in ("repeating", "forever", "once", "begun later"):
        stripe.subscribe(name, ("hundred", 1))
    half = {"percent_off": 15.5}
    stripe.discount(half | {"duration": "repeating"}, "2025-01-10", "2025-04-10", subscription_id="repeating")
    stripe.discount(half, "2025-01-10", subscription_id="forever")
    stripe.discount(half | {"duration": "once"}, "2025-01-10", subscription_id="once")
    stripe.discount(half, "2025-03-05", subscription_id="begun later")
    assert stripe.mrr("2025-02", "2025-03", "2025-04", "2025-12") == {
        "repeating": [84.5, 84.5, 100, 100],
        "forever": [84.5, 84.5, 84.5, 84.5],
        "once": [100, 100, 100, 100],
        "begun later": [100, 84.5, 84.5, 84.5],
    }


def test_money_off_is_taken_off_the_invoice_once(stripe):
    stripe.price("small", 1500)
    stripe.price("large", 5000)
    stripe.price("annual", 120000, "year")
    stripe.subscribe("two items", ("small", 1), ("large", 1))
    stripe.subscribe("more than it costs", ("small", 1))
    stripe.subscribe("yearly", ("annual", 1))
    for name in ("two items", "more than it costs", "yearly"):
        stripe.discount({"amount_off": 2000}, "2025-01-10", subscription_id=name)
    assert stripe.mrr("2025-12") == {
        "two items": [45.00],  # 15 + 50 - 20
        "more than it costs": [0.00],
        "yearly": [98.33],  # (1,200 - 20) / 12 = 98.3333
    }


def test_several_coupons_of_one_subscription_are_each_taken_of_what_the_others_left(stripe):
    stripe.price("hundred", 10000)
    for name in ("percent", "amounts", "both", "free", "one ends"):
        stripe.subscribe(name, ("hundred", 1))
    for off in ({"percent_off": 20}, {"percent_off": 10}):
        stripe.discount(off, "2025-01-10", subscription_id="percent")
    for off in ({"amount_off": 1000}, {"amount_off": 500}):
        stripe.discount(off, "2025-01-10", subscription_id="amounts")
    for off in ({"amount_off": 1000}, {"percent_off": 15.5}):
        stripe.discount(off, "2025-01-10", subscription_id="both")
    for off in ({"percent_off": 100}, {"percent_off": 10}):
        stripe.discount(off, "2025-01-10", subscription_id="free")
    stripe.discount({"percent_off": 20}, "2025-01-10", "2025-11-10", subscription_id="one ends")
    stripe.discount({"percent_off": 10}, "2025-01-10", subscription_id="one ends")
    assert stripe.mrr("2025-10", "2025-12") == {
        "percent": [72, 72],
        "amounts": [85, 85],
        "both": [76.05, 76.05],  # 90 less 15.5 %
        "free": [0, 0],
        "one ends": [72, 90],
    }


def test_a_customers_coupon_holds_where_the_subscription_has_none(stripe):
    stripe.price("hundred", 10000)
    stripe.subscribe("own", ("hundred", 1), customer_id="c")
    stripe.subscribe("none", ("hundred", 1), customer_id="c")
    stripe.discount({"percent_off": 50}, "2025-01-10", customer_id="c")
    stripe.discount({"percent_off": 10}, "2025-01-10", customer_id="c", subscription_id="own")
    assert stripe.mrr("2025-12") == {"c": [140.0]}, "90 and 50"


def test_a_discount_of_an_invoice_is_no_term(stripe):
    stripe.subscribe("a", ("month", 1))
    stripe.discount({"percent_off": 50}, "2025-01-10", subscription_id="a", invoice_id="in_1")
    assert stripe.mrr("2025-12") == {"a": [29.99]}


def test_a_trial_counts_for_nothing_until_it_ends(stripe):
    trial = {"trial_start": "2025-01-10 08:00:00", "trial_end": "2025-02-09 08:00:00"}
    stripe.subscribe("converted", ("month", 1), **trial)
    stripe.subscribe(
        "trialing", ("month", 1), status="trialing", **trial | {"trial_end": "2026-02-09 08:00:00"}
    )
    stripe.subscribe("paused", ("month", 1), status="paused", **trial)
    stripe.subscribe("left", ("month", 1), status="canceled", ended_at="2025-01-20 08:00:00", **trial)
    assert stripe.mrr("2025-01", "2025-02") == {
        "converted": [0, 29.99],
    }
    rows = {(row["account_id"], row["is_trial"]): row["valid_to"] for row in stripe.rows("subscriptions")}
    ends = dt.datetime(2025, 2, 9, 8)
    assert (rows["converted", True], rows["converted", False]) == (ends, None)
    assert (rows["paused", True], rows["left", True]) == (ends, dt.datetime(2025, 1, 20, 8))
    assert ("paused", False) not in rows and ("left", False) not in rows


def test_statuses(stripe):
    stripe.subscribe("past due", ("month", 1), status="past_due")
    stripe.subscribe("unpaid", ("month", 1), status="unpaid", current_period_start="2025-11-10 08:00:00")
    stripe.subscribe("canceled", ("month", 1), status="canceled", canceled_at="2025-10-20 08:00:00",
                     ended_at="2025-11-10 08:00:00")  # fmt: skip
    stripe.subscribe("will leave", ("month", 1), cancel_at_period_end="true",
                     canceled_at="2025-12-20 08:00:00",
                     cancel_at="2026-01-10 08:00:00")  # fmt: skip
    stripe.subscribe("never paid", ("month", 1), status="incomplete_expired")
    stripe.subscribe("test", ("month", 1), livemode="false")
    stripe.subscriptions.append(
        stripe.subscriptions[0]
        | {"_fivetran_active": "false", "status": "canceled", "ended_at": "2025-03-01"}
    )
    assert stripe.mrr("2025-10", "2025-11", "2025-12") == {
        "past due": [29.99, 29.99, 29.99],
        "unpaid": [29.99, 0, 0],
        "canceled": [29.99, 0, 0],
        "will leave": [29.99, 29.99, 29.99],
    }
    renewals = {row["account_id"]: row["renewal_at"] for row in stripe.rows("subscriptions")}
    assert renewals["past due"] == dt.datetime(2026, 1, 10, 8) and renewals["will leave"] is None
    told = {row["account_id"]: row["effective_at"] for row in stripe.rows("cancellations")}
    assert told == {"canceled": dt.datetime(2025, 11, 10, 8), "will leave": dt.datetime(2026, 1, 10, 8)}


def test_a_subscription_that_another_takes_the_place_of_is_no_cancellation(stripe):
    gone = {"status": "canceled", "canceled_at": "2025-06-10 08:00:00", "ended_at": "2025-06-10 08:00:00"}
    for name, day in (("replaced", 11), ("came back", 12)):
        stripe.subscribe(f"{name} 1", ("month", 1), customer_id=name, **gone)
        stripe.subscribe(f"{name} 2", ("month", 2), customer_id=name, since=f"2025-06-{day}")
    stripe.subscribe("beside 1", ("month", 1), customer_id="beside", **gone)
    stripe.subscribe("beside 2", ("month", 1), customer_id="beside", **gone)
    stripe.write()
    told = {row["cancellation_id"] for row in stripe.rows("cancellations")}
    assert told == {"came back 1", "beside 1", "beside 2"}


def test_items_begin_with_the_subscription_or_when_they_are_added(stripe):
    stripe.subscribe("a", ("month", 1), since="2025-03-10", start_date="2025-01-05 00:00:00")
    stripe.item("a", "month", 2, "2025-05-01 00:00:00")
    assert stripe.mrr("2025-01", "2025-03", "2025-05") == {"a": [29.99, 29.99, 89.97]}, "set back to January"


def test_use_that_is_metered_is_no_recurring_revenue(stripe):
    stripe.price("metered", 10, recurring_usage_type="metered")
    stripe.subscribe("a", ("month", 1))
    stripe.items.append(stripe.items[0] | {"id": "si_m", "plan_id": "metered", "quantity": ""})
    assert stripe.mrr("2025-12") == {"a": [29.99]}


@pytest.mark.parametrize(
    ("item", "column"),
    [(("gone", "month", 1), "account_id"), (("a", "no price", 1), "amount"), (("a", "tiers", 1), "amount")],
    ids=["an item without its subscription", "a price that no table knows", "a price in tiers"],
)
def test_revenue_that_can_not_be_told_stops_the_run(stripe, item, column):
    stripe.price("tiers", 0, unit_amount="", unit_amount_decimal="")
    stripe.subscribe("a", ("month", 1))
    stripe.item(*item, "2025-01-10 08:00:00")
    stripe.write()
    with stripe.open() as source:
        found = {finding.column for finding in source.check() if finding.severity == "error"}
    assert column in found
    with pytest.raises(ContractError):
        stripe.snapshot()


class Lines:
    """Lines of invoices, each a month long unless its end is given."""

    def __init__(self) -> None:
        self.rows: list[dict] = []

    def add(self, item: str, price: str, quantity: int, start: str, end: str, amount: int = 1) -> None:
        self.rows.append(
            {"id": f"il_{len(self.rows)}", "type": "subscription", "subscription_item_id": item,
             "subscription_id": "a", "price_id": price, "plan_id": "", "quantity": quantity, "amount": amount,
             "period_start": f"{start} 08:00:00", "period_end": f"{end} 08:00:00"}
        )  # fmt: skip


def test_the_past_stands_in_the_lines_of_the_invoices(stripe):
    """Item 1: 3 a month from January, 5 from the middle of March, 2 from May. Item 2: removed after April."""
    stripe.subscribe("a", ("month", 2))
    stripe.subscribe("b", ("month", 4))
    lines = Lines()
    for month in range(1, 12):
        quantity = 3 if month < 4 else 5 if month < 5 else 2
        lines.add("si_01", "month", quantity, f"2025-{month:02}-10", f"2025-{month + 1:02}-10")
    lines.add("si_01", "month", 3, "2025-03-20", "2025-04-10", amount=-6000)  # unused time
    lines.add("si_01", "month", 5, "2025-03-20", "2025-04-10", amount=9900)  # the rest of the month
    for month in (2, 3, 4):
        lines.add("si_99", "year", 1, f"2025-{month:02}-10", f"2025-{month + 1:02}-10")
    months = ("2025-01", "2025-02", "2025-03", "2025-04", "2025-05", "2025-12")
    assert stripe.mrr(*months)["a"] == [59.98] * 6, "as it is today"
    stripe.table("invoice_line_item", lines.rows)
    path = stripe.folder / "subscriptions.sql"
    head, dashed, rest = re.split(r"(    -- WHERE id NOT IN .*?>= 0\n)", path.read_text(), flags=re.DOTALL)
    path.write_text(head + dashed.replace("    -- ", "    ") + rest)
    assert stripe.mrr(*months) == {
        "a": [89.97, 114.96, 174.94, 174.94, 59.98, 59.98],  # 3, 3 and 24.99, 5 and 24.99, the same, 2, 2
        "b": [119.96] * 6,  # in no invoice yet
    }


FOLDER = os.environ.get("STRIPE_DIR", "")


@pytest.mark.skipif(not FOLDER, reason="STRIPE_DIR is not set")
def test_the_tables_of_the_connectors_own_tests(begun):
    """Worked out by other means: 11,838.20 over 13 paying, list prices.

    Eleven subscriptions and a fourteenth item's price are in no table, and no customer has a subscription.
    """
    company = begun("stripe")
    data = company.root / "data" / "acme"
    for path in Path(FOLDER).glob("*_data.csv"):
        shutil.copy(path, data / f"{path.stem.removesuffix('_data')}.csv")
    company.table("used", [{"account_id": "sdfg5637", "event_name": "login", "occurred_at": "2024-08-01"}])
    company.select("events", EVENTS)
    with pytest.raises(ContractError, match="account_id"):
        company.snapshot("2024-08")
    company.select("accounts", "SELECT DISTINCT subscription_id AS account_id, subscription_id AS "
                   "account_name, "
                   "CAST('2021-01-01' AS DATE) AS signed_up_at FROM subscription_item")  # fmt: skip
    path = company.folder / "subscriptions.sql"
    known = path.read_text().replace("terms.customer_id ", "terms.subscription_id ")
    path.write_text(f"{known} AND terms.currency IS NOT NULL")
    found = company.snapshot("2024-08")
    assert found.value("mrr", Month(2024, 8)) == 1_183_820, "cents"
    paying = found.account_month.query("mrr_cents > 0 and month == month.max()")
    assert len(paying) == 13

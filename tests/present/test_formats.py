"""Numbers as a reader wants them; nothing is not zero."""

import datetime as dt

import pandas as pd
import pytest

from reporting.present import formats as f


@pytest.mark.parametrize(
    ("made", "wanted"),
    [
        (f.money(1015960800, "USD"), "$10,159,608"),
        (f.money(1015960800, "USD", short=True), "$10.2M"),
        (f.money(-16298400, "EUR"), "\u2212€162,984"),
        (f.money(99_960_00, short=True), "100k"),
        (f.money(999_600_00, short=True), "1.00M"),
        (f.money(123_45, "CHF", digits=2), "CHF\u00a0123.45"),
        (f.money(-4, "USD"), "$0"),
        (f.money(100, sign=True), "+1"),
        (f.percent(0.1234), "12.3%"),
        (f.percent(-0.0004), "0.0%"),
        (f.points(-0.008), "\u22120.8 pp"),
        (f.points(0.012), "+1.2 pp"),
        (f.change(104, 100), "+4.0%"),
        (f.change(1, 0), "not available"),
        (f.count(1234), "1,234"),
        (f.ratio(1.84), "1.8\u00d7"),
        (f.days(1), "1 day"),
        (f.days(12), "12 days"),
        (f.p_value(0.0004), "p < 0.001"),
        (f.p_value(0.0312), "p = 0.03"),
        (f.interval(0.814, 1.12), "0.81 to 1.12"),
        (f.date(dt.date(2026, 11, 3)), "3 November 2026"),
        (f.month(pd.Timestamp(2026, 11, 1), short=True), "Nov 2026"),
        (f.number(float("inf")), "∞"),
    ],
)
def test_format(made, wanted):
    assert made == wanted


@pytest.mark.parametrize("nothing", [None, float("nan"), pd.NA, pd.NaT])
@pytest.mark.parametrize(
    "form", [f.money, f.percent, f.points, f.count, f.date, f.month, f.days, f.p_value, f.text]
)
def test_nothing_is_not_available(form, nothing):
    assert form(nothing) == "not available"

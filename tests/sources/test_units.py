"""A column whose own name says cents, read as it is."""

import pytest

from reporting.sources.units import undivided


@pytest.mark.parametrize(
    ("expression", "named"),
    [
        ("unit_amount", "unit_amount"),
        ("items.unit_amount_decimal", "unit_amount_decimal"),
        ("price_cents * quantity", "price_cents"),
        ("AMOUNT_IN_CENTS", "AMOUNT_IN_CENTS"),
        ("unit_amount / 1000", "unit_amount"),
        ("amount /* price_cents */", None),
        ("amount -- in cents", None),
        ("unit_amount / 100.0", None),
        ("unit_amount/100", None),
        ("price_cents * 0.01", None),
        ("percents", None),
        ("amount", None),
    ],
)
def test_cents_that_are_divided_by_nothing(expression, named):
    found = undivided(f"SELECT id AS subscription_id,\n {expression}\n AS amount FROM items")
    assert [(f.check, f.severity, f.column) for f in found] == [("minor_units", "warning", "amount")] * bool(
        named
    )
    for finding in found:
        assert finding.message.startswith(f"The SELECT reads {named} and divides nothing by 100")
        assert finding.remedy == f"If they are, write {named} / 100.0 AS amount in subscriptions.sql."

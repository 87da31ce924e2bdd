"""Control totals are read strictly, and held against the figures."""

from __future__ import annotations

from decimal import Decimal

import ibis
import pyarrow as pa
import pytest

from reporting.errors import ConfigError
from reporting.month import Month
from reporting.snapshot.control import control_findings
from reporting.sources.control import Booked, Control, read_control

LAST = Month(2026, 10)


def test_control_totals_are_read_and_may_leave_a_value_out(tmp_path):
    path = tmp_path / "control.csv"
    path.write_text("month,mrr,customers\n2026-09,98500.50,120\n\n2026-10,,121\n2026-08,97000,\n")
    control = read_control(path, 0.01)
    assert control.tolerance == 0.01
    assert control.months == {
        Month(2026, 8): Booked(Decimal(97000), None), Month(2026, 9): Booked(Decimal("98500.50"), 120),
        Month(2026, 10): Booked(None, 121),
    }  # fmt: skip


def test_every_fault_is_told_with_its_line(tmp_path):
    path = tmp_path / "control.csv"
    path.write_text(
        'month,mrr,customers\n2026-13,1,1\n2026-10,"98,500",1\n2026-10,-1,1\n2026-10,inf,1\n2026-10,1,1.5\n'
        "2026-10,1\n2026-10,1,1\n2026-10,1,1\n"
    )
    with pytest.raises(ConfigError) as caught:
        read_control(path, 0)
    lines = str(caught.value).splitlines()
    for number, words in [
        (2, "'2026-13' is not a month"),
        (3, "'98,500' is not an amount"),
        (4, "not a finite amount"),
        (5, "not a finite amount"),
        (6, "'1.5' is not a number of customers"),
        (7, "2 values"),
        (9, "2026-10 stands twice"),
    ]:
        assert any(line.startswith(f"{path}:{number}: ") and words in line for line in lines), words


def test_a_wrong_header_and_a_missing_file(tmp_path):
    path = tmp_path / "control.csv"
    with pytest.raises(ConfigError, match="does not exist"):
        read_control(path, 0)
    path.write_text("month,arr,customers\n")
    with pytest.raises(ConfigError, match="expected 'month,mrr,customers'"):
        read_control(path, 0)


def found(booked, tolerance=0.005, cents=(60_00, 40_00)):
    """Against two accounts at the close of October 2026, one of which also paid 60 in September."""
    rows = [{"month": LAST.start, "mrr_cents": paid, "paying": paid > 0} for paid in cents]
    rows.append({"month": LAST.shift(-1).start, "mrr_cents": 60_00, "paying": True})
    months = {Month.parse(month): Booked(*values) for month, values in booked.items()}
    return control_findings(Control(months, tolerance), ibis.memtable(pa.Table.from_pylist(rows)), LAST)


def test_agreement_is_told_as_well():
    (note,) = found({"2026-09": (Decimal(60), 1), "2026-10": (Decimal("100.50"), 2)})
    assert (note.check, note.severity, note.count, note.total) == ("control_totals", "note", 0, 4)
    assert note.message == "MRR and customers agree with the control totals in 2 months, within 0.5 percent."


@pytest.mark.parametrize(
    ("booked", "tolerance", "apart"),
    [
        ((Decimal("100"), 2), 0.0, 0),
        ((Decimal("100.01"), 2), 0.0, 1),
        ((Decimal("100"), 3), 0.0, 1),
        ((Decimal("125"), 2), 0.2, 0),  # 25 of 125
        ((Decimal("125.01"), 2), 0.2, 1),
        ((Decimal("0"), None), 0.5, 1),
        ((None, 2), 0.0, 0),
    ],
)
def test_the_tolerance_is_a_share_of_what_is_booked(booked, tolerance, apart):
    (finding,) = found({"2026-10": booked}, tolerance)
    assert (finding.severity, finding.count) == ("warning" if apart else "note", apart)


def test_a_difference_is_told_with_both_numbers_the_latest_month_first():
    (finding,) = found({"2026-09": (Decimal(50), 1), "2026-10": (Decimal(80), 2)})
    assert finding.message == (
        "MRR or customers differ from the control totals in 2 of 2 months: not within 0.5 percent."
    )
    assert finding.examples == [
        {"month": "2026-10", "figure": "MRR", "tables": "100.00", "control": "80.00", "difference": "+25.0%"},
        {"month": "2026-09", "figure": "MRR", "tables": "60.00", "control": "50.00", "difference": "+20.0%"},
    ]


def test_a_hundred_times_as_much_is_cents():
    (finding,) = found({"2026-10": (Decimal(1), 2)})
    assert "may be minor units" in finding.message
    (finding,) = found({"2026-10": (Decimal(2), 2)})
    assert "minor units" not in finding.message


def test_months_after_the_report_are_not_looked_at_and_a_month_without_accounts_has_none():
    assert found({"2026-11": (Decimal(1), 1)}) == []
    (finding,) = found({"2026-08": (Decimal(1), 1)})
    assert [example["tables"] for example in finding.examples] == ["0", "0.00"]

"""A log gets plain lines; a terminal gets bars; both keep the times."""

from __future__ import annotations

import re
from io import StringIO

import pytest
from rich.console import Console

from reporting.pipeline.progress import Reporter


def play(terminal: bool) -> tuple[Reporter, str]:
    out = StringIO()
    reporter = Reporter(Console(file=out, force_terminal=terminal, width=80))
    with reporter.step("notebooks", "Running two [notebooks]") as tick:
        tick("churn", 1, 2)
        tick("churn", 2, 2)
    reporter.say("Open [index.html]")
    return reporter, out.getvalue()


def test_a_log_has_one_line_a_step_and_no_control_codes():
    reporter, text = play(terminal=False)
    lines = [re.sub(r"^\[ *\d+\.\d s\] ", "", line) for line in text.splitlines()]
    assert lines == ["Running two [notebooks]", "  churn done", "Open [index.html]"]
    assert reporter.seconds.keys() == {"notebooks"}


def test_a_terminal_has_bars():
    reporter, text = play(terminal=True)
    assert "\x1b[" in text
    assert "churn" in text
    assert "[index.html]" in text
    assert reporter.seconds["notebooks"] >= 0


@pytest.mark.parametrize("terminal", [False, True])
def test_many_parts_are_one_line_with_an_estimate_and_the_failures(terminal):
    out = StringIO()
    reporter = Reporter(Console(file=out, force_terminal=terminal, width=80))
    with reporter.counted("reviews", "Making reviews", 3) as tick:
        for failed in (0, 1, 1):
            tick(failed)
    assert reporter.seconds.keys() == {"reviews"}
    if not terminal:
        first, last = (re.sub(r"^\[ *\d+\.\d s\] ", "", line) for line in out.getvalue().splitlines())
        assert first == "Making reviews: 1 of 3, about 0 s left"
        assert last == "Making reviews: 3 of 3, 1 failed"


def test_a_step_that_fails_lets_the_error_through():
    reporter = Reporter(Console(file=StringIO()))
    with pytest.raises(ValueError, match="inside"), reporter.step("a", "A"):
        raise ValueError("inside")
    assert not reporter.seconds

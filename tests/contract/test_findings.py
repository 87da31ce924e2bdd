"""Findings in print."""

from __future__ import annotations

import pytest

from reporting.contract import Finding, refuse
from reporting.contract.findings import as_text, shorten
from reporting.errors import ContractError


def test_strangers_text_is_quoted_escaped_and_cut():
    assert shorten("\x1b[31mred\n") == "'\\x1b[31mred\\n'"
    assert shorten("x" * 100) == "'" + "x" * 59 + "…'"


def test_missing_values_say_so():
    assert as_text({"a": None, "b": float("nan"), "c": 1}) == {"a": "(empty)", "b": "(empty)", "c": "1"}


def test_only_errors_refuse_and_all_are_told():
    warning = Finding("w", "warning", "events", None, 1, 2, "A warning.")
    refuse([warning], "x.yml")
    errors = [
        Finding("e", "error", "accounts", c, 1, 2, f"Wrong {c}.", [{"id": "1"}], "Mend it.") for c in "ab"
    ]
    with pytest.raises(ContractError) as caught:
        refuse([warning, *errors], "x.yml")
    assert str(caught.value) == (
        "x.yml: 2 errors in the data:\n"
        "  accounts.a: Wrong a.\n      id '1'\n    -> Mend it.\n"
        "  accounts.b: Wrong b.\n      id '1'\n    -> Mend it.\n"
        "  -> Correct the data or the mapping and run again; nothing was written."
    )

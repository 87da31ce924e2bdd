"""The subscription book, on a contract worked out by hand."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

from reporting.demo.calendar import DAY, NEVER
from reporting.demo.terms import ADDON, BASE, Terms


@dataclass
class ThreeAccounts:
    """What the book reads of a market: Team plan, five seats; monthly, quarterly, annual."""

    plan: np.ndarray
    seats: np.ndarray
    billing: np.ndarray

    def __len__(self) -> int:
        return 3


@pytest.fixture
def terms() -> Terms:
    return Terms(ThreeAccounts(np.array([1, 1, 1]), np.array([5, 5, 5]), np.array([0, 1, 2])))


def test_terms_of_three_billing_frequencies(terms: Terms) -> None:
    everyone, day = np.arange(3), np.full(3, 30)  # 1 December 2023
    terms.open(everyone, day)
    assert terms.paying.all()
    np.testing.assert_array_equal(terms.renewal, [NEVER, 121, 396])  # 1 March 2024, 1 December 2024


def test_a_renewal_makes_a_row_and_a_departure_closes_the_add_on(terms: Terms) -> None:
    quarterly = np.array([1])
    terms.open(quarterly, np.array([30]))
    terms.add_addon(quarterly, np.array([40]))
    terms.close(quarterly, terms.renewal[quarterly])
    terms.renew(quarterly)
    terms.close(quarterly, terms.renewal[quarterly], leaves=True)
    book = terms.book()
    expected = pd.DataFrame(
        {
            "kind": [BASE, ADDON, BASE],
            "valid_from": [30 * DAY, 40 * DAY, 121 * DAY],
            "valid_to": [121 * DAY, 213 * DAY, 213 * DAY],
            "leaves": [False, True, True],
        }
    )
    pd.testing.assert_frame_equal(book[list(expected)], expected)
    assert not terms.paying.any()
    assert not terms.has_addon.any()


def test_what_is_open_stays_open_in_the_book(terms: Terms) -> None:
    terms.open(np.array([2]), np.array([30]))
    book = terms.book()
    assert book["valid_to"].tolist() == [NEVER * DAY]
    assert book["renewal"].tolist() == [396]

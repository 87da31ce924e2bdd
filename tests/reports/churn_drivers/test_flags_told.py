"""Kinds of loss, early warnings and ends of subscriptions: at the edges."""

from __future__ import annotations

import pandas as pd
from tests.churn_hand import two_flags
from tests.hand import product

from reporting.analysis.churn import flags
from reporting.reports.telling.flags import flag

CLOSE = pd.Timestamp("2025-06-01")


def test_the_flag_that_warns_most_comes_first_in_its_words_or_by_its_name():
    found = flags.flags(two_flags("flag_no_such_thing", "flag_low_adoption"), product())
    assert [(flag(one.name), one.now) for one in found] == [("no such thing", 2), ("Low adoption", 1)]

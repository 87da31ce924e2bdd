"""Names are unique, also in a large market, and the hostile ones are always there."""

from __future__ import annotations

import numpy as np

from reporting.demo.names import HOSTILE, company_names


def test_names_are_unique_and_hostile_ones_present() -> None:
    regions = np.array(["EMEA", "APAC", "North America"] * 2500, dtype=object)
    names = company_names(np.random.default_rng(1), regions)
    assert len(set(names)) == len(names)
    assert set(HOSTILE) <= set(names)


def test_hostile_names_hold_every_dangerous_character() -> None:
    assert set("<>&|*_~=#$[]()@'\"\\`{}:-+%;") <= set("".join(HOSTILE))

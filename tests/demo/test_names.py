"""Names are unique, also in a large market; addresses lead nowhere."""

from __future__ import annotations

import numpy as np

from reporting.demo.names import company_names, email


def test_names_are_unique() -> None:
    regions = np.array(["EMEA", "APAC", "North America"] * 2500, dtype=object)
    names = company_names(np.random.default_rng(1), regions)
    assert len(set(names)) == len(names)


def test_an_address_is_of_the_domain_that_no_mail_goes_to() -> None:
    assert email("U01234", "Amber Hotels Inc.") == "u01234@amber-hotels-inc.example"

"""Company names, and the addresses of the people who work there."""

from __future__ import annotations

import re

import numpy as np

_FIRST = """
    Alder Amber Anchor Apex Aster Beacon Birch Bluewater Bright Calder Cedar Cobalt Copper Crest
    Delta Eastgate Elm Ember Falcon Fern Garnet Granite Harbour Hazel Heron Highland Indigo Iron Ivy
    Juniper Kestrel Lakeside Larch Linden Marlin Meridian Northfield Oak Onyx Orchard Pine Quarry
    Raven Redwood River Rowan Sable Saffron Silver Slate Sparrow Stone Summit Sycamore Tern Thistle
    Umber Vale Vector Violet Westbrook Willow Wren Zephyr
"""
_SECOND = """
    Analytics Apparel Biotech Capital Care Clinics Components Energy Engineering Foods Freight
    Furniture Health Hotels Insurance Labs Learning Logistics Media Mobility Motors Networks Optics
    Packaging Partners Payments Plastics Power Publishing Retail Robotics Security Software Solar
    Studios Systems Textiles Travel Ventures
"""
_FORM = {
    "North America": ("Inc.", "LLC", "Corp."),
    "EMEA": ("GmbH", "Ltd", "AB"),
    "APAC": ("Pty Ltd", "Pte Ltd"),
}


def company_names(rng: np.random.Generator, regions: np.ndarray) -> np.ndarray:
    """One unique name per account."""
    pairs = [f"{first} {second}" for first in _FIRST.split() for second in _SECOND.split()]
    order = rng.permutation(len(pairs))
    names = []
    for i, region in enumerate(regions):
        forms = _FORM[region]
        again, pair = divmod(i, len(pairs))
        count = f" {again + 1}" if again else ""
        names.append(f"{pairs[order[pair]]}{count} {forms[i % len(forms)]}")
    return np.array(names, dtype=object)


def email(user_id: str, company: str) -> str:
    """`u01234@amber-hotels-inc.example`; no mail goes to the domain `example` (RFC 2606)."""
    domain = re.sub("[^a-z0-9]+", "-", company.lower()).strip("-")
    return f"{user_id.lower()}@{domain}.example"

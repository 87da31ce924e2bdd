"""Company names: plausible ones, and a few that break careless HTML, Markdown, Typst and spreadsheets."""

from __future__ import annotations

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

HOSTILE = (
    "<b>Müller & Söhne</b> GmbH",
    "Pipe | Works, LLC",
    "*Star* _Under_ ~Strike~",
    "=SUM(A1:A9) Holdings",
    "#hash $math$ [link](x) @fig-x",
    'O\'Brien "Quotes" & Partners',
    "Back\\slash \\emph{Tools}",
    "`code` {{< braces >}} ::: Ltd",
    "Smörgåsbord Ærø Čapek Łódź S.A.",
    "-Dash, +Plus; 50 % <!-- off -->",
)


def company_names(rng: np.random.Generator, regions: np.ndarray) -> np.ndarray:
    """One unique name per account; the hostile ones are spread evenly over the accounts."""
    n = len(regions)
    pairs = [f"{first} {second}" for first in _FIRST.split() for second in _SECOND.split()]
    order = rng.permutation(len(pairs))
    names = []
    for i, region in enumerate(regions):
        forms = _FORM[region]
        again, pair = divmod(i, len(pairs))
        count = f" {again + 1}" if again else ""
        names.append(f"{pairs[order[pair]]}{count} {forms[i % len(forms)]}")
    named = np.array(names, dtype=object)
    spots = np.unique(np.linspace(2, n - 1, len(HOSTILE)).astype(int))
    named[spots] = HOSTILE[: len(spots)]
    return named

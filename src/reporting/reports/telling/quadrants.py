"""What fits the accounts of each quadrant of health and revenue."""

from __future__ import annotations

import pandas as pd

from reporting.analysis.matrix import by_quadrant

from .book import Book

_FITS = {
    "large and healthy": "expansion talk",
    "large, not healthy": "customer success first",
    "small and healthy": "grow in product",
    "small, not healthy": "automated help",
}


def quadrant_table(book: Book) -> pd.DataFrame:
    """The columns of `matrix.by_quadrant`, the quadrant among them, and `action`: what fits."""
    table = by_quadrant(book).reset_index()
    return table.assign(action=table["quadrant"].map(_FITS))

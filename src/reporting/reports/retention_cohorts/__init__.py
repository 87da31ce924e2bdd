"""Retention cohorts: who stays, by cohort and behaviour; growing or plateauing; which segments differ."""

from .data import Data, load
from .early import by_beginning, contraction
from .economics import economics
from .groups import activation_curves, by_feature, by_segment, first_value_curves, segment_table
from .method import exports
from .outlook import forecast, targets
from .trend import growth, headline, key_figures, trend
from .triangles import grr_triangle, logo_triangle, nrr_triangle, usage_triangle

__all__ = [
    "Data",
    "activation_curves",
    "by_beginning",
    "by_feature",
    "by_segment",
    "contraction",
    "economics",
    "exports",
    "first_value_curves",
    "forecast",
    "growth",
    "grr_triangle",
    "headline",
    "key_figures",
    "load",
    "logo_triangle",
    "nrr_triangle",
    "segment_table",
    "targets",
    "trend",
    "usage_triangle",
]

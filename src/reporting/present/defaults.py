"""Matplotlib's defaults from the brand: its font and colours, quiet axes."""

from __future__ import annotations

import dataclasses
import functools

import matplotlib
from matplotlib import font_manager
from matplotlib.rcsetup import cycler

from reporting.present.brand import Brand, Font


@functools.cache
def _register_fonts(brand_font: Font) -> None:
    """Make the family known with its true weights: a SemiBold file calls itself a family of its own."""
    for name, path in brand_font.files.items():
        entry = font_manager.ttfFontProperty(font_manager.get_font(path))
        weight, slant = (600 if name == "semibold" else 400), ("italic" if name == "italic" else "normal")
        font_manager.fontManager.ttflist.append(
            dataclasses.replace(entry, name=brand_font.family, weight=weight, style=slant)
        )
    # Matplotlib logs a complaint when the fallback family lacks a weight that was asked for.
    fallback = font_manager.FontProperties(family="DejaVu Sans", weight="bold")
    bold = font_manager.ttfFontProperty(font_manager.get_font(font_manager.findfont(fallback)))
    font_manager.fontManager.ttflist.append(dataclasses.replace(bold, weight=600))


def apply(brand: Brand) -> None:
    """Set Matplotlib's defaults for every chart that follows."""
    _register_fonts(brand.font)
    matplotlib.rcParams.update(
        {
            "font.family": [brand.font.family, "DejaVu Sans"],
            "font.size": 9,
            "font.weight": 400,
            "text.color": brand.ink,
            "text.parse_math": False,  # a dollar sign is a dollar sign
            "axes.unicode_minus": True,
            "axes.prop_cycle": cycler(color=[pair.light for pair in brand.palette]),
            "axes.edgecolor": brand.muted,
            "axes.labelcolor": brand.muted,
            "axes.labelsize": 9,
            "axes.linewidth": 0.6,
            "axes.titlesize": 9.5,
            "axes.titleweight": 600,
            "axes.titlecolor": brand.ink,
            "axes.titlelocation": "left",
            "axes.titlepad": 6,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.spines.left": False,
            "axes.grid": True,
            "axes.grid.axis": "y",
            "axes.axisbelow": True,
            "axes.xmargin": 0.02,
            "axes.facecolor": "none",
            "figure.facecolor": "none",
            "savefig.facecolor": "none",
            "grid.color": brand.line,
            "grid.linewidth": 0.6,
            "xtick.color": brand.muted,
            "ytick.color": brand.muted,
            "xtick.labelsize": 8.5,
            "ytick.labelsize": 8.5,
            "xtick.major.size": 3,
            "xtick.major.width": 0.6,
            "ytick.major.size": 0,
            "lines.linewidth": 1.8,
            "lines.solid_capstyle": "round",
            "patch.linewidth": 0,
            "legend.frameon": False,
            "legend.fontsize": 8.5,
            "figure.titlesize": 10.5,
            "figure.titleweight": 600,
            "figure.constrained_layout.h_pad": 0.03,
            "figure.constrained_layout.w_pad": 0.02,
        }
    )

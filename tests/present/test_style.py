"""Charts that colour-blind readers, grey printers and dark screens can read."""

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.colors import to_hex

from reporting.present import style
from reporting.present.brand import SHIPPED, load_brand
from reporting.present.svg import glyphs_of_the_browser

BRAND = load_brand(SHIPPED)

# Simulation of dichromacy in linear RGB: Machado, Oliveira and Fernandes (2009), severity 1.
VISION = {
    "normal": np.eye(3),
    "protan": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deutan": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritan": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}


def linear(color: str) -> np.ndarray:
    channels = np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def luminance(color: str) -> float:
    return float(linear(color) @ [0.2126, 0.7152, 0.0722])


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def lab(rgb: np.ndarray) -> np.ndarray:
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    ratio = to_xyz @ np.clip(rgb, 0, 1) / [0.95047, 1, 1.08883]
    f = np.where(ratio > 0.008856, np.cbrt(ratio), 7.787 * ratio + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("side", ["light", "dark"])
@pytest.mark.parametrize("vision", VISION)
def test_any_two_colours_stay_apart(side, vision):
    seen = [lab(np.array(VISION[vision]) @ linear(getattr(color, side))) for color in BRAND.palette]
    assert min(np.linalg.norm(a - b) for a, b in itertools.combinations(seen, 2)) > 15


@pytest.mark.parametrize("side", ["light", "dark"])
def test_colours_stand_out_from_the_paper(side):
    paper = getattr(BRAND.colors["paper"], side)
    assert all(contrast(getattr(color, side), paper) >= 3 for color in BRAND.palette)
    for role in ("ink", "muted", "accent", "good", "bad"):
        for ground in ("paper", "tint"):
            colors = getattr(BRAND.colors[role], side), getattr(BRAND.colors[ground], side)
            assert contrast(*colors) >= 4.5, (role, ground)


def test_first_four_colours_differ_in_grey_print():
    lightness = sorted(lab(linear(color.light))[0] for color in BRAND.palette[:4])
    assert min(np.diff(lightness)) > 8


@pytest.mark.parametrize("value", np.linspace(0, 1, 11))
def test_text_on_a_heat_map_is_readable(value):
    for cmap in (style.ramp(), style.ramp(around=True)):
        color = cmap(value)[:3]
        ground = "#" + "".join(f"{round(255 * channel):02x}" for channel in color)
        assert contrast(style.text_on(color), ground) >= 4.5


def test_every_step_of_a_heat_map_has_its_counterpart_in_the_dark():
    themed = [color.light for color in BRAND.variables().values()]
    assert len(set(themed)) == len(themed)  # a fill names one variable
    for cmap in (style.ramp(), style.ramp(around=True)):
        assert {to_hex(color) for color in cmap.colors} <= set(themed)


def test_more_stands_out_more_from_the_ground_on_either_side():
    for side in ("light", "dark"):
        ground = getattr(BRAND.colors["paper"], side)
        steps = [contrast(getattr(step, side), ground) for step in BRAND.more()]
        assert steps == sorted(steps)


@pytest.mark.parametrize("name", BRAND.variables())
def test_text_on_a_fill_is_readable_on_paper_and_on_a_dark_screen(name):
    fill, ink = BRAND.variables()[name], BRAND.inks()[f"on-{name}"]
    assert contrast(ink.light, fill.light) >= 4.5 and contrast(ink.dark, fill.dark) >= 4.5
    assert style.text_on(fill.light) == ink.light


@given(st.lists(st.floats(-100, 100), min_size=1, max_size=12))
def test_labels_are_pushed_apart_and_no_further(heights):
    wanted = np.sort(heights)
    placed = style._spread(wanted, 10)
    assert np.all(np.diff(placed) >= 10 - 1e-6)
    assert placed.mean() == pytest.approx(wanted.mean(), abs=1e-6)
    if np.all(np.diff(wanted) >= 10):
        assert placed == pytest.approx(wanted)


def test_month_axis_ends_on_the_last_month_and_names_each_year_once():
    _, ax = style.figure()
    style.month_axis(ax, pd.date_range("2024-11-01", periods=24, freq="MS"))
    texts = [tick.get_text() for tick in ax.get_xticklabels()]
    assert texts[-1].startswith("Oct")
    assert [text.split("\n")[1] for text in texts if "\n" in text] == ["2025", "2026"]


@pytest.mark.parametrize(
    ("cents", "text"),
    [
        (0, "$0"),
        (200_000_000, "$2M"),
        (125_000_000, "$1.25M"),
        (25_000_000, "$250k"),
        (-5_000_000, "\u2212$50k"),
    ],
)
def test_money_ticks_carry_no_idle_zeros(cents, text):
    _, ax = style.figure()
    style.money_axis(ax.yaxis, "USD")
    assert ax.yaxis.get_major_formatter()(cents) == text


def test_grid_and_title_follow_the_brand():
    _, ax = style.figure("half")
    style.title(ax, "A finding that is so long that it has to be set on two lines of a small chart")
    assert "\n" in ax.figure.get_suptitle()
    assert not ax.spines["top"].get_visible()


@pytest.mark.parametrize("width", ["full", "half"])
@pytest.mark.parametrize("letter", ["i", "W", "é", "株"])
def test_a_long_finding_stays_inside_the_figure(width, letter):
    fig, ax = style.figure(width)
    style.title(ax, " ".join([letter * 7] * 16))
    with glyphs_of_the_browser():
        fig.draw_without_rendering()
        drawn = fig._suptitle.get_window_extent()
    assert drawn.x1 <= fig.bbox.x1

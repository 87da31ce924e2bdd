"""Charts as pictures, where SVG isn't shown: set by Typst in the brand's font, always the same bytes."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path

import typst

from reporting.pipeline.render.pdf import fonts_of, printable
from reporting.present.brand import Font

DOTS = 300
"""An inch of the chart's own size."""
_PAGE = '#set page(width: auto, height: auto, margin: 0pt, fill: rgb("{paper}"))\n#image("chart.svg")\n'


def write_pictures(charts: Iterable[str], folder: Path, out: Path, font: Font, paper: str) -> dict[str, Path]:
    """Write each chart as PNG into `out`.

    Args:
        charts: Paths of SVG files in `folder`.
        paper: What they stand on, `#rrggbb`.

    Returns:
        Chart -> its picture.
    """
    made = {}
    for chart in dict.fromkeys(charts):
        path = out / f"{Path(chart).parent.name}-{Path(chart).stem}.png"
        path.write_bytes(_png((folder / chart).read_text(encoding="utf-8"), font, paper))
        made[chart] = path
    return made


def _png(svg: str, font: Font, paper: str) -> bytes:
    with tempfile.TemporaryDirectory(prefix="reporting-chart-") as temporary:
        root = Path(temporary)
        (root / "chart.svg").write_text(printable(svg, font), encoding="utf-8")
        (root / "main.typ").write_text(_PAGE.format(paper=paper), encoding="utf-8")
        compiler = typst.Compiler(str(root / "main.typ"), root=str(root), font_paths=fonts_of(font))
        made = compiler.compile(format="png", ppi=DOTS)
    assert isinstance(made, bytes)
    return made

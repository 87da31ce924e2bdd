"""The README's pictures: pages of the demo company's published month, set by Typst as they are printed."""

from __future__ import annotations

import io
import sys
from pathlib import Path

from PIL import Image

from reporting.pipeline import inputs
from reporting.pipeline.history import published_run
from reporting.pipeline.produce import context_of
from reporting.pipeline.project import Project
from reporting.pipeline.render.document import read_document
from reporting.pipeline.render.pdf import page_pictures

ROOT = Path(__file__).parents[1]
OUT = ROOT / "docs" / "pictures"
PAGES = {"executive_brief": 1, "retention_cohorts": 3, "churn_drivers": 2}
"""Report -> its page shown."""
PPI, COLOURS = 90, 64  # enough to read a heading by; under 150 kB each

if __name__ == "__main__":
    project = Project(ROOT).require()
    run = published_run(project, "demo", sys.argv[1] if len(sys.argv) > 1 else None)
    assert run.manifest is not None
    context = context_of(run.manifest, inputs.brand(project))
    OUT.mkdir(exist_ok=True)
    for report, page in PAGES.items():
        pages = page_pictures(read_document(run.folder / "documents" / f"{report}.qmd"), context, PPI)
        picture = Image.open(io.BytesIO(pages[page - 1])).convert("RGB")
        picture.quantize(COLOURS, dither=Image.Dither.NONE).save(OUT / f"{report}.png", optimize=True)

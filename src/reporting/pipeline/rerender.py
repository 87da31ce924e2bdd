"""Set the pages of a published month again, with another renderer say, beside what is published."""

from __future__ import annotations

import shutil
from pathlib import Path

from reporting.params.load import load_yaml
from reporting.params.monthly import Monthly
from reporting.pipeline import inputs
from reporting.pipeline.history import Run
from reporting.pipeline.manifest import CRATE, SIGNATURE, SUMS
from reporting.pipeline.plan import choose_renderer, require_project
from reporting.pipeline.progress import Reporter
from reporting.pipeline.project import Project
from reporting.pipeline.verify import require_sound


def rerender(project: Project, run: Run, asked: str, reporter: Reporter, keep: bool = False) -> Path:
    """Render the documents of `run` into `build/<source>/<month>/rendered-<renderer>/`.

    Args:
        asked: As for `choose_renderer`.
        keep: Whether Quarto's project is left in `build/<source>/<month>/quarto/`.

    Returns:
        That folder.

    Raises:
        AuditDifference: The month isn't as it was published.
        ConfigError: The renderer isn't there, or `build/` can't be written.
        RenderError: A page isn't sound.
    """
    from reporting.pipeline.produce import PROJECT, context_of, render_month

    assert run.manifest is not None
    require_sound(run)
    renderer = choose_renderer(asked, load_yaml(project.params, Monthly))
    require_project(renderer, keep)
    out = project.build(run.source, run.month) / f"rendered-{renderer.split()[0]}"
    project.require_writable(out.parent, out)
    shutil.rmtree(out, ignore_errors=True)
    pages = ("*.html", "*.pdf", "assets", "mail", "accounts", "owners")
    once = ("site_libs", "search.json")  # of months that Quarto set with its own frame
    made = shutil.ignore_patterns(*pages, *once, SIGNATURE, SUMS, CRATE)
    shutil.copytree(run.folder, out, ignore=made)
    with reporter.step("render", f"Rendering with {renderer}"):
        kept = out.parent / PROJECT if keep else None
        render_month(out, context_of(run.manifest, inputs.brand(project)), renderer, kept)
    return out

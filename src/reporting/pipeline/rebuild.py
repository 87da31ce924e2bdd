"""A published month from its sources again, as of its close: whether they still say the same."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from reporting.errors import AuditDifference
from reporting.pipeline import inputs
from reporting.pipeline.audit import check_hashes
from reporting.pipeline.drift import TableDrift, drift, other_sources
from reporting.pipeline.history import Run
from reporting.pipeline.manifest import Manifest
from reporting.pipeline.progress import Reporter
from reporting.pipeline.project import Project
from reporting.pipeline.restated import Restated, restated
from reporting.pipeline.sets import source_of
from reporting.pipeline.verify import spoilt

if TYPE_CHECKING:
    from reporting.reports.comparison import Figure
    from reporting.snapshot.frozen import Snapshot

NAMES = ("As published", "by the sources now")
PAGE = "comparison.html"


@dataclass(frozen=True)
class Rebuilt:
    """What the sources say of a published month today.

    Attributes:
        sources: What it was read from and is not as it was.
        changed: Other inputs that are no longer what they were: code, packages. They may be the cause, too.
        tables: The snapshot's tables that come out otherwise.
        restated: MRR and paying accounts, with the accounts that moved them; None where they are the same.
        figures: Reported figures that move.
        page: A page that shows both months; None where they are the same.
    """

    sources: list[str]
    changed: list[str]
    tables: list[TableDrift]
    restated: Restated | None
    figures: list[Figure]
    page: Path | None

    @property
    def same(self) -> bool:
        """Whether the snapshot came out again as it was published."""
        return not self.tables


def from_sources(project: Project, run: Run, reporter: Reporter) -> Rebuilt:
    """Freeze the month of `run` again from its sources, as of its close, and compare.

    The product definition is the month's own, and nothing is taken from the cache. Snapshot and judgement
    are left in `build/<source>/<month>/from-sources/`.

    Raises:
        AuditDifference: The published snapshot was altered; it can't be compared with.
        UsageError: The source can't be read, or breaks the contract.
    """
    from reporting.snapshot.frozen import Snapshot

    assert run.manifest is not None
    if spoilt(check_hashes(run, reporter)):
        raise AuditDifference(
            "the manifest or the snapshot was altered; there is nothing to compare the sources with.",
            where=run.folder,
            remedy="Restore the month from a backup, and audit it then.",
        )
    then = Snapshot.load(run.folder / "snapshot")
    stage = project.build(run.source, run.month) / "from-sources"
    project.require_writable(stage.parent, stage)
    shutil.rmtree(stage, ignore_errors=True)
    now = _freeze(project, run, then, stage, reporter)
    published = run.manifest.inputs
    today = inputs.collect(project, now, run.source, {}, {}, published.renderer, published.slides)
    changed = [name for name in published.changed(today) if name in ("code", "packages")]
    tables = drift(then, now)
    if not tables:
        return Rebuilt(other_sources(then, now), changed, [], None, [], None)
    return _compared(project, run.manifest, then, now, changed, tables, reporter)


def _freeze(project: Project, run: Run, then: Snapshot, stage: Path, reporter: Reporter) -> Snapshot:
    from reporting.snapshot.build import build_snapshot
    from reporting.sources import open_source

    with (
        reporter.step("snapshot", f"Freezing {run.source} {run.month} again, from the sources"),
        open_source(source_of(run.source), project.params_dir) as source,
    ):
        source.require_month(run.month)
        return build_snapshot(
            source, then.product, run.month, stage / "snapshot", None, lambda text: reporter.say(f"  {text}")
        )


def _compared(
    project: Project,
    manifest: Manifest,
    then: Snapshot,
    now: Snapshot,
    changed: list[str],
    tables: list[TableDrift],
    reporter: Reporter,
) -> Rebuilt:
    """What follows from other tables, told and as a page."""
    from reporting.pipeline.produce import context_of, judged
    from reporting.pipeline.render.comparison import Note, write_comparison
    from reporting.reports.comparison import Comparison

    judged(now, reporter)
    both, sources = Comparison(then.path, now.path), other_sources(then, now)
    page = now.path.parent / PAGE
    notes = [
        Note("Sources that are not as they were", sources),
        Note("Tables that come out otherwise", [str(table) for table in tables]),
    ]
    write_comparison(page, both, NAMES, context_of(manifest, inputs.brand(project)), notes)
    figures = [figure for figure in both.figures if figure.differs]
    return Rebuilt(sources, changed, tables, restated(then.path, now.path), figures, page)

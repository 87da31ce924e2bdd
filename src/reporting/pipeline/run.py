"""One month, from the source to the published folder."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reporting.errors import BusyError, ConfigError, RunError
from reporting.month import Month
from reporting.pipeline import inputs
from reporting.pipeline.chain import links_of
from reporting.pipeline.crate import write_crate
from reporting.pipeline.disk import disk_full
from reporting.pipeline.history import runs
from reporting.pipeline.limits import Limits
from reporting.pipeline.lock import hold
from reporting.pipeline.manifest import CRATE, Manifest, inventory, sha256, versions
from reporting.pipeline.parts import parts
from reporting.pipeline.plan import Plan
from reporting.pipeline.progress import Reporter
from reporting.pipeline.project import Project
from reporting.pipeline.provenance import person, provenance
from reporting.pipeline.publish import is_intact, publish, staging, sweep
from reporting.pipeline.restated import Restated, restated_by
from reporting.pipeline.signature import sign, signing_key
from reporting.pipeline.standing import Standing
from reporting.present.words import plural

if TYPE_CHECKING:
    from reporting.pipeline.execute import Executed
    from reporting.pipeline.kernels import Forkserver
    from reporting.snapshot.frozen import Snapshot
    from reporting.sources import Source


@dataclass(frozen=True)
class Outcome:
    """How a run ended.

    Attributes:
        state: `published`, `unchanged` (the month stands there already, from the same inputs) or `preview`.
        folder: The month's folder.
        kept: Where the run that was replaced is kept.
        restated: Earlier months, as published, that today's tables no longer agree with.
    """

    state: str
    manifest: Manifest
    folder: Path
    kept: Path | None = None
    restated: tuple[Restated, ...] = ()


def run(project: Project, plan: Plan, reporter: Reporter) -> Outcome:
    """Make the reports of one month and publish them.

    Raises:
        UsageError: Nothing was written.
        RunError: A notebook or the rendering failed; nothing was published, the half-made month is kept in
            `build/<source>/<month>/failed/`.
        DiskFull: What was half-made is removed.
    """
    key, standing = signing_key(), Standing(project, plan)
    if manifest := standing.published():
        outcome = Outcome("unchanged", manifest, project.published(plan.place, standing.month))
        return _with_restated(project, plan, outcome)
    from reporting.pipeline.kernels import Forkserver
    from reporting.sources import open_source

    # Its imports go on while the source is opened and frozen.
    with Forkserver(Limits.of(plan.monthly)) as forkserver:
        for note in inputs.brand(project).notes:
            reporter.say(f"Brand: {note}.")
        with reporter.step("source", f"Opening the source {plan.source}"):
            source = open_source(plan.source, project.params_dir)
        with source:
            month = plan.month or source.last_month()
            source.require_month(month)
            _require_writable(project, plan.source, month)
            with hold(_lock(project, plan, month), f"{plan.source} {month}"):
                _sweep_others(project, plan, month)

                def whole(out: Path) -> Snapshot:
                    return freeze(source, project, plan, month, out, reporter)

                made = (month, forkserver, key)
                outcome = _run_month(project, replace(plan, source=plan.place), whole, *made, reporter)
                if plan.per:
                    _run_parts(project, plan, outcome.folder, *made, reporter)
    if outcome.state != "preview":
        refresh_archive(project)
        standing.keep(outcome.manifest.run_id)
    return _with_restated(project, plan, outcome)


def _with_restated(project: Project, plan: Plan, outcome: Outcome) -> Outcome:
    published = [found.folder for found in runs(project, plan.place) if found.state == "published"]
    return replace(outcome, restated=tuple(restated_by(outcome.folder / "snapshot", published)))


def _run_parts(
    project: Project,
    plan: Plan,
    whole: Path,
    month: Month,
    forkserver: Forkserver,
    key: Path | None,
    reporter: Reporter,
) -> None:
    """Publish the parts of a published month beside it, and say so in a line each."""
    found = list(parts(whole, plan.per or ""))
    for number, part in enumerate(found, 1):
        mine = replace(plan, source=part.source(plan.source))
        made = _run_month(project, mine, part.freeze, month, forkserver, key, reporter.quiet())
        place = made.folder.relative_to(project.root)
        accounts = plural(len(part.accounts), "account")
        reporter.say(f"{number} of {len(found)}: {part.label}, {accounts}: {made.state}, {place}")


def _require_writable(project: Project, source: str, month: Month) -> None:
    """Also the folders that somebody else may have made: nothing is half-published for want of a right."""
    target = project.published(source, month)
    kept = target.parent / "superseded"
    project.require_writable(
        project.reports / ".locks", target.parent, target, kept, project.build(source, month)
    )


def _lock(project: Project, plan: Plan, month: Month) -> Path:
    return project.reports / ".locks" / f"{plan.source}-{month}.lock"


def _sweep_others(project: Project, plan: Plan, month: Month) -> None:
    """Finish or remove what killed runs of other months left; a month that is being made is left alone."""
    for left in project.published(plan.place, month).parent.glob(".*-????-??"):
        with suppress(BusyError, ConfigError):
            other = Month.parse(left.name[-7:])
            if other != month:
                with hold(_lock(project, plan, other), f"{plan.source} {other}"):
                    sweep(project.published(plan.place, other))


def refresh_archive(project: Project) -> None:
    """Bring `reports/index.html` up to date."""
    from reporting.pipeline.render import render_archive

    with hold(project.reports / ".locks" / "archive.lock", "the archive", wait=True):
        render_archive(project.reports, inputs.brand(project))


def freeze(
    source: Source, project: Project, plan: Plan, month: Month, out: Path, reporter: Reporter
) -> Snapshot:
    """Build the snapshot of `month` in folder `out`."""
    from reporting.snapshot.build import build_snapshot

    with reporter.step("snapshot", f"Freezing the snapshot of {month}"):
        cache = project.build(plan.source) / "cache"
        return build_snapshot(source, plan.product, month, out, cache, lambda text: reporter.say(f"  {text}"))


def _run_month(
    project: Project,
    plan: Plan,
    frozen: Callable[[Path], Snapshot],
    month: Month,
    forkserver: Forkserver,
    key: Path | None,
    reporter: Reporter,
) -> Outcome:
    """Make and publish what `frozen` freezes in the folder that it is given."""
    from reporting.pipeline.produce import (
        PROJECT,
        context_of,
        judged,
        make_site,
        require_success,
        run_notebooks,
    )

    started = dt.datetime.now(dt.UTC)
    target = project.published(plan.source, month)
    build = project.build(plan.source, month)
    sweep(target)
    stage = build / "preview" if plan.partial else staging(target)
    with _kept_on_failure(stage, build / "failed"):
        snapshot = frozen(stage / "snapshot")
        given = (plan.notebooks, plan.parameters, plan.renderer, plan.slides)
        made_from = inputs.collect(project, snapshot, plan.source, *given)
        if not plan.partial and is_intact(target, made_from.run_id):
            shutil.rmtree(stage)
            return Outcome("unchanged", Manifest.read(target), target)
        judged(snapshot, reporter)
        executed = run_notebooks(stage, plan.notebooks, plan.parameters, forkserver, reporter)
        require_success(executed, build / "failed" / "notebooks")
        manifest = Manifest(
            inputs=made_from,
            title=snapshot.meta["title"],
            snapshot=snapshot.hash,
            sources=snapshot.meta["sources"],
            findings=snapshot.findings["severity"].value_counts().sort_index().to_dict(),
            versions=versions(),
            provenance=provenance(project, plan.command),
            **links_of(project, plan.source, month),
        )
        keep = build / PROJECT if plan.keep_project else None
        context = context_of(manifest, inputs.brand(project))
        make_site(stage, executed, context, plan.renderer, plan.slides, reporter, keep)
        volatile = _circumstances(started, executed, reporter) | (
            person() if plan.monthly.record_person else {}
        )
        manifest = replace(manifest, outputs=inventory(stage), volatile=volatile)
        write_crate(manifest, stage)
        manifest = replace(manifest, crate=sha256(stage / CRATE))
        manifest.write(stage)
        if key:
            sign(stage, key)
        if plan.partial:
            return Outcome("preview", manifest, stage)
        return Outcome("published", manifest, target, publish(target))


@contextmanager
def _kept_on_failure(stage: Path, failed: Path) -> Generator[None]:
    """An empty folder `stage`, moved to `failed` if the run fails and removed if it is broken off."""
    for folder in (stage, failed):
        shutil.rmtree(folder, ignore_errors=True)
    stage.mkdir(parents=True)
    try:
        yield
    except BaseException as error:
        full = disk_full(error, stage.parent, failed.parent)
        try:
            if isinstance(error, RunError) and not full:
                failed.parent.mkdir(parents=True, exist_ok=True)
                shutil.move(stage, failed)
                error.where = error.where and error.where.replace(str(stage), str(failed))
        finally:
            shutil.rmtree(stage, ignore_errors=True)
            with suppress(OSError):
                stage.parent.rmdir()  # nothing of this source is published yet
        if full:
            raise full from error
        raise


def _circumstances(started: dt.datetime, executed: list[Executed], reporter: Reporter) -> dict[str, Any]:
    """What the run's times were; no figure depends on them."""
    return {
        "started": started.isoformat(timespec="seconds"),
        "finished": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "seconds": reporter.seconds,
        "notebooks": {
            result.notebook.name: {
                "seconds": result.seconds,
                "slowest_cell": round(max(result.cells, default=0.0), 3),
                "standard_error": result.warnings,
            }
            for result in executed
        },
    }

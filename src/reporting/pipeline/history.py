"""The runs there are: published, superseded, failed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from reporting.errors import ConfigError, did_you_mean
from reporting.month import Month
from reporting.pipeline.manifest import Manifest
from reporting.pipeline.project import Project
from reporting.pipeline.publish import superseded
from reporting.pipeline.sets import FOLDER


@dataclass(frozen=True)
class Run:
    """A run on disk.

    Attributes:
        source: Its name; of a part or a set of notebooks, where it lies below `reports/`:
            `acme/per-owner/ben-okafor-fc7188edbd`, `acme/sets/board`.
        state: `published`, `superseded` or `failed`.
        manifest: None of a failed run, and of one whose manifest can't be read.
        fault: Why it can't be read.
    """

    source: str
    month: Month
    state: str
    folder: Path
    manifest: Manifest | None
    fault: ConfigError | None = None

    @property
    def name(self) -> str:
        """What `reporting diff` calls it."""
        if self.state == "superseded" and self.manifest:
            return f"{self.month}@{self.manifest.run_id}"
        return str(self.month)


def runs(project: Project, source: str | None = None) -> Iterator[Run]:
    """All runs, by source and month; superseded ones after the published one."""
    patterns = [source] if source else ["[!.]*", "[!.]*/per-*/*", f"[!.]*/{FOLDER}/*"]
    for folder in sorted(folder for pattern in patterns for folder in project.reports.glob(pattern)):
        name = folder.relative_to(project.reports).as_posix()
        found = [_read(name, path, "published") for path in folder.glob("????-??") if _is_month(path.name)]
        found += [_read(name, path, "superseded") for path in superseded(folder)]
        yield from sorted(found, key=lambda run: (run.month, run.state, run.folder))
    build = project.root / "build"
    for path in sorted(path for pattern in patterns for path in build.glob(f"{pattern}/????-??/failed")):
        if _is_month(path.parent.name):
            month = Month.parse(path.parent.name)
            yield Run(path.parents[1].relative_to(build).as_posix(), month, "failed", path, None)


def published_run(project: Project, source: str, month: str | None) -> Run:
    """The published run of `month`, or of the last published month.

    Raises:
        ConfigError: Nothing of the kind is published, or its manifest can't be read.
    """
    found = [run for run in runs(project, source) if run.state == "published"]
    wanted = Month.parse(month) if month else None
    for run in reversed(found):
        if wanted in (None, run.month):
            return _sound(run)
    known = ", ".join(str(run.month) for run in found) or "no month"
    raise ConfigError(
        f"{source} {month or ''}".strip() + " is not published.",
        where=project.reports,
        remedy=f"Published of {source}: {known}. `reporting list` shows all, `reporting run` makes one.",
    )


def find_run(project: Project, source: str, name: str) -> Run:
    """The run called `name`: a month `2026-10`, a superseded run `2026-10@<run id>`, or a run id.

    Raises:
        ConfigError: There is none of that name, or a run id has more than one.
    """
    month, _, run_id = name.partition("@")
    if not run_id and _is_month(name):
        for run in runs(project, source):
            if run.state == "published" and str(run.month) == month:
                return _sound(run)
    elif not run_id:
        month, run_id = "", name
    with_manifest = [run for run in runs(project, source) if run.manifest]
    found = [
        run
        for run in with_manifest
        if (run_id or run.state == "published")
        and run.manifest is not None
        and run.manifest.run_id.startswith(run_id)
        and month in ("", str(run.month))
    ]
    if found and len({run.manifest.run_id for run in found if run.manifest}) == 1:
        return found[0]
    names = [run.name for run in with_manifest]
    problem = f"more than one run of {source} is called" if found else f"{source} has no run"
    raise ConfigError(
        f"{problem} '{name}'.{did_you_mean(name, names)}", remedy=f"Runs: {', '.join(names) or 'none'}."
    )


def _sound(run: Run) -> Run:
    if run.fault:
        raise run.fault
    return run


def _read(source: str, folder: Path, state: str) -> Run:
    month = Month.parse(folder.name[:7])
    try:
        return Run(source, month, state, folder, Manifest.read(folder))
    except ConfigError as fault:
        return Run(source, month, state, folder, None, fault)


def _is_month(name: str) -> bool:
    try:
        Month.parse(name)
    except ConfigError:
        return False
    return True

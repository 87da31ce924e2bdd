"""Each month holds the hash of the one before and of the run that it replaced: a chain, which breaks where a
month was forged, exchanged or taken away."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reporting.month import Month
from reporting.pipeline.history import Run, runs
from reporting.pipeline.manifest import CHAINED, NAME, SUPERSEDED, mark, sha256
from reporting.pipeline.project import Project
from reporting.pipeline.verify import verify


@dataclass(frozen=True)
class Break:
    """Where a chain is broken: at which run, and how."""

    run: Run
    text: str


def links_of(project: Project, source: str, month: Month) -> dict[str, Any]:
    """What a run of `month` that is made now follows and replaces, as its manifest holds it."""
    published = [run for run in runs(project, source) if run.state == "published" and run.manifest]
    before = [run for run in published if run.month < month]
    same = [run for run in published if run.month == month]
    return {
        "previous": _link(max(before, key=lambda run: run.month)) if before else None,
        "supersedes": _link(same[0]) if same else None,
    }


def breaks(source_runs: Iterable[Run]) -> Iterator[Break]:
    """Every break in the chain of a source's runs: earliest month first, of a month those replaced first."""
    found = sorted(source_runs, key=lambda run: (run.month, run.state == "published", _made(run)))
    known = {sha256(run.folder / NAME): run for run in found if run.manifest}
    replaced = {
        run.manifest.supersedes["manifest"] for run in found if run.manifest and run.manifest.supersedes
    }
    for run in found:
        if run.manifest is None:
            yield Break(run, f"its manifest can't be read: {run.fault.message if run.fault else 'none'}")
            continue
        for difference in verify(run):
            yield Break(run, str(difference))
        yield from _own(run, known)
        chained = run.state == "superseded" and run.manifest.schema >= CHAINED
        if chained and sha256(run.folder / NAME) not in replaced:
            yield Break(run, "no run says that it replaced this one")


def _own(run: Run, known: dict[str, Run]) -> Iterator[Break]:
    """What a run says of others, held against them."""
    assert run.manifest is not None
    for words, link in (("follows", run.manifest.previous), ("replaced", run.manifest.supersedes)):
        if link is None:
            continue
        other = known.get(link["manifest"])
        told = f"it {words} run {link['run_id']} of {link['month']}"
        if other is None:
            yield Break(run, f"{told}, which isn't here as it was then: forged, or taken away")
        elif (other.month < run.month) != (words == "follows"):
            yield Break(run, f"{told}, which is now in the place of {other.name}")
        elif words == "replaced" and not _marked(run, other.folder):
            yield Break(other, f"its {SUPERSEDED} is not as it was written")


def _marked(run: Run, kept: Path) -> bool:
    assert run.manifest is not None
    path = kept / SUPERSEDED
    return path.is_file() and path.read_bytes() == mark(run.manifest)


def _link(run: Run) -> dict[str, str]:
    assert run.manifest is not None
    return {
        "month": str(run.month),
        "run_id": run.manifest.run_id,
        "manifest": sha256(run.folder / NAME),
    }


def _made(run: Run) -> str:
    return str(run.manifest.volatile.get("finished", "")) if run.manifest else ""

"""The demo company's tables and snapshot, made when they are missing or of another version."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import reporting
from reporting.cli.common import DEMO
from reporting.pipeline.lock import hold
from reporting.pipeline.progress import Reporter
from reporting.pipeline.project import Project


def ensure_tables(project: Project, reporter: Reporter) -> Path:
    """Build the demo tables unless this version's are there; returns their folder."""
    folder = project.build(DEMO) / "tables"
    mark, version = folder / ".version", _version()
    with hold(project.build(DEMO) / ".lock", "the demo company", wait=True):
        if not (mark.exists() and mark.read_text() == version):
            from reporting.demo import build

            with reporter.step("demo", "Building the demo company"):
                mark.unlink(missing_ok=True)
                build(folder)
                mark.write_text(version)
    return folder


def ensure_snapshot(project: Project, reporter: Reporter) -> Path:
    """Freeze the demo company's last month into the folder that the notebooks open on by default."""
    from reporting.pipeline.plan import Request, make_plan
    from reporting.pipeline.produce import judged
    from reporting.pipeline.run import freeze
    from reporting.snapshot.frozen import Snapshot
    from reporting.sources import open_source

    folder, fresh = project.build(DEMO) / "snapshot", project.build(DEMO) / ".snapshot"
    plan = make_plan(project, Request(source=DEMO))
    with hold(project.build(DEMO) / ".lock", "the demo company", wait=True):
        shutil.rmtree(fresh, ignore_errors=True)
        with open_source(DEMO, project.params_dir) as source:
            freeze(source, project, plan, source.last_month(), fresh, reporter)
        shutil.rmtree(folder, ignore_errors=True)
        fresh.rename(folder)
        judged(Snapshot.load(folder), reporter)
    return folder


def _version() -> str:
    """Hash of the code that makes the demo company."""
    code = sorted((Path(reporting.__file__).parent / "demo").glob("*.py"))
    return hashlib.sha256(b"".join(path.read_bytes() for path in code)).hexdigest()

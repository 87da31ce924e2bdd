"""Make a published month again from its snapshot and compare every byte."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from reporting.pipeline import inputs
from reporting.pipeline.compare import Difference, differences
from reporting.pipeline.history import Run
from reporting.pipeline.manifest import Manifest, inventory, versions
from reporting.pipeline.parameters import find_notebooks
from reporting.pipeline.plan import choose_renderer
from reporting.pipeline.progress import Reporter
from reporting.pipeline.project import Project


@dataclass(frozen=True)
class Audit:
    """What an audit found.

    Attributes:
        altered: Published files that are not as they were published.
        changed: Inputs that are no longer what they were: code, lock, notebooks, versions...
        differing: Outputs that came out otherwise.
        rerun: Folder of the new outputs, for a closer look.
    """

    manifest: Manifest
    altered: list[Difference]
    changed: list[str]
    differing: list[Difference]
    rerun: Path

    @property
    def passed(self) -> bool:
        """Whether the published month stands and came out again to the byte."""
        return not (self.altered or self.differing)


def audit(project: Project, run: Run, reporter: Reporter) -> Audit:
    """Run the notebooks of `run` again over its snapshot, with its parameters, and compare.

    The notebooks and the code are those of today; where they are others, the audit names them.

    Raises:
        ConfigError: It was rendered with Quarto, and Quarto isn't here.
        RunError: A notebook or the rendering failed.
    """
    from reporting.pipeline.kernels import Nursery
    from reporting.pipeline.produce import context_of, judged, make_site, require_success, run_notebooks
    from reporting.snapshot.frozen import Snapshot

    published = run.manifest
    assert published is not None
    stage = project.build(run.source, run.month) / "audit"
    shutil.rmtree(stage, ignore_errors=True)
    with Nursery() as nursery:
        renderer = choose_renderer(published.inputs.renderer.split()[0])
        shutil.copytree(run.folder / "snapshot", stage / "snapshot")
        snapshot = Snapshot.load(stage / "snapshot")
        notebooks = find_notebooks(project.notebooks)
        now = inputs.collect(project, snapshot, run.source, notebooks, published.inputs.parameters, renderer)
        changed = published.inputs.changed(now) + _other_versions(published.versions)
        known = {name: notebooks[name] for name in published.inputs.notebooks if name in notebooks}
        judged(snapshot, reporter)
        executed = run_notebooks(stage, known, published.inputs.parameters, nursery, reporter)
    require_success(executed, stage / "notebooks")
    context = context_of(published, inputs.brand(project))
    make_site(stage, executed, context, renderer, reporter)
    altered = differences(published.outputs, inventory(run.folder), stage, run.folder)
    differing = differences(published.outputs, inventory(stage), run.folder, stage)
    return Audit(published, altered, changed, differing, stage)


def _other_versions(published: dict[str, str]) -> list[str]:
    now = versions()
    return [
        f"{name} ({published.get(name, 'absent')}, now {now.get(name, 'absent')})"
        for name in sorted(published.keys() | now.keys())
        if published.get(name) != now.get(name)
    ]

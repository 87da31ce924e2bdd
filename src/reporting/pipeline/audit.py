"""Make a published month again from its snapshot and compare every byte."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from pathlib import Path

from reporting.errors import AuditDifference
from reporting.params.load import load_yaml
from reporting.params.monthly import Monthly
from reporting.pipeline import inputs
from reporting.pipeline.compare import Difference, details, differences, gathered
from reporting.pipeline.history import Run
from reporting.pipeline.limits import Limits
from reporting.pipeline.machine import FACTS, other_machine
from reporting.pipeline.manifest import SIGNATURE, Manifest, inventory, versions
from reporting.pipeline.meant import meant_for
from reporting.pipeline.parameters import find_notebooks
from reporting.pipeline.plan import choose_renderer
from reporting.pipeline.progress import Reporter
from reporting.pipeline.project import Project
from reporting.pipeline.sets import source_of
from reporting.pipeline.signature import KEY, signer
from reporting.pipeline.verify import spoilt, verify


@dataclass(frozen=True)
class Audit:
    """What an audit found.

    Attributes:
        altered: Published files that are not as they were published.
        changed: Inputs that are no longer what they were: code, lock, notebooks, versions...
        machine: A sentence, if this machine may compute the last digits of floats otherwise; else empty.
        differing: Outputs that came out otherwise.
        rerun: Folder of the new outputs, for a closer look.
    """

    manifest: Manifest
    altered: list[Difference]
    changed: list[str]
    machine: str
    differing: list[Difference]
    rerun: Path

    @property
    def passed(self) -> bool:
        """Whether the published month stands and came out again to the byte."""
        return not (self.altered or self.differing)


def check_hashes(run: Run, reporter: Reporter) -> list[Difference]:
    """Compare every published file with its hash, without running anything, and say what differs."""
    with reporter.step("hashes", f"Comparing every file of {run.source} {run.month} with its hash"):
        altered = verify(run)
    for difference in altered:
        reporter.say(f"Altered since it was published: {difference}")
    if not altered:
        reporter.say("  all are as they were published")
    return altered


def check_signature(run: Run, signers: Path | None) -> str:
    """A sentence that says who signed the month.

    Args:
        signers: File of allowed signers; None: the signature is told, and trusted by nobody.

    Raises:
        AuditDifference: There are allowed signers, and none of them signed the manifest as it is.
    """
    if signers is None:
        there = (run.folder / SIGNATURE).exists()
        return (
            "Signed; `--signers FILE` tells by whom." if there else "Unsigned: nobody vouches for the hashes."
        )
    name = signer(run.folder, signers)
    if name is None:
        raise AuditDifference(
            "the month is not signed.",
            where=run.folder,
            remedy=f"Whoever published it signs with {KEY} set; a signature that was there has been removed.",
        )
    return f"Signed by {name}."


def audit(project: Project, run: Run, reporter: Reporter) -> Audit:
    """Compare the files of `run` with their hashes, run its notebooks again over its snapshot, with its
    parameters, and compare.

    The notebooks and the code are those of today; where they are others, the audit names them.

    Raises:
        AuditDifference: The manifest or the snapshot was altered; nothing is run on it.
        ConfigError: It was rendered with Quarto, and Quarto isn't here; or `build/` can't be written.
        RunError: A notebook or the rendering failed.
    """
    from reporting.pipeline.kernels import Forkserver
    from reporting.pipeline.produce import context_of, judged, make_site, require_success, run_notebooks
    from reporting.snapshot.frozen import Snapshot

    published = run.manifest
    assert published is not None
    altered = check_hashes(run, reporter)
    if spoilt(altered):
        raise AuditDifference(
            f"{len(altered)} files were altered, among them the manifest or the snapshot, on which the month "
            "rests; it was not run again.",
            where=run.folder,
            remedy="Restore the month from a backup, and audit it then.",
        )
    stage = project.build(run.source, run.month) / "audit"
    project.require_writable(stage.parent, stage)
    shutil.rmtree(stage, ignore_errors=True)
    monthly = load_yaml(project.params, Monthly)
    renderer = choose_renderer(published.inputs.renderer.split()[0], monthly)
    with Forkserver(Limits.of(monthly)) as forkserver:
        shutil.copytree(run.folder / "snapshot", stage / "snapshot")
        snapshot = Snapshot.load(stage / "snapshot")
        notebooks = meant_for(run.source, find_notebooks(project.notebooks))
        known = {name: notebooks[name] for name in published.inputs.notebooks if name in notebooks}
        asked = notebooks if source_of(run.source) == run.source else known  # a new one is named
        given = (published.inputs.parameters, renderer, published.inputs.slides)
        now = inputs.collect(project, snapshot, run.source, asked, *given)
        changed = published.inputs.changed(now) + _other_versions(published)
        judged(snapshot, reporter)
        executed = run_notebooks(stage, known, published.inputs.parameters, forkserver, reporter)
    require_success(executed, stage / "notebooks")
    context = context_of(published, inputs.brand(project))
    make_site(stage, executed, context, renderer, published.inputs.slides, reporter)
    again = inventory(stage)
    found = differences(published.outputs, again, run.folder, stage)
    differing = gathered(found, published.outputs)
    told = [_against_rerun(item, again, published, run, stage) for item in altered]
    machine = other_machine(published.versions, versions())
    return Audit(published, told, changed, machine, differing, stage)


def _against_rerun(
    item: Difference, again: dict[str, str], published: Manifest, run: Run, stage: Path
) -> Difference:
    """An altered file with what was altered in it, if the re-run made it again as it was published."""
    if item.kind != "changed" or again.get(item.path) != published.outputs.get(item.path):
        return item
    return replace(item, details=details(stage / item.path, run.folder / item.path))


def _other_versions(published: Manifest) -> list[str]:
    then, now = published.versions, versions()
    if not published.inputs.packages:  # of an earlier version, which listed some
        now = {name: now.get(_plain(name), "absent") for name in then}
    return [
        f"{name} ({then.get(name, 'absent')}, now {now.get(name, 'absent')})"
        for name in sorted((then.keys() | now.keys()) - set(FACTS))
        if then.get(name) != now.get(name)
    ]


def _plain(name: str) -> str:
    return name.lower().replace("_", "-").replace(".", "-")

"""Make the reviews that are asked for, here or on a cluster, and tell how it goes."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from reporting.errors import ConfigError, NotebookFailed
from reporting.params.load import load_yaml
from reporting.params.monthly import Monthly
from reporting.pipeline import inputs
from reporting.pipeline.history import Run
from reporting.pipeline.limits import Limits
from reporting.pipeline.parameters import read_notebook, require_tag
from reporting.pipeline.progress import Reporter
from reporting.pipeline.project import Project
from reporting.pipeline.reviews.choose import Wanted
from reporting.pipeline.reviews.choose import choose as choose_accounts
from reporting.pipeline.reviews.studio import Job, Made, Studio
from reporting.pipeline.verify import require_sound

NOTEBOOK = "account_review"
WORKERS = min(os.cpu_count() or 1, 8)
"""Reviews that are made at the same time on this machine."""
TOLD = 5
"""Failures that are told in full."""


@dataclass(frozen=True)
class Asked:
    """Whose reviews, and where they are made.

    Args:
        accounts: Ids; empty where a stance or an owner is given.
        dask: Address of a Dask scheduler; None makes them on this machine.
    """

    accounts: Sequence[str] = ()
    stance: str | None = None
    owner: str | None = None
    dask: str | None = None


def produce(project: Project, run: Run, asked: Asked, reporter: Reporter) -> list[Path]:
    """Make the reviews of accounts of a published month in `build/<source>/<month>/reviews/`.

    Returns:
        The HTML pages, in the order asked for.

    Raises:
        AuditDifference: The month isn't as it was published.
        ConfigError: Nothing was made: an unknown account, stance or owner, a month of an earlier version, a
            cluster that can't be used.
        NotebookFailed: Some failed; the others stand.
    """
    require_sound(run)
    _require_judged(run)
    job = _job(project, run)
    if asked.dask:
        wanted = choose_accounts(job.snapshot, asked.accounts, asked.stance, asked.owner)
        _make_room(job)
        from reporting.pipeline.reviews.cluster import made_on

        failed = _followed(made_on(asked.dask, job, wanted), len(wanted), reporter)
    else:
        with Studio(job) as studio:  # it reads the month while we choose
            wanted = choose_accounts(job.snapshot, asked.accounts, asked.stance, asked.owner)
            _make_room(job)
            failed = _followed(_made_here(studio, wanted), len(wanted), reporter)
    if failed:
        raise _failure(failed, len(wanted), job)
    return [job.out / f"{one.file}.html" for one in wanted]


def _require_judged(run: Run) -> None:
    """A month of an earlier version has no verdicts to tell, and they are not made up for afterwards."""
    from reporting.analysis.judgement import FOLDER, Judgement
    from reporting.snapshot.frozen import Snapshot

    if not Judgement(Snapshot.load(run.folder / "snapshot"), run.folder / FOLDER).stands:
        raise ConfigError(
            "the month was published without verdicts on its accounts, by an earlier version.",
            where=run.folder,
            remedy=f"Publish it again: `reporting run --source {run.source} --month {run.month}`.",
        )


def _job(project: Project, run: Run) -> Job:
    from reporting.pipeline.produce import context_of

    assert run.manifest is not None
    path = project.notebooks / f"{NOTEBOOK}.ipynb"
    if not path.is_file():
        raise ConfigError(
            "the notebook that tells an account is missing.",
            where=path,
            remedy="Take it from the package: `reporting init` puts it into a project of its own.",
        )
    monthly = load_yaml(project.params, Monthly)
    context = context_of(run.manifest, inputs.brand(project))
    out = project.build(run.source, run.month) / "reviews"
    notebook = read_notebook(path)
    require_tag(notebook)
    return Job(run.folder, out, notebook, context, Limits.of(monthly))


def _made_here(studio: Studio, wanted: Iterable[Wanted]) -> Iterator[Made]:
    """Each as it is made, no more at once than there are workers."""
    waiting = iter(wanted)
    with ThreadPoolExecutor(WORKERS, thread_name_prefix="review") as pool:
        try:
            running: set[Future[Made]] = {pool.submit(studio.make, one) for one in islice(waiting, WORKERS)}
            while running:
                done, running = wait(running, return_when=FIRST_COMPLETED)
                running |= {pool.submit(studio.make, one) for one in islice(waiting, len(done))}
                yield from (future.result() for future in done)
        except BaseException:
            studio.close()  # the kernels end, and with them the threads that wait for them
            raise


def _followed(made: Iterable[Made], total: int, reporter: Reporter) -> list[Made]:
    """Tell each as it comes; those that failed."""
    failed = []
    with reporter.counted("reviews", "Making reviews", total) as tick:
        for one in made:
            failed += [one] if one.problem else []
            tick(len(failed))
    return failed


def _make_room(job: Job) -> None:
    """Reviews of another run of the month are removed: a folder holds those of one run."""
    mark = job.out / "run.txt"
    if not mark.exists() or mark.read_text(encoding="utf-8").strip() != job.context.run_id:
        shutil.rmtree(job.out, ignore_errors=True)
    (job.out / "notebooks").mkdir(parents=True, exist_ok=True)
    mark.write_text(f"{job.context.run_id}\n", encoding="utf-8")


def _failure(failed: list[Made], total: int, job: Job) -> NotebookFailed:
    failed = sorted(failed, key=lambda one: one.account)
    lines = [f"  {one.account}: {one.problem}".replace("\n", "\n    ") for one in failed[:TOLD]]
    if len(failed) > TOLD:
        lines.append(f"  and {', '.join(one.account for one in failed[TOLD:])}")
    return NotebookFailed(
        f"{len(failed)} of {total} reviews failed; the others stand in {job.out}.\n" + "\n".join(lines),
        remedy=f"Each is kept as far as it came, in {job.out / 'notebooks'}: open it with `make lab`.",
    )

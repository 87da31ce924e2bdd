"""Make one review: the notebook run by Papermill, its document, HTML and PDF.

A studio holds what all reviews of a month have in common: a process that has read the month, from which each
review's kernel is forked.
"""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from reporting.pipeline.execute import Failure, execute_one
from reporting.pipeline.kernels import HEAVY, Forkserver
from reporting.pipeline.limits import Limits
from reporting.pipeline.parameters import SNAPSHOT, Notebook
from reporting.pipeline.render.context import RunContext
from reporting.pipeline.reviews.choose import Wanted

ACCOUNT = "account"
"""The parameter that names the account."""
TOLD_BY = "reporting.reports.account_review"


@dataclass(frozen=True)
class Job:
    """What the reviews of one call have in common.

    Args:
        month: Folder of the published month.
        out: Where reviews go: `<account>.html`, `<account>.pdf`, `notebooks/<account>.ipynb`.
        notebook: The notebook that tells an account.
        context: The run that published the month.
        limits: What a kernel may take.
    """

    month: Path
    out: Path
    notebook: Notebook
    context: RunContext
    limits: Limits

    @property
    def snapshot(self) -> Path:
        """Folder of the month's snapshot."""
        return self.month / "snapshot"


@dataclass(frozen=True)
class Made:
    """How a review ended: `problem` is empty, or says where and why it failed."""

    account: str
    problem: str = ""


class Studio:
    """Where the reviews of a month are made; a context manager that ends its processes.

    Several threads may use it at once: each review has a kernel of its own.
    """

    def __init__(self, job: Job) -> None:
        self.job = job
        self._forkserver = Forkserver(job.limits, [*HEAVY, TOLD_BY], (TOLD_BY, str(job.snapshot)))

    def make(self, wanted: Wanted) -> Made:
        """Make a review; one that fails leaves its notebook, as far as it came, and no page."""
        out, name = self.job.out, wanted.file
        for suffix in (".html", ".pdf"):
            (out / f"{name}{suffix}").unlink(missing_ok=True)
        notebooks = out / "notebooks"
        given = {SNAPSHOT: os.path.relpath(self.job.snapshot, notebooks), ACCOUNT: wanted.account}
        notebook = replace(self.job.notebook, name=name)
        executed = execute_one(notebook, given, notebooks, self._forkserver)
        if executed.failure:
            return Made(wanted.account, _told(executed.failure))
        try:
            self._render(executed.path, wanted)
        except Exception as error:  # the other reviews go on
            return Made(wanted.account, f"{type(error).__name__}: {error}")
        return Made(wanted.account)

    def _render(self, executed: Path, wanted: Wanted) -> None:
        from reporting.pipeline.derive import derive
        from reporting.pipeline.render.check import check_site
        from reporting.pipeline.render.document import read_document
        from reporting.pipeline.render.html import page, to_html
        from reporting.pipeline.render.pdf import render_pdf

        context, out = self.job.context, self.job.out
        front = {"title": wanted.title, "month": context.month.label, "run-id": context.run_id}
        with tempfile.TemporaryDirectory(prefix="reporting-review-") as folder:
            (path,) = derive([executed], Path(folder), front, self._meanings)
            document = read_document(path)
            render_pdf(document, out / f"{wanted.file}.pdf", context)
            body = to_html(document, context.brand)
        html = page(
            title=document.title,
            description=document.description,
            body=body.html,
            context=context,
            embedded=True,
        )
        (out / f"{wanted.file}.html").write_text(html, encoding="utf-8")
        check_site([out / f"{wanted.file}.html"], out)

    @cached_property
    def _meanings(self) -> dict[str, str]:
        from reporting.pipeline.terms import terms
        from reporting.snapshot.frozen import Snapshot

        return terms(Snapshot.load(self.job.snapshot).product)

    def close(self) -> None:
        """End its processes; a second call does nothing."""
        self._forkserver.close()

    def __enter__(self) -> Studio:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _told(failure: Failure) -> str:
    place = f" at {failure.frame}" if failure.frame else ""
    return f"code cell {failure.cell}, {failure.line}: {failure.error}{place}"

"""The last step on finished report pages, whoever set them: accounts become links, tables sort and filter."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from reporting.pipeline.render.context import RunContext
from reporting.pipeline.render.scripts import TABLES


def finish(pages: Iterable[Path], out: Path, context: RunContext) -> None:
    """Rewrite the pages that lie in `out` itself; what is mailed alone has no files to lead to."""
    names = context.accounts.names if context.accounts else None
    for path in pages:
        if path.parent != out:
            continue
        page = path.read_text(encoding="utf-8")
        if names:
            page = names.linked(page)
        if "<table" in page:
            page = page.replace("</head>", f"{TABLES.format(root='')}</head>", 1)
        path.write_text(page, encoding="utf-8")

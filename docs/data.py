"""docs/data.md from the published data files of the demo company: every column with its meaning."""

from __future__ import annotations

import csv
from pathlib import Path

from reporting.params.product import load_product
from reporting.pipeline.history import published_run
from reporting.pipeline.project import Project
from reporting.reports.data_files import data_page

ROOT = Path(__file__).parents[1]


def headers(folder: Path) -> dict[str, list[str]]:
    """File without `.csv` -> its columns."""
    found = {}
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            found[path.stem] = next(csv.reader(file))
    return found


if __name__ == "__main__":
    run = published_run(Project(ROOT).require(), "demo", None)
    page = data_page(headers(run.folder / "data"), load_product(ROOT / "params" / "product.yml"))
    (ROOT / "docs" / "data.md").write_text(page, encoding="utf-8")

"""What changed between two months, or between two runs of one month."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from reporting.pipeline.compare import Difference, differences
from reporting.pipeline.history import Run
from reporting.pipeline.verify import JUDGEMENT, open_snapshot
from reporting.present.brand import Brand


@dataclass(frozen=True)
class Diff:
    """Two runs side by side.

    Attributes:
        metrics: Metric id, `before`, `after`, `change` (after - before); those that differ.
        inputs: Inputs that differ, by name.
        files: Outputs that differ; empty for two months, where all do.
    """

    metrics: pd.DataFrame
    inputs: list[str]
    files: list[Difference]

    @property
    def same(self) -> bool:
        """Whether nothing differs."""
        return self.metrics.empty and not self.inputs and not self.files


def diff(before: Run, after: Run) -> Diff:
    """Compare the portfolio's metrics, the inputs and, for one month, the files of two runs.

    Raises:
        AuditDifference: A snapshot isn't as it was published.
    """
    assert before.manifest is not None
    assert after.manifest is not None
    table = pd.DataFrame({"before": _portfolio(before), "after": _portfolio(after)}).sort_index()
    table = table[~((table.before == table.after) | (table.before.isna() & table.after.isna()))]
    files = []
    if before.month == after.month:
        files = differences(before.manifest.outputs, after.manifest.outputs, before.folder, after.folder)
    return Diff(
        table.assign(change=table.after - table.before).rename_axis("metric").reset_index(),
        before.manifest.inputs.changed(after.manifest.inputs),
        files,
    )


def write_page(path: Path, before: Run, after: Run, found: Diff, brand: Brand) -> None:
    """Write a page that shows both, with figures, bands, stances and lists, as one file.

    Args:
        found: The result of `diff`.

    Raises:
        AuditDifference: A snapshot or a judgement isn't as it was published.
    """
    from reporting.pipeline.produce import context_of
    from reporting.pipeline.render.comparison import Note, write_comparison
    from reporting.reports.comparison import Comparison

    assert before.manifest is not None
    assert after.manifest is not None
    comparison = Comparison(*(open_snapshot(run, JUDGEMENT).path for run in (before, after)))
    months = before.month.label, after.month.label
    runs = f"Run {before.manifest.run_id}", f"run {after.manifest.run_id}"
    same = before.month == after.month
    inputs = [name for name in found.inputs if same or name not in ("month", "snapshot")]
    notes = [
        Note("Inputs that differ", inputs),
        Note("Files that differ", [str(file) for file in found.files]),
    ]
    names = runs if same else months
    write_comparison(path, comparison, names, context_of(after.manifest, brand), notes)


def _portfolio(run: Run) -> pd.Series:
    frame = open_snapshot(run).portfolio_month
    assert frame is not None
    return frame[frame["month"] == pd.Timestamp(run.month.start)].set_index("metric")["value"]

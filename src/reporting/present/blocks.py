"""What report functions return: blocks of a document, independent of any page format.

Each block shows itself in JupyterLab and carries, beside that view, its content as
`application/vnd.reporting.block+json`, from which the document is derived.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

import pandas as pd
from matplotlib.figure import Figure as MplFigure

from reporting.present import formats, mime
from reporting.present.markdown import clean, escape
from reporting.present.svg import to_svg
from reporting.present.words import cut

Format = Callable[[Any], str]

_NAME_WIDTH = 60


class Block:
    """A piece of a document with a JSON `spec()` and a plain view for JupyterLab."""

    kind = ""

    def spec(self) -> dict[str, Any]:
        """The content as JSON-ready data, `kind` first."""
        raise NotImplementedError

    def view(self) -> dict[str, str]:
        """MIME type -> plain view."""
        raise NotImplementedError

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        return {mime.BLOCK: self.spec()} | self.view()


@dataclass(frozen=True)
class Text(Block):
    """A paragraph or more of trusted Quarto Markdown; strangers' text goes through `markdown.escape`."""

    markdown: str
    kind = "text"

    def spec(self) -> dict[str, Any]:
        return {"kind": self.kind, "markdown": self.markdown}

    def view(self) -> dict[str, str]:
        return {"text/markdown": self.markdown}


@dataclass(frozen=True)
class Callout(Block):
    """A boxed remark.

    Args:
        style: note, tip, warning or important.
        title: One line of plain text.
        markdown: Trusted Quarto Markdown.
    """

    style: Literal["note", "tip", "warning", "important"]
    title: str
    markdown: str
    kind = "callout"

    def __post_init__(self) -> None:
        if self.style not in {"note", "tip", "warning", "important"}:
            raise ValueError(f"a callout is a note, tip, warning or important, not '{self.style}'")

    def spec(self) -> dict[str, Any]:
        return {"kind": self.kind, "style": self.style, "title": self.title, "markdown": self.markdown}

    def view(self) -> dict[str, str]:
        body = self.markdown.replace("\n", "\n> ")
        return {"text/markdown": f"> **{escape(self.title)}**\n>\n> {body}"}


@dataclass(frozen=True)
class Glossary(Block):
    """Terms and what they mean.

    Args:
        entries: Term (plain text) and meaning (trusted Markdown, one paragraph), in order.
    """

    entries: Sequence[tuple[str, str]]
    kind = "glossary"

    def spec(self) -> dict[str, Any]:
        return {"kind": self.kind, "entries": [list(entry) for entry in self.entries]}

    def view(self) -> dict[str, str]:
        return {"text/markdown": "\n\n".join(f"**{escape(term)}**: {text}" for term, text in self.entries)}


@dataclass(frozen=True)
class KeyFigure:
    """One number tile; all plain text.

    Args:
        label: What it is, a few words; set with a capital.
        value: The formatted value.
        change: Formatted change with what it is against, such as `+4.1% on November`.
        good: Whether the change is for the better; None is neither.
        note: A short line of context.
        history: Its values at equal steps of time, oldest first, drawn as a sparkline; NaN where there is
            none.
        usual: Limits between which the last of them was to be expected, drawn beside it.
    """

    label: str
    value: str
    change: str = ""
    good: bool | None = None
    note: str = ""
    history: Sequence[float | None] = ()
    usual: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "label", self.label[:1].upper() + self.label[1:])
        object.__setattr__(self, "history", [None if formats.missing(x) else x for x in self.history])
        if self.usual and any(map(formats.missing, self.usual)):
            object.__setattr__(self, "usual", None)


@dataclass(frozen=True)
class KeyFigures(Block):
    """The answer-first row of number tiles."""

    items: Sequence[KeyFigure]
    kind = "keyfigures"

    def spec(self) -> dict[str, Any]:
        return {"kind": self.kind, "items": [asdict(item) for item in self.items]}

    def view(self) -> dict[str, str]:
        lines = []
        for item in self.items:
            aside = "".join(f" ({escape(text)})" for text in (item.change, item.note) if text)
            lines.append(f"- **{escape(item.value)}** {escape(item.label)}{aside}")
        return {"text/markdown": "\n".join(lines)}


class Figure(Block):
    """A chart, kept as SVG with real text; the Matplotlib figure is closed.

    Args:
        fig: Matplotlib figure, from `present.style.figure`.
        label: `fig-...`, unique in the document; text refers to it as `@fig-...`.
        caption: Trusted Markdown, one sentence: what is shown, unit, population.
        alt: Plain text for a reader who can't see it: what the picture says.
    """

    kind = "figure"

    def __init__(self, fig: MplFigure, label: str, caption: str, alt: str) -> None:
        _check_label(label, "fig")
        if not caption.strip() or not alt.strip():
            raise ValueError(f"{label}: a figure needs a caption and an alt text")
        self.label, self.caption, self.alt = label, caption, alt
        self.svg = to_svg(fig, label)

    def spec(self) -> dict[str, Any]:
        """The picture itself is not in the spec but in the bundle's `image/svg+xml`."""
        return {"kind": self.kind, "label": self.label, "caption": self.caption, "alt": self.alt}

    def view(self) -> dict[str, str]:
        return {"image/svg+xml": self.svg}

    def __repr__(self) -> str:
        """The same in every process."""
        return f"Figure({self.label})"


@dataclass(frozen=True)
class Column:
    """A table column: its header (plain text) and how its cells are aligned."""

    header: str
    align: Literal["left", "right"] = "left"


@dataclass(frozen=True)
class Table(Block):
    """A table of plain-text cells.

    Args:
        columns: Headers and alignments.
        rows: Cells as strings, one per column; escaped when the document is derived.
        label: `tbl-...`, unique in the document.
        caption: Trusted Markdown, one sentence.
        total: Whether the last row sums the others and is set apart.
    """

    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]
    label: str
    caption: str
    total: bool = field(default=False)
    kind = "table"

    def __post_init__(self) -> None:
        _check_label(self.label, "tbl")
        if not self.caption.strip():
            raise ValueError(f"{self.label}: a table needs a caption")
        for i, row in enumerate(self.rows):
            if len(row) != len(self.columns):
                raise ValueError(
                    f"{self.label}: row {i} has {len(row)} cells for {len(self.columns)} columns"
                )

    @classmethod
    def of(
        cls,
        frame: pd.DataFrame,
        columns: Mapping[str, str | tuple[str, Format]],
        *,
        label: str,
        caption: str,
        total: bool = False,
    ) -> Table:
        """Build a table from columns of `frame`.

        Args:
            frame: One row of the table per row.
            columns: Column name -> header, or (header, format). Columns of numbers, and of text that reads as
                numbers, are set flush right. A missing value is shown as `n/a`; what is in a column called
                `..._name` is cut where it is long, and whole in the data files.
            label: As for the class.
            caption: As for the class.
            total: As for the class.
        """
        head, cells = [], []
        for name, given in columns.items():
            header, form = (given, formats.text) if isinstance(given, str) else given
            series = frame[name]
            shown = ["n/a" if formats.missing(value) else form(value) for value in series]
            shown = [cut(cell, _NAME_WIDTH) for cell in shown] if name.endswith("_name") else shown
            number = pd.api.types.is_numeric_dtype(series) and not pd.api.types.is_bool_dtype(series)
            head.append(Column(header, "right" if number or _numbers(shown) else "left"))
            cells.append(shown)
        rows = [list(row) for row in zip(*cells, strict=True)]
        return cls(head, rows, label, caption, total)

    def spec(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "label": self.label,
            "caption": self.caption,
            "total": self.total,
            "columns": [asdict(column) for column in self.columns],
            "rows": [[clean(cell) for cell in row] for row in self.rows],
        }

    def view(self) -> dict[str, str]:
        head = " | ".join(escape(column.header) for column in self.columns)
        rule = " | ".join("--:" if column.align == "right" else "---" for column in self.columns)
        body = [" | ".join(escape(cell) for cell in row) for row in self.rows]
        lines = "\n".join(f"| {line} |" for line in (head, rule, *body))
        return {"text/markdown": f"{lines}\n\n{self.caption}"}


class Blocks(list[Block]):
    """A sequence of blocks, shown one after the other; nested sequences are flattened."""

    def __init__(self, blocks: Iterable[Block | Iterable[Block]] = ()) -> None:
        super().__init__()
        for block in blocks:
            self.extend([block] if isinstance(block, Block) else Blocks(block))

    def _ipython_display_(self) -> None:
        from IPython.display import display

        for block in self:
            display(block)
        if not self:  # said, so that a heading over nothing can be left out
            display({mime.BLOCK: {"kind": "nothing"}, "text/plain": ""}, raw=True)


def _numbers(cells: Sequence[str]) -> bool:
    """Whether every cell that says anything is a number with its sign and unit."""
    said = [cell for cell in cells if cell not in ("n/a", formats.NOT_AVAILABLE)]
    return bool(said) and all(formats.is_number(cell) for cell in said)


def _check_label(label: str, prefix: str) -> None:
    if not re.fullmatch(rf"{prefix}(-[a-z0-9]+)+", label):
        raise ValueError(f"'{label}' is not a label: expected {prefix}- and words, as in {prefix}-mrr-bridge")

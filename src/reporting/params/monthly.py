"""What one monthly run is asked for: `params/monthly.yml`."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from reporting.errors import ConfigError
from reporting.month import Month
from reporting.params.load import Strict


def _month(text: str) -> str:
    try:
        return str(Month.parse(text))
    except ConfigError as error:
        raise ValueError(f"{error.message.removesuffix('.')}, written as YYYY-MM") from None


class Monthly(Strict):
    """What one monthly run is asked for."""

    source: str = "demo"
    """Name of a file under `params/sources/`, without `.yml`."""
    month: Annotated[str, AfterValidator(_month)] | None = None
    """`YYYY-MM`; null for the last closed month (of a source that ended: its last complete one)."""
    product: str = "product.yml"
    """The product definition, relative to this file; a source that names its own wins."""
    renderer: Literal["embedded", "quarto"] = "embedded"
    """What sets the pages: the renderer that comes with the package, or the Quarto of this machine."""
    notebook_minutes: float = Field(default=60.0, gt=0)
    """Time that a notebook may take; then it is ended, and fails."""
    notebook_gb: float | None = Field(default=None, gt=0)
    """Memory that a notebook may take, where the system has such a limit (Linux); null for half of what the
    machine has, as two run at a time."""
    record_person: bool = False
    """Whether the manifest names who ran it, and on which machine."""
    slides: bool = False
    """Whether the month is also told in slides (PowerPoint), and the brief as a document for Word."""
    notebooks: dict[str, list[str]] = Field(default_factory=dict)
    """Set -> the notebooks that `reporting run --notebooks` publishes together, by themselves."""
    reports: dict[str, dict[str, Any]] = Field(default_factory=dict)
    """Notebook -> parameter -> value; what isn't named keeps the notebook's default."""

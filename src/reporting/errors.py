"""Every error the pipeline raises on purpose.

ReportingError
├── UsageError                      exit code 2: nothing was written
│   ├── ConfigError                 a file under params/ is wrong
│   ├── SourceError                 the source can't be reached or read
│   ├── ContractError               the data break the contract
│   ├── ParameterError              a notebook parameter is unknown or ill-typed
│   └── BusyError                   another run holds this month
├── RunError                        exit code 1: a finding, a failure or a difference
│   ├── NotebookFailed              a notebook raised
│   ├── RenderError                 a document could not be rendered cleanly
│   └── AuditDifference             a re-run did not give the published bytes
└── DiskFull                        exit code 1: what was half-made is removed
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable


class ReportingError(Exception):
    """What went wrong, where, and what to do about it.

    Args:
        message: What was found and what was expected, in one or two sentences.
        where: The file (with line), table, row or key the message is about.
        remedy: What the reader should do next.
    """

    exit_code = 1

    def __init__(self, message: str, *, where: object = None, remedy: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.where = None if where is None else str(where)
        self.remedy = remedy

    def __str__(self) -> str:
        head = f"{self.where}: {self.message}" if self.where else self.message
        return f"{head}\n  -> {self.remedy}" if self.remedy else head


class UsageError(ReportingError):
    """The request or its inputs are wrong; nothing was written."""

    exit_code = 2


class ConfigError(UsageError):
    """A file under params/ is missing, malformed or holds a wrong key or value."""


class SourceError(UsageError):
    """The source can't be reached, or a mapping's SELECT can't be run."""


class ContractError(UsageError):
    """The data break the contract; the message lists every finding of severity `error`."""


class ParameterError(UsageError):
    """A notebook parameter is unknown or of the wrong type."""


class BusyError(UsageError):
    """Another run holds the month."""


class RunError(ReportingError):
    """The run was carried out and ended with a failure or a difference."""


class NotebookFailed(RunError):
    """At least one notebook raised; nothing was published."""


class RenderError(RunError):
    """A document could not be rendered without a warning."""


class AuditDifference(RunError):
    """A re-run did not give the published bytes."""


class DiskFull(ReportingError):
    """No room is left where the run writes."""


def did_you_mean(word: str, choices: Iterable[str]) -> str:
    """Return ` Did you mean 'x'?` for the nearest of `choices`, or an empty string."""
    near = nearest(word, choices)
    return f" Did you mean '{near}'?" if near else ""


def nearest(word: str, choices: Iterable[str]) -> str | None:
    """The nearest of `choices`, if one is near: it may differ in case and in what is between its words."""
    plain = {_plain(choice): choice for choice in reversed(list(choices))}
    near = difflib.get_close_matches(_plain(word), list(plain), n=1, cutoff=0.6)
    return plain[near[0]] if near else None


def _plain(word: str) -> str:
    return "_".join(part for part in re.split(r"[\W_]+", word.lower()) if part)

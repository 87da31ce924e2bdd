"""Where things are in a project folder, and whether the reports can be written."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from reporting.errors import ConfigError
from reporting.month import Month


@dataclass(frozen=True)
class Project:
    """A folder with `notebooks/`, `params/` and `reports/`.

    Args:
        root: The folder.
        params_file: What a run is asked for; None is `params/monthly.yml`.
    """

    root: Path
    params_file: Path | None = None

    @property
    def params(self) -> Path:
        """The params file."""
        return self.params_file or self.params_dir / "monthly.yml"

    @property
    def params_dir(self) -> Path:
        """Sources, product definitions, brand."""
        return self.root / "params"

    @property
    def notebooks(self) -> Path:
        """The notebooks as they are edited."""
        return self.root / "notebooks"

    @property
    def reports(self) -> Path:
        """What is published."""
        return self.root / "reports"

    @property
    def lock_file(self) -> Path:
        """The locked dependencies."""
        return self.root / "requirements.lock"

    def build(self, source: str, month: Month | None = None) -> Path:
        """Where a run leaves what isn't published; not under version control."""
        folder = self.root / "build" / source
        return folder / str(month) if month else folder

    def published(self, source: str, month: Month) -> Path:
        """The folder of a published month."""
        return self.reports / source / str(month)

    def require(self) -> Project:
        """This project, if it is one and its reports can be written.

        Raises:
            ConfigError: It is no project folder, or `reports/` can't be written.
        """
        for folder in (self.notebooks, self.params_dir):
            if not folder.is_dir():
                raise ConfigError(
                    f"there is no folder {folder.name}/ here.",
                    where=self.root.resolve(),
                    remedy="Run in the project's folder or give --project; `reporting init` begins one.",
                )
        return self

    def require_writable(self, *folders: Path) -> None:
        """Refuse to start where nothing could be written.

        Args:
            folders: Where it will be, there already or not.

        Raises:
            ConfigError: One can't be written or made.
        """
        for folder in folders:
            place = next(there for there in (folder, *folder.parents) if there.exists())
            probe = place / f".probe-{os.getpid()}"
            try:
                probe.mkdir()
                probe.rmdir()
            except OSError as error:
                raise ConfigError(
                    f"the folder can't be written: {error.strerror}.",
                    where=place.resolve(),
                    remedy="Give yourself write permission on it, free some space, or work on a copy of the "
                    "project. `audit --hashes`, `list` and `diff` write nothing.",
                ) from None

"""CSV files in any encoding, as UTF-8: the file itself, or a copy of it."""

from __future__ import annotations

import codecs
import shutil
from dataclasses import dataclass, field
from pathlib import Path

from reporting.errors import SourceError

_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass
class Utf8:
    """Makes and remembers the copies.

    Attributes:
        scratch: Folder for them.
        declared: Encoding that the files are said to have; one that begins with the mark of UTF-16 is UTF-16.
    """

    scratch: Path
    declared: str
    _origins: dict[Path, Path] = field(default_factory=dict)

    def encoding(self, path: Path) -> str:
        """A file's encoding, as Python names it.

        Raises:
            SourceError: It has zero bytes, as UTF-16 has, where that is not declared, or none where it is.
        """
        with path.open("rb") as stream:
            start = stream.read(4096)
        name = codecs.lookup(self.declared).name
        if start.startswith(_MARKS) and not name.startswith("utf-32"):
            return "utf-16"
        wide, zeros = name.startswith(("utf-16", "utf-32")), b"\0" in start
        if zeros and not wide:
            guess = "utf-16-le" if b"\0" in start[1::2] else "utf-16-be"
            raise SourceError(
                f"the file is not {self.declared} encoded: it has zero bytes, as UTF-16 has.",
                where=path,
                remedy=f"Declare `encoding: {guess}` under `connection:`.",
            )
        if wide and start and not zeros:
            raise SourceError(
                f"the file is not {self.declared} encoded: it has no zero bytes.",
                where=path,
                remedy="Leave `encoding:` out for UTF-8; else it is often cp1252.",
            )
        return "utf-8-sig" if name == "utf-8" else self.declared

    def of(self, path: Path) -> Path:
        """The file itself, or a UTF-8 copy of one in another encoding.

        Raises:
            SourceError: It isn't in its encoding; names the first such line.
        """
        encoding = self.encoding(path)
        if codecs.lookup(encoding).name in ("utf-8", "utf-8-sig", "ascii"):
            return path
        copy = self.scratch / f"{len(self._origins)}-{path.name}"
        try:
            with (
                path.open(encoding=encoding, newline="") as text,
                copy.open("w", encoding="utf-8", newline="") as out,
            ):
                shutil.copyfileobj(text, out)
        except UnicodeError:
            raise wrong_encoding(path, encoding) from None
        self._origins[copy] = path
        return copy

    def origin(self, path: Path) -> Path:
        """The file that `path` is, or is a copy of."""
        return self._origins.get(path, path)


def wrong_encoding(path: Path, encoding: str) -> SourceError:
    """The error for a file that isn't in the declared encoding; names the first such line."""
    line = 0
    if codecs.lookup(encoding).name.startswith(("utf-16", "utf-32")):  # a line's end is more than one byte
        content = path.read_bytes()
        try:
            content.decode(encoding)
        except UnicodeDecodeError as error:
            line = content[: error.start].decode(encoding).count("\n") + 1
    else:
        with path.open("rb") as stream:
            for line, content in enumerate(stream, start=1):  # noqa: B007
                try:
                    content.decode(encoding)
                except UnicodeDecodeError:
                    break
    return SourceError(
        f"the line is not {encoding.removesuffix('-sig')} encoded.",
        where=f"{path}:{line}",
        remedy="Declare its `encoding:` under `connection:`, for example cp1252.",
    )

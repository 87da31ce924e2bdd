"""Named random streams: what one part of the story draws never shifts what another part gets."""

from __future__ import annotations

from zlib import crc32

import numpy as np


class Streams:
    """Independent generators by name, all from one seed.

    Args:
        seed: Any non-negative integer.
    """

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._open: dict[str, np.random.Generator] = {}

    def __getitem__(self, name: str) -> np.random.Generator:
        if name not in self._open:
            source = np.random.SeedSequence([self._seed, crc32(name.encode())])
            self._open[name] = np.random.Generator(np.random.PCG64(source))
        return self._open[name]

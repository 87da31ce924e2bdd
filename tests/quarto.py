"""Quarto, for the tests that need it: they run wherever it is."""

import pytest

from reporting.pipeline.render import find_quarto

needs_quarto = pytest.mark.skipif(find_quarto() is None, reason="no quarto (QUARTO_PATH or PATH)")

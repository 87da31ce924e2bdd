"""`python -m reporting.cli`."""

from reporting.cli import app

app()

"""The content types by which the pipeline knows, in an executed notebook, what a report showed.

They stand apart from the classes that write them: to read a notebook takes neither pandas nor Matplotlib.
"""

BLOCK = "application/vnd.reporting.block+json"
EXPORTS = "application/vnd.reporting.export+json"

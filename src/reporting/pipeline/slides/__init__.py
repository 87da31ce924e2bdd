"""The month for the leadership meeting: slides and the brief for Word, told from the month's own documents.

`tree` reads a document, `deck` chooses what stands on which slide, `brief` makes the report a document for
Word, `template` gives pandoc the brand, `polish` sets what pandoc leaves open, and `write` makes the files.
"""

from reporting.pipeline.slides.write import write_slides

__all__ = ["write_slides"]

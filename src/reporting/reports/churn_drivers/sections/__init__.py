"""The report's sections as functions of its data, a module for each question."""

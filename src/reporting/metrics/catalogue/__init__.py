"""Definitions in words: one module a chapter of the catalogue."""

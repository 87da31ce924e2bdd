"""Survival analysis on plain arrays and frames."""

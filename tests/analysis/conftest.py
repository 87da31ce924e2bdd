"""The company of seven accounts, in the folder of a test."""

from tests.seven_accounts import company

__all__ = ["company"]

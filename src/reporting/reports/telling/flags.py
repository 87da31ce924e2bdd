"""The warning flags in words."""

from __future__ import annotations

from reporting.present.words import plain

_FLAGS = {
    "core_workflow_falling": "Core workflow falling",
    "active_users_falling": "Active users falling",
    "value_features_falling": "Value features falling",
    "frequency_falling": "Session frequency falling",
    "api_falling": "API calls falling",
    "no_recent_admin": "No recent admin activity",
    "weak_onboarding": "Weak onboarding",
    "low_adoption": "Low adoption",
    "falling_before_renewal": "Usage falling before renewal",
}


def flag(name: str) -> str:
    """A warning in words."""
    return _FLAGS.get(name, plain(name))

"""What this machine has."""

import os

import pytest


def lacking(what: str) -> None:
    """Skip where this machine lacks something; with CI=true that is a failure."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what} is not there, and CI must have it")
    pytest.skip(f"{what} is not on this machine")

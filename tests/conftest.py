"""Hypothesis profiles, chosen by `BIZRULES_HYPOTHESIS_PROFILE`."""

import os

from hypothesis import HealthCheck, settings

from java_runtime import find_java

_EXAMPLES = {"fast": 20, "default": 100, "thorough": 2000}

for _name, _examples in _EXAMPLES.items():
    settings.register_profile(
        _name,
        max_examples=_examples,
        # Time depends on the machine, not on the law under test.
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
        # In CI the same commit must give the same result.
        derandomize=bool(os.environ.get("CI")),
        print_blob=True,
    )

settings.load_profile(os.environ.get("BIZRULES_HYPOTHESIS_PROFILE", "default"))


def pytest_report_header() -> str:
    """Which Java the tests on Spark use, or why they are skipped."""
    return f"Spark: {find_java()}"

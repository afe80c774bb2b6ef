"""How hard Hypothesis tries: the same short examples each time in the checks, long random ones when asked.

HYPOTHESIS_PROFILE=deep python3 scripts/test tests/invariants -k machine -rP

Deep, each machine takes thousands of steps, checks everything after each of them, and says how many there were; each
time they are other ones.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

settings.register_profile(
    "checks",
    derandomize=True,
    max_examples=15,
    stateful_step_count=30,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
settings.register_profile(
    "deep",
    max_examples=100,
    stateful_step_count=80,
    deadline=None,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "checks"))

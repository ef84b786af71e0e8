"""What holds for all tests."""

from __future__ import annotations

from hypothesis import settings

# A machine that is busy with something else must not make a property test fail.
settings.register_profile("unhurried", deadline=None)
settings.register_profile("thorough", deadline=None, max_examples=2_000)
settings.load_profile("unhurried")

"""What several tests of sending need."""

from __future__ import annotations

import pytest

from tests.delivery.sending import Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()

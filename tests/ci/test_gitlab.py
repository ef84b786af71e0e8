"""What is particular to GitLab's jobs besides their recorded runs."""

from __future__ import annotations

from compass_action.ci.gitlab import SYSTEM
from compass_action.snapshot import Place


def test_a_job_leaves_its_record_in_a_file_of_the_checkout() -> None:
    assert SYSTEM.records({}) == ()
    assert SYSTEM.records({"CI_PROJECT_DIR": "/builds/acme/shop"}) == (
        Place("/builds/acme/shop/compass-event.env"),
    )

"""A list of changed files in every form that actions and shells give it; a checkout of three components."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.files import write
from tests.program.steps import ARI, Job

COMPONENTS = {
    "root": "c34578a8-98c2-43e3-8b47-000000000001",
    "services/cart": "c34578a8-98c2-43e3-8b47-000000000002",
    "services/pay": "c34578a8-98c2-43e3-8b47-000000000003",
}
NAMED = {uuid: folder.rpartition("/")[2] for folder, uuid in COMPONENTS.items()}
NEITHER = (
    "::warning::changed-files is one line with blanks, and was read as one path: the checkout has no file "
    "of that name, nor of any of its words. Write one path on each line, or a JSON list."
)


@pytest.fixture
def job(tmp_path: Path) -> Job:
    for folder, uuid in COMPONENTS.items():
        place = tmp_path if folder == "root" else tmp_path / folder
        write(place / "compass.yml", f"id: {ARI.rpartition('/')[0]}/{uuid}\n")
    for file in ("README.md", "services/cart/a.py", "services/pay/b.py", "services/pay/how to.md"):
        write(tmp_path / file, "x")
    return Job(tmp_path, "http://127.0.0.1:9")


def reported(job: Job, changed: str) -> tuple[list[str], str]:
    """The components that are reported, and the log."""
    asked = {"changed-files": changed, "component-id": "", "dry-run": "true"}
    ran = job.step(asked)
    assert ran.code == 0, ran.log
    ids = ran.outputs.get("component-ids", "")
    return sorted(NAMED[ari.rpartition("/")[2]] for ari in ids.replace(",", "\n").split()), ran.log


@pytest.mark.parametrize(
    ("changed", "components"),
    [
        ("services/cart/a.py services/pay/b.py", ["cart", "pay"]),
        ("README.md services/pay/b.py", ["pay", "root"]),
        ("services/pay/gone.py services/cart/gone.py", ["cart", "pay"]),
        ("gone.py services/cart/gone.py", ["cart", "root"]),
        ("old/gone.py services/cart/gone.py", ["cart", "root"]),
        ("services/pay/gone.py  services/cart/a.py", ["cart", "pay"]),
        (r"[\"services/cart/a.py\",\"services/pay/b.py\"]", ["cart", "pay"]),
        (r'["services/cart/\(x\)/a.py"]', ["cart"]),
        ("services/cart/a.py\\\nservices/pay/b.py", ["cart", "pay"]),
        ("services/pay/how to.md", ["pay"]),
        ('["services/pay/how to.md"]', ["pay"]),
        ("services/cart/a.py,services/pay/how to.md", ["cart", "pay"]),
        ("services/cart/why?/*.md", ["cart"]),
    ],
)
def test_the_components_that_hold_a_change_are_reported(
    changed: str, components: list[str], job: Job
) -> None:
    found, log = reported(job, changed)
    assert found == components
    assert "::warning::" not in log


def test_where_the_checkout_cannot_tell_it_is_said(job: Job) -> None:
    """Two files may have been deleted, or one with a blank in its name, whose folder is there."""
    found, log = reported(job, "services/pay/what was.md")
    assert found == ["pay"]
    assert NEITHER in log

"""What is in the image, and what is not."""

from __future__ import annotations

import json
import re
import tarfile
from typing import Any

from compass_action import __version__
from tests.image.engine import BASE, IMAGE, ROOT, podman, run_image

MAX_ADDED_BYTES = 15_000_000

# Where files may be added, and nowhere else: bytecode of the standard library apart, which the
# official image keeps in /usr/local/lib and Debian in /usr/lib.
PLACES = (
    r"opt/compass-event(/.*)?",
    r"usr/local/bin/compass-event(-post)?",
    r"usr/local/lib/python[\d.]+/site-packages/.+",
    r"usr/(local/)?lib/python[\d.]+/(.+/)?__pycache__(/.+\.pyc)?",
)


def test_the_image_stands_on_its_base(image: dict[str, Any], base: dict[str, Any]) -> None:
    """So what lies above the base's layers is what we add."""
    layers = base["RootFS"]["Layers"]
    assert image["RootFS"]["Layers"][: len(layers)] == layers
    assert len(image["RootFS"]["Layers"]) > len(layers)


def test_it_adds_at_most_15_mb(image: dict[str, Any], base: dict[str, Any]) -> None:
    """All layers, uncompressed, as a job's host unpacks them."""
    assert image["Size"] - base["Size"] <= MAX_ADDED_BYTES


def test_the_layers_hold_what_the_size_says(added: list[tarfile.TarInfo]) -> None:
    """A second opinion, from the files themselves; a tar has 512 bytes of header for each."""
    assert sum(member.size + 512 for member in added) <= MAX_ADDED_BYTES


def test_nothing_is_added_elsewhere(added: list[tarfile.TarInfo]) -> None:
    """No pip cache, no build tools, no leftovers in /tmp or /root."""
    names = [member.name for member in added]
    assert [name for name in names if not any(re.fullmatch(place, name) for place in PLACES)] == []


def test_of_the_checkout_only_the_program_is_added(added: list[tarfile.TarInfo]) -> None:
    """Whatever else lies there, bytecode of another Python included."""
    names = [member.name.removeprefix("opt/compass-event/") for member in added]
    ours = {name for name in names if not name.startswith(("opt", "usr"))}
    assert {name for name in ours if "/" not in name} == {
        *("LICENSE", "README.md", "compass_action", "entrypoint.py", "pipe.yml")
    }
    pythons = {re.sub(r".*\.(.+)\.pyc", r"\1", name) for name in names if name.endswith(".pyc")}
    assert len(pythons) == 1


def test_everybody_may_read_and_only_root_may_write(added: list[tarfile.TarInfo]) -> None:
    """Whatever the umask of the checkout that it was built from, and whatever uid runs it."""
    assert {(member.uid, member.gid) for member in added} == {(0, 0)}
    wrong = [
        f"{member.mode:o} {member.name}"
        for member in added
        if member.mode & 0o7022 or member.mode & 0o444 != 0o444
    ]
    assert wrong == []


def test_only_the_pinned_libraries_are_added() -> None:
    """Not a newer pip either: the base's packages are as they were. Dependencies are complete."""

    def list_packages(name: str) -> set[str]:
        command = ("python", "-I", "-m", "pip", "list", "--format=freeze")
        listed = podman("run", "--rm", "--network=host", "--entrypoint=", name, *command)
        return set(listed.stdout.lower().replace("_", "-").split())

    pinned = set(re.findall(r"(?m)^[\w.-]+==[\w.]+", (ROOT / "requirements.txt").read_text()))
    before, after = list_packages(BASE), list_packages(IMAGE)
    assert before < after
    assert after - before <= pinned
    checked = run_image("python", "-I", "-m", "pip", "check", options=("--entrypoint=",))
    assert checked.returncode == 0, checked.stdout


def test_everything_is_compiled(added: list[tarfile.TarInfo]) -> None:
    """For this Python, and not to be compared with the source: a flag of 1 in its first bytes."""
    sources = [
        "/" + member.name
        for member in added
        if member.name.endswith(".py") and member.name != "opt/compass-event/entrypoint.py"
    ]
    assert len(sources) > 100
    checked = run_image(
        "python", "-I", "-c", LIST_UNCOMPILED, options=("--entrypoint=",), stdin=json.dumps(sources)
    )
    assert json.loads(checked.stdout) == []


LIST_UNCOMPILED = """
import importlib.util, json, os, sys

def is_compiled(source):
    path = importlib.util.cache_from_source(source)
    return os.path.exists(path) and open(path, "rb").read(8)[4:] == b"\\1\\0\\0\\0"

json.dump([source for source in json.load(sys.stdin) if not is_compiled(source)], sys.stdout)
"""


def test_it_starts_without_a_shell_and_isolated(image: dict[str, Any]) -> None:
    """As root, with no default command, and with the base's environment as it is: hosts bring
    their own working directory, HOME and variables.
    """
    config = image["Config"]
    entrypoint = ["/usr/local/bin/python", "-I", "/opt/compass-event/entrypoint.py"]
    assert config["Entrypoint"] == entrypoint
    assert not config.get("Cmd")
    assert not config.get("User")
    assert not config.get("WorkingDir") or config["WorkingDir"] == "/"


def test_the_environment_is_the_bases(image: dict[str, Any], base: dict[str, Any]) -> None:
    assert image["Config"]["Env"] == base["Config"]["Env"]


def test_a_shell_is_there_and_finds_the_commands() -> None:
    """GitLab needs both."""
    found = run_image(
        "sh", "-c", "which compass-event compass-event-post", options=("--entrypoint=",)
    )
    assert found.stdout.split() == [
        "/usr/local/bin/compass-event",
        "/usr/local/bin/compass-event-post",
    ]


def test_labels_say_what_it_is(image: dict[str, Any]) -> None:
    labels = image["Config"]["Labels"]
    prefix = "org.opencontainers.image."
    assert labels[prefix + "title"] == "Compass Event"
    assert labels[prefix + "licenses"] == "Apache-2.0"
    assert labels[prefix + "version"] == __version__
    assert re.fullmatch(r"[0-9a-f]{40}|unknown", labels[prefix + "revision"])

"""What is in the image, and what is not."""

from __future__ import annotations

import json
import re
from typing import Any

from packaging.requirements import Requirement

from compass_action import __version__
from tests.image.content import Content, inside
from tests.image.engine import IMAGE, ROOT, podman

MAX_COMPRESSED_BYTES = 22_000_000
"""The goal is 30 MB, and a margin for a base that is larger than the one CI builds on."""

# Where files may be, and nowhere else.
PLACES = (
    r"opt/compass-event/.*",
    r"usr/local/bin/(compass-event(-post)?|python[\d.]*)",
    r"usr/(local/)?lib/python[\d.]+/.+|usr/local/lib/libpython[\w.]+",
    r"usr/lib/([\w-]+-linux-gnu|ssl|locale/C.utf8)/.+",
    r"usr/lib(64)?/ld-linux[\w.-]+",
    r"usr/bin/[\w.]+",
    r"usr/share/doc/[\w.+-]+(/copyright)?",
    r"etc/(python[\d.]+|ssl)/.+",
    r"etc/(passwd|group|nsswitch\.conf|host\.conf|ld\.so\.cache|os-release|debian_version)",
    r"usr/lib/os-release|usr/local/pyvenv\.cfg|var/lib/dpkg/status|bin|sbin|lib|lib64|usr/lib64",
)


def test_a_job_waits_for_little(image: dict[str, Any], content: Content) -> None:
    """One layer, compressed: what a host pulls."""
    assert len(image["RootFS"]["Layers"]) == 1
    assert content.compressed_bytes <= MAX_COMPRESSED_BYTES


def test_nothing_lies_elsewhere(content: Content) -> None:
    """No pip, no cache, no build tools, no leftovers in /tmp or /root."""
    allowed = re.compile("|".join(f"(?:{place})" for place in PLACES))
    assert [name for name in content.files if not allowed.fullmatch(name)] == []


def test_of_the_standard_library_only_what_runs_is_there(content: Content) -> None:
    left_out = {"test", "tests", "idlelib", "tkinter", "ensurepip", "site-packages", "__pycache__"}
    libraries = [name for name in content.files if not name.startswith("usr/bin/")]
    assert [name for name in libraries if left_out & set(name.split("/"))] == []
    assert inside("python", "-c", "import asyncio, ctypes, sqlite3, ssl, zoneinfo") == ""


def test_every_extension_finds_its_libraries() -> None:
    """The loader was asked for them when the image was made."""
    assert int(inside("python", "-I", "-", stdin=IMPORT_EXTENSIONS)) > 20


IMPORT_EXTENSIONS = """
import importlib, sys, sysconfig
from pathlib import Path

sys.path.insert(0, "/opt/compass-event")
suffix = sysconfig.get_config_var("EXT_SUFFIX")
places = [Path("/opt/compass-event"), *(Path(p) for p in sys.path if p.endswith("lib-dynload"))]
found = [file.relative_to(place) for place in places for file in place.rglob(f"*{suffix}")]
for file in found:
    importlib.import_module(".".join(file.with_name(file.name.removesuffix(suffix)).parts))
print(len(found))
"""


def test_of_the_checkout_only_the_program_is_there(content: Content) -> None:
    """Whatever else lies there, bytecode of another Python included."""
    names = [name.removeprefix("opt/compass-event/") for name in content.files]
    program = {name for name in names if name.startswith("compass_action/")}
    sources = {
        path.relative_to(ROOT).with_suffix(".pyc" if path.suffix == ".py" else path.suffix)
        for path in (ROOT / "compass_action").rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }
    assert program == {str(path) for path in sources}
    assert {"LICENSE", "README.md", "entrypoint.py", "pipe.yml"} <= set(names)


def test_everybody_may_read_and_only_root_may_write(content: Content) -> None:
    """Whatever the umask of the checkout that it was built from, and whatever uid runs it."""
    members = content.members.items()
    modes = {name: member.mode & 0o7777 for name, member in members if not member.issym()}
    assert {modes.pop("tmp"), modes.pop("var/tmp")} == {0o1777}
    assert modes.pop("root") == 0o700
    assert {(member.uid, member.gid) for member in content.members.values()} == {(0, 0)}
    assert [n for n, mode in modes.items() if mode & 0o7022 or mode & 0o444 != 0o444] == []


def test_only_the_pinned_libraries_are_there() -> None:
    """All of them, in their pinned versions, and nothing else that scanners would have to know."""
    (python,) = re.findall(r"Python (\d+\.\d+)\.", inside("python", "--version"))
    here = {"python_version": python, "python_full_version": f"{python}.0"}
    lines = re.findall(r"(?m)^[\w.-]+==.+?(?= \\$)", (ROOT / "requirements.txt").read_text())
    pinned = [Requirement(line) for line in lines]
    wanted = {f"{p.name}{p.specifier}" for p in pinned if not p.marker or p.marker.evaluate(here)}
    listed = inside("python", "-I", "-", stdin=LIST_LIBRARIES)
    assert set(listed.lower().replace("_", "-").split()) == wanted


LIST_LIBRARIES = """
from importlib.metadata import distributions

for one in distributions(path=["/opt/compass-event"]):
    print(f"{one.name}=={one.version}")
"""


def test_everything_is_compiled(content: Content) -> None:
    """For this Python, and not to be compared with a source: a flag of 1 in its first bytes."""
    names = content.files
    assert [name for name in names if name.endswith(".py")] == ["opt/compass-event/entrypoint.py"]
    compiled = ["/" + name for name in names if name.endswith(".pyc")]
    assert len(compiled) > 500
    assert inside("python", "-I", "-c", FIND_OTHERS, stdin=json.dumps(compiled)) == "[]"


FIND_OTHERS = """
import importlib.util, json, sys

first = importlib.util.MAGIC_NUMBER + b"\\1\\0\\0\\0"
others = [path for path in json.load(sys.stdin) if open(path, "rb").read(8) != first]
json.dump(others, sys.stdout)
"""


def test_it_starts_without_a_shell_and_isolated(image: dict[str, Any]) -> None:
    """As root, with no default command: hosts bring their own working directory, HOME and variables."""
    config = image["Config"]
    entrypoint = ["/usr/local/bin/python", "-IS", "/opt/compass-event/entrypoint.py"]
    assert config["Entrypoint"] == entrypoint
    assert not config.get("Cmd")
    assert not config.get("User")
    assert not config.get("WorkingDir") or config["WorkingDir"] == "/"


def test_the_environment_is_a_path_and_nothing_else(image: dict[str, Any]) -> None:
    path = "PATH=/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin"
    assert image["Config"]["Env"] == [path]


TOOLS = (
    "basename cat chmod cp cut date dirname env expr find grep head id ln ls mkdir mktemp mv nohup "
    "printf pwd readlink rm rmdir sed seq sleep sort stat tail tee timeout touch tr uname uniq wc xargs"
)


def test_the_tools_of_scripts_are_there_and_run() -> None:
    """What the template's scripts, GitLab's runner and pods ask for; `env` finds them on PATH."""
    script = f"for tool in {TOOLS}; do env $tool --version > /dev/null || echo $tool; done"
    assert inside("sh", "-c", script) == ""
    assert inside("bash", "-c", script) == ""


def test_a_shell_finds_the_commands() -> None:
    """GitLab's runner looks for bash, then for sh, at these paths."""
    names = "compass-event compass-event-post bash sh"
    assert inside("sh", "-c", f"for name in {names}; do command -v $name; done").split() == [
        "/usr/local/bin/compass-event",
        "/usr/local/bin/compass-event-post",
        "/usr/bin/bash",
        "/usr/bin/sh",
    ]
    assert inside("/bin/sh", "-c", "test -x /bin/bash && test -x /usr/bin/bash") == ""


def test_labels_say_what_it_is(image: dict[str, Any]) -> None:
    labels = image["Config"]["Labels"]
    prefix = "org.opencontainers.image."
    assert labels[prefix + "title"] == "Compass Event"
    assert labels[prefix + "licenses"] == "Apache-2.0"
    assert labels[prefix + "version"] == __version__
    assert re.fullmatch(r"[0-9a-f]{40}|unknown", labels[prefix + "revision"])
    assert podman("image", "exists", IMAGE).returncode == 0

"""Gather what the image holds of the base that it is built on: `python gather.py ROOT`.

ROOT holds the program already; what that needs of the base comes beside it, at the paths where it lies
there: the interpreter that runs this, the standard library, a shell and some tools, and the shared
libraries of them all. The interpreter and the loader are asked where these are, for the official image
of Python, a distribution's own and an organisation's are laid out in different ways. The package list
is cut to the packages of which something was taken, so that scanners see what is there.

Needs Python 3.11 or newer, `ldd`, and the package list of Debian and its relatives.
"""

from __future__ import annotations

import ctypes
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from pathlib import Path

# GitLab's runner hands a job's script to bash where there is one, in quotes that dash does not know;
# it needs grep, mkdir, rm and chmod besides. The rest is what scripts around a report are made of, in
# the template and in pods: no editor, no network tool, no package manager.
TOOLS = (
    "sh", "bash", "basename", "cat", "chmod", "chown", "cp", "cut", "date", "dirname", "env", "expr",
    "false", "find", "grep", "head", "id", "ln", "ls", "mkdir", "mkfifo", "mktemp", "mv", "nohup",
    "paste", "printf", "pwd", "readlink", "realpath", "rm", "rmdir", "sed", "seq", "sleep", "sort",
    "stat", "tail", "tee", "test", "timeout", "touch", "tr", "true", "uname", "uniq", "wc", "xargs",
)  # fmt: skip

# Of the standard library what needs a screen, a terminal or a compiler, what installs, and the tests.
WITHOUT = re.compile(
    r"(tests?|idlelib|idle_test|tkinter|turtledemo|turtle\.py|_tkinter\..*|curses|_curses.*|readline\..*"
    r"|_g?dbm\..*|ensurepip|venv|lib2to3|config-.*|pydoc_data|_test.*|_xx.*"
    r"|xxlimited.*|_ctypes_test.*|__pycache__|site-packages|dist-packages)"
)

# What is opened by name while a program runs, so that the loader does not tell of it beforehand.
LOADED_LATER = ("libgcc_s.so.1", "libnss_dns.so.2", "libnss_files.so.2", "libresolv.so.2")

CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"

# Users, name resolution, certificates, OpenSSL's settings, and what the system is; some bases lack some.
SETTINGS = (
    "/etc/passwd", "/etc/group", "/etc/nsswitch.conf", "/etc/host.conf", "/etc/ld.so.cache",
    "/etc/os-release", "/etc/debian_version", CERTIFICATES, "/etc/ssl/openssl.cnf",
    "/usr/lib/ssl", "/usr/lib/locale/C.utf8",
)  # fmt: skip
FOLDERS = {"tmp": 0o1777, "var/tmp": 0o1777, "root": 0o700, "proc": 0o755, "dev": 0o755}
PACKAGES = Path("/var/lib/dpkg")


def main(root: Path) -> None:
    """Gather it all."""
    ours = list(_below(root))
    wanted = {*_interpreter(), *_standard_library(), *_tools(), *_loaded_later()}
    wanted.update(link for link in Path("/").iterdir() if link.is_symlink())  # /bin, /lib64
    wanted.update(file for name in SETTINGS for file in _below(Path(name)))
    wanted.update(_shared_libraries([*wanted, *ours]))
    copied = {made for file in wanted for made in _copy(file, root)}
    owners = _owners(copied)
    for package in owners:
        list(_copy(Path(f"/usr/share/doc/{package}/copyright"), root))
    _write_package_list(owners, root)
    for name, mode in FOLDERS.items():
        (root / name).mkdir(parents=True, exist_ok=True)
        (root / name).chmod(mode)


def _below(place: Path) -> Iterator[Path]:
    """Find a file, or all files and links in a folder."""
    if not place.is_dir():
        yield from [place] if place.exists() else []
        return
    for folder, folders, names in os.walk(place):
        yield from (Path(folder, name) for name in names)
        yield from (Path(folder, name) for name in folders if Path(folder, name).is_symlink())


def _interpreter() -> Iterator[Path]:
    yield Path(sys.executable)
    if sys.prefix != sys.base_prefix:  # a virtual environment, which says where its base is
        yield Path(sys.prefix, "pyvenv.cfg")


def _standard_library() -> Iterator[Path]:
    for place in {sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib")}:
        for file in _below(Path(place)):
            if not any(WITHOUT.fullmatch(part) for part in file.relative_to(place).parts):
                yield file


def _tools() -> Iterator[Path]:
    for name in TOOLS:
        if path := shutil.which(name):
            yield Path(path)


def _loaded_later() -> Iterator[Path]:
    for name in LOADED_LATER:
        try:
            ctypes.CDLL(name)
        except OSError:
            continue  # the C library has it built in, or is another one
        for line in Path("/proc/self/maps").read_text().splitlines():
            if line.endswith(f"/{name}"):
                yield Path(line.split(maxsplit=5)[5])


def _shared_libraries(files: Iterable[Path]) -> Iterator[Path]:
    """Ask the loader what the programs and libraries among the files are linked with."""
    linked = [file for file in files if file.is_file() and file.open("rb").read(4) == b"\x7fELF"]
    told = subprocess.run(["ldd", *linked], capture_output=True, text=True, check=False)  # noqa: S603, S607
    if "not found" in told.stdout or not told.stdout:
        raise SystemExit(f"ldd: {told.stdout}{told.stderr}")
    for path in re.findall(r"(?m)^\s+(?:\S+ => )?(/\S+) \(0x", told.stdout):
        yield Path(path)


def _owners(copied: set[Path]) -> set[str]:
    """Find the packages that the files are of; the Python of the official image is of none."""
    owners = set()
    for listed in PACKAGES.glob("info/*.list"):
        paths = (Path(line) for line in listed.read_text().splitlines())
        if any(path.parent.resolve() / path.name in copied for path in paths if path.name):
            owners.add(listed.stem.partition(":")[0])
    if Path(CERTIFICATES) in copied:  # made by the package, so that its list does not have it
        owners.add("ca-certificates")
    return owners


def _write_package_list(owners: set[str], root: Path) -> None:
    stanzas = (PACKAGES / "status").read_text().split("\n\n")
    kept = [s for s in stanzas if (m := re.match(r"Package: (\S+)", s)) and m[1] in owners]
    (root / "var/lib/dpkg").mkdir(parents=True)
    (root / "var/lib/dpkg/status").write_text("\n\n".join(kept) + "\n\n")


def _copy(file: Path, root: Path) -> Iterator[Path]:
    """Copy a file to its own path below `root`, with every link on the way to it; tell of all these."""
    place = Path("/")
    for step, part in enumerate(file.parts[1:], start=2):
        place /= part
        target = root / place.relative_to("/")
        if place.is_symlink():
            if not target.is_symlink():
                target.symlink_to(place.readlink())
            yield place
            onwards = os.path.normpath(place.parent / place.readlink())
            yield from _copy(Path(onwards, *file.parts[step:]), root)
            return
        if place.is_dir():
            target.mkdir(exist_ok=True)
        elif place.is_file():
            if not target.exists():
                shutil.copy2(place, target)
            yield place


if __name__ == "__main__":
    main(Path(sys.argv[1]))

"""The package list that scanners read and SBOMs are made of: what is there, all of it, nothing else."""

from __future__ import annotations

import json
import re
from typing import NamedTuple

import pytest

from tests.image.content import Content, inside
from tests.image.engine import BASE, podman

# Told of each installed package of the base: its name, its version, and its files.
LIST_PACKAGES = """
import json, pathlib, subprocess

format = "${Package} ${Version}\\n"
lines = subprocess.check_output(["dpkg-query", "--show", f"--showformat={format}"], text=True)
packages = {}
for package, version in (line.split() for line in lines.splitlines()):
    listed = subprocess.check_output(["dpkg-query", "--listfiles", package], text=True).splitlines()
    real = [str(pathlib.Path(path).parent.resolve() / pathlib.Path(path).name) for path in listed]
    packages[package] = (version, real)
print(json.dumps(packages))
"""


MADE = {"/etc/ssl/certs/ca-certificates.crt": "ca-certificates"}
"""What a package makes when it is installed, so that its list of files does not have it."""


class Package(NamedTuple):
    """An installed package of the base."""

    version: str
    files: frozenset[str]


@pytest.fixture(scope="module")
def base() -> dict[str, Package]:
    """The base's packages by their names, as its own package manager tells of them."""
    command = (
        "--rm",
        "--interactive",
        "--network=host",
        "--entrypoint=",
        BASE,
        "python",
        "-I",
        "-",
    )
    told = podman("run", *command, stdin=LIST_PACKAGES)
    assert told.returncode == 0, told.stderr
    return {
        name: Package(version, frozenset(files))
        for name, (version, files) in json.loads(told.stdout).items()
    }


@pytest.fixture(scope="module")
def listed() -> dict[str, str]:
    """The image's own list: versions by package."""
    stanzas = inside("cat", "/var/lib/dpkg/status").strip().split("\n\n")
    read = [dict(line.split(": ", 1) for line in s.splitlines() if ": " in line) for s in stanzas]
    assert all(stanza["Status"] == "install ok installed" for stanza in read)
    return {stanza["Package"]: stanza["Version"] for stanza in read}


@pytest.fixture(scope="module")
def paths(content: Content) -> list[str]:
    """The files of the image, by the names that they have in the base; licences apart."""
    names = [f"/{name}" for name in content.files if not name.startswith("usr/share/doc/")]
    return [re.sub(r"\.pyc$", ".py", name) for name in names]


def test_every_listed_package_is_there_in_its_version(
    base: dict[str, Package], listed: dict[str, str], paths: list[str]
) -> None:
    """At least some of its files."""
    there = {*paths} - {*MADE}
    for name, version in listed.items():
        assert base[name].version == version
        assert there & base[name].files or name in MADE.values(), name
    assert {*MADE} <= {*paths}


def test_every_file_of_a_package_has_it_listed(
    base: dict[str, Package], listed: dict[str, str], paths: list[str]
) -> None:
    owners = {path: name for name, package in base.items() for path in package.files}
    assert {owners[path] for path in paths if path in owners} <= {*listed}
    assert {"libc6", "libssl3t64", "bash", "coreutils"} <= {*listed}
    assert not {"apt", "perl-base", "tar", "login"} & {*listed}


def test_every_listed_package_brings_its_licence(listed: dict[str, str]) -> None:
    """Where it is, a link may lead there from the package's own folder."""
    script = "for name; do test -s /usr/share/doc/$name/copyright || echo $name; done"
    assert inside("sh", "-c", script, "sh", *listed) == ""


def test_it_names_its_distribution() -> None:
    """By which scanners choose what they compare with."""
    assert "ID=debian" in inside("cat", "/etc/os-release")

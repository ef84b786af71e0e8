"""How values that hosts hand over are read: carefully, and absent where they make no sense. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

from compass_action.inputs.given import is_nothing
from compass_action.inputs.values import INTEGER, read_time, read_url, split_url

# Patterns are texts here: only a run that needs one pays for compiling it.
# `git@github.com:acme/shop.git`, as scp has it. Without a user the host needs a dot, which no drive
# of Windows and no `arn:aws:s3:::bucket` has.
SCP = r"(?:[^@/:\s]+@)?([\w-]+(?:\.[\w-]+)+|(?<=@)[\w-]+):(?!//)(.+)"
ADDRESS = r"([a-z][a-z0-9+.-]*)://(.+)"
WEB = {"http": ":80", "https": ":443", "oci": ":443"}
"""Schemes whose port is the pages' own, each with the port that goes without saying."""
OTHERS = ("ssh", "git", "git+ssh", "ssh+git", "git+https", "git+http")

# Where ssh is answered under a name of its own.
SSH_HOSTS = {
    "ssh.github.com": "github.com",
    "altssh.bitbucket.org": "bitbucket.org",
    "altssh.gitlab.com": "gitlab.com",
}
AZURE_SSH = r"(?:vs-)?ssh\.(?:dev\.azure|visualstudio)\.com"
"""The names under which Azure answers ssh. The older one has the organisation as its user."""
AZURE_OLD = r"([\w-]+)\.visualstudio\.com"

# https://docs.github.com, https://support.atlassian.com/bitbucket-cloud, https://docs.gitlab.com
PULL_REQUESTS = {
    "github.com": "pull",
    "bitbucket.org": "pull-requests",
    "gitlab.com": "-/merge_requests",
}

SAFE = "/%:!$&'()*+,;=~"
"""What stays as it is in a path, besides letters, digits and `._-`."""


def number(text: str | None) -> int | None:
    """Read a whole number; None if it is not one."""
    return int(text) if text and INTEGER.fullmatch(text) and len(text) <= 18 else None


def time(text: str | None) -> datetime | None:
    """Read a point in time; None if it is not one."""
    try:
        return read_time(text) if text else None
    except ValueError:
        return None


def at(payload: Mapping[str, Any], path: str) -> str | None:
    """Read a text or number at a dotted path of a JSON payload; None if it is not there."""
    value: Any = payload
    for name in path.split("."):
        if not isinstance(value, Mapping):
            return None
        value = value.get(name)
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    return str(value) or None


def web_address(text: str | None) -> str | None:
    """Read a link; None if it is no whole http or https URL without credentials."""
    try:
        return read_url(text) if text else None
    except ValueError:
        return None


def repository_page(text: str | None) -> str | None:
    """Read a repository's page as it is linked to: the scheme stays, credentials and `.git` go."""
    found = repository_url(text)
    plain = (text or "").strip().lower().startswith("http://")
    return found.replace("https://", "http://", 1) if found and plain else found


def given(env: Mapping[str, str]) -> dict[str, str]:
    """Keep the variables that say something: neither empty nor one that stands for nothing."""
    kept = {name: value.strip() for name, value in env.items() if value.strip()}
    return {name: value for name, value in kept.items() if not is_nothing(value)}


def address(url: str | None) -> str | None:
    """Take an address without scheme, credentials, query and slash at the end: `ci.acme.example/shop`."""
    parts = split_url(re.sub(r"//[^/]*@", "//", url)) if url else None
    if parts is None or parts[0] not in ("http", "https"):
        return None
    host = parts[1].lower().removesuffix(WEB[parts[0]])
    return host + quote(re.split(r"[?#]", parts[2], maxsplit=1)[0].rstrip("/"), safe=SAFE)


def commit(text: str | None) -> str | None:
    """Read a commit's full hash; None for `HEAD`, a short hash or a version of something else."""
    return text if text and re.fullmatch(r"[0-9a-f]{40}|[0-9a-f]{64}", text, re.ASCII) else None


def pull_request(text: str | None) -> str | None:
    """Read a pull request's number; several hosts write `false` where there is none."""
    return text if text and INTEGER.fullmatch(text) else None


def named_ref(branch: str | None, tag: str | None) -> str | None:
    """Name a ref as git has it."""
    return f"refs/tags/{tag}" if tag else f"refs/heads/{branch}" if branch else None


def branch_of(ref: str | None) -> str | None:
    """Take the branch of `refs/heads/main`; None for any other ref."""
    return (ref or "").partition("refs/heads/")[2] or None


def tag_of(ref: str | None) -> str | None:
    """Take the tag of `refs/tags/v1.0`; None for any other ref."""
    return (ref or "").partition("refs/tags/")[2] or None


def slug_of(uuid: str | None) -> str | None:
    """Strip the braces that Bitbucket puts around its UUIDs."""
    return uuid.strip("{}") or None if uuid else None


def repository_url(text: str | None) -> str | None:
    """Make one address of a repository: https, no credentials, no `.git`, no slash at the end.

    Takes https, ssh, git and scp-like forms, and Azure's several; None where it is none of them.
    """
    wanted = (text or "").strip()
    if not wanted or re.search(r"[\x00-\x1f\x7f\\]", wanted):
        return None
    address = re.fullmatch(ADDRESS, wanted, re.ASCII | re.IGNORECASE)
    scheme, rest = (address[1].lower(), address[2]) if address else ("", wanted)
    if scheme and scheme not in WEB and scheme not in OTHERS:
        return None
    netloc, _, path = rest.partition("/")
    scp = re.fullmatch(SCP, rest, re.ASCII)
    # Also behind a scheme, as in Semaphore's `http://git@github.com:acme/shop.git`.
    if scp and not re.match(r"\d+(/|$)", scp[2]):
        netloc, path = scp[1], scp[2]
    elif not scheme and not scp:
        return None
    # The user name, and a password, which may hold an @ of its own; but behind the first slash an @
    # may be the end of a password with a slash in it, of which nothing must be kept.
    user, _, host = netloc.rpartition("@")
    host = host.lower()
    path = re.split(r"[?#]", path, maxsplit=1)[0]
    if "@" in path or not host:
        return None
    if scheme in WEB:
        host = host.removesuffix(WEB[scheme])
    elif scheme or scp is None or not re.match(r"\d+/", scp[2]):
        host = re.sub(r":\d*$", "", host)  # ssh's port is not that of the pages
    path = "/" + re.sub(r"/{2,}", "/", path).strip("/").removesuffix(".git").rstrip("/")
    host, path = _settled(SSH_HOSTS.get(host, host), path, user)
    if path == "/" or split_url(f"https://{host}/") is None:
        return None
    return f"https://{host}{quote(path, safe=SAFE)}"


def clone_address(text: str | None) -> str | None:
    """Make the address of a repository of that by which git clones it, where that is no page, as
    `git@github.com:acme/shop.git`. None for any other text, and for one that holds a password.
    """
    scheme, _, rest = (text or "").strip().rpartition("://")
    user, at, path = rest.partition("@")
    if at and ":" in user:
        return None
    is_ssh = at and (user == "git" or (not scheme and path.endswith(".git")))
    return repository_url(text) if is_ssh or scheme.lower() in OTHERS else None


def _settled(host: str, path: str, user: str) -> tuple[str, str]:
    """Settle on one of the addresses by which Azure knows a repository."""
    if re.fullmatch(AZURE_SSH, host, re.ASCII):
        parts = path.removeprefix("/v3").strip("/").split("/")
        if "_ssh" in parts and user:
            host = f"{user.lower()}.visualstudio.com"
        elif len(parts) == 3:
            return "dev.azure.com", "/{}/{}/_git/{}".format(*parts)
    old = re.fullmatch(AZURE_OLD, host, re.ASCII)
    if old:
        path = path.removeprefix("/DefaultCollection").replace("/_ssh/", "/_git/")
        host, path = "dev.azure.com", f"/{old[1]}{path}"
    short = re.fullmatch(r"/([^/]+)/_git/([^/]+)", path)
    if host == "dev.azure.com" and short:  # a project's repository of the same name
        path = f"/{short[1]}/{short[2]}/_git/{short[2]}"
    return host, path


def pull_request_url(repository: str | None, number: str | None) -> str | None:
    """Name a pull request's page, where the repository's host is known to have it there."""
    host = (repository or "").removeprefix("https://").partition("/")[0]
    known = PULL_REQUESTS.get(host)
    return f"{repository}/{known}/{number}" if known and number else None

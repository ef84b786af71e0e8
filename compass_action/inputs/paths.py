"""Paths: how the lists of changed files, and of components by path, are read. Pure."""

from __future__ import annotations

import json
import re

from compass_action.text import quoted

# A line of `git diff --name-status`. Of a rename both paths count, of a copy the new one.
STATUS = re.compile(r"([ACDMRTUXB])\d{0,3}\t(.+)")
# What tj-actions/changed-files puts a backslash before, for shells; a newline between paths, too.
SANITIZED = r"\\([^\x20-\x7e]|[:*?<>|;`$()&!])"
ESCAPES = {"a": 7, "b": 8, "t": 9, "n": 10, "v": 11, "f": 12, "r": 13, '"': 34, "\\": 92}


def read_paths(text: str) -> tuple[str, ...]:
    """Read a list of files in the repository: a JSON list, or one path on each line as git writes them,
    or paths with commas between them on one line. Only JSON's `[]` says that there are none. A line with
    blanks is one path: `split_at_blanks` is for the other reading.

    Raises ValueError.
    """
    if text.startswith("["):
        entries = _read_json(text)
    else:
        lines = text.splitlines()
        entries = text.split(",") if len(lines) == 1 and "\t" not in text else lines
        entries = [path for entry in entries for path in _of_line(entry.strip())]
    return tuple(dict.fromkeys(map(_settled, filter(None, entries))))


def split_at_blanks(text: str) -> tuple[str, ...]:
    """Split one line into the paths that it is if its blanks stand between them; empty if it has none, or
    commas, or is anything else than plain words. A path may hold blanks of its own, so which of the two
    it is, only the checkout can tell.
    """
    words = text.split(" ")
    if len(words) < 2 or text.startswith("[") or re.search(r'[,"\t\n\r]', text):
        return ()
    try:
        return read_paths("\n".join(words))
    except ValueError:
        return ()


def _read_json(text: str) -> list[str]:
    """Read a JSON list, also one that was escaped to stand between double quotes in a shell."""
    bare = re.sub(SANITIZED, r"\1", text)
    for written in (text, bare, bare.replace('\\"', '"')):
        try:
            entries = json.loads(written)
        except (ValueError, RecursionError):
            continue
        if isinstance(entries, list) and all(isinstance(entry, str) for entry in entries):
            return entries
    raise ValueError("it begins like a JSON list and is no list of texts.")


def _of_line(line: str) -> list[str]:
    status = STATUS.fullmatch(line)
    if not status:
        return [_unquoted(line)]
    paths = [_unquoted(path) for path in status[2].split("\t")]
    return paths[-1:] if status[1] == "C" else paths


def _unquoted(path: str) -> str:
    r"""Undo git's quoting of what is not plain ASCII: `"gr\303\266\303\237e.py"`."""
    if len(path) < 2 or path[0] != '"' or path[-1] != '"':
        return re.sub(SANITIZED, r"\1", path.removesuffix("\\"))
    out = bytearray()
    for plain, octal, letter in re.findall(r"([^\\]+)|\\([0-7]{3})|\\(.)", path[1:-1]):
        out += plain.encode("utf-8", "replace")
        if octal:
            out.append(int(octal, 8) & 0xFF)
        elif letter:
            out.append(ESCAPES.get(letter, 63))
    return out.decode("utf-8", "replace")


def _settled(path: str) -> str:
    """Write a path from the root of the repository; a leading `./` goes."""
    parts = [part for part in path.split("/") if part != "."]
    if path.startswith("/") or ".." in parts or not any(parts):
        raise ValueError(f"{quoted(path)} is no path from the root of the repository.")
    return "/".join(part for part in parts if part)


def read_owners(text: str) -> tuple[tuple[str, str], ...]:
    """Read a list of `path glob = ARI`, first match first. Raises ValueError."""
    rules = []
    for line in filter(None, (entry.strip() for entry in re.split(r"[\n\r,]", text))):
        glob, equals, ari = (part.strip() for part in line.rpartition("="))
        glob = glob.removeprefix("./").strip("/")
        if not equals or glob in ("", ".") or not ari:  # these would match no file
            raise ValueError(
                f"{quoted(line)} is not a rule. Write one `path glob = ARI` on each line, such as "
                "`services/cart = ari:cloud:compass:…`."
            )
        rules.append((_settled(glob), ari))
    return tuple(rules)

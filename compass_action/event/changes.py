"""What changed: which components of a monorepo hold a changed file. Pure.

A file belongs to the nearest component upwards: to the one whose compass.yml lies in its own folder, or
else in the nearest folder above. Where a map says which paths are whose, its first match counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from compass_action.globs import glob_matcher


def folders_above(path: str) -> Iterator[str]:
    """Name the folders of a file, the nearest first; the root is empty."""
    folder = path
    while folder:
        folder = folder.rpartition("/")[0]
        yield folder


def files_to_try(changed: Iterable[str], names: Sequence[str]) -> tuple[str, ...]:
    """Name the component files that could be those of changed files."""
    folders = dict.fromkeys(folder for path in changed for folder in folders_above(path))
    return tuple(f"{folder}/{name}" if folder else name for folder in folders for name in names)


def holding(files: Iterable[str], changed: Iterable[str]) -> frozenset[str]:
    """Tell which of these component files are the nearest ones of a changed file."""
    by_folder: dict[str, list[str]] = {}
    for file in files:
        by_folder.setdefault(file.rpartition("/")[0], []).append(file)
    held: set[str] = set()
    for path in changed:
        nearest = next((folder for folder in folders_above(path) if folder in by_folder), None)
        held.update(by_folder.get(nearest, ()) if nearest is not None else ())
    return frozenset(held)


def owners(rules: Sequence[tuple[str, str]], changed: Iterable[str] | None) -> tuple[str, ...]:
    """Name the owners of changed files by the first rule that matches; of everything, if it is not
    said what changed. A glob that matches a folder matches all that is in it.
    """
    if changed is None:
        return tuple(dict.fromkeys(ari for _, ari in rules))
    matchers = [(glob_matcher(glob), ari) for glob, ari in rules]
    found: dict[str, None] = {}
    for path in changed:
        places = [path, *filter(None, folders_above(path))]
        for matches, ari in matchers:
            if any(map(matches, places)):
                found[ari] = None
                break
    return tuple(ari for ari in dict.fromkeys(ari for _, ari in rules) if ari in found)

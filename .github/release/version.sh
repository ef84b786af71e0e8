#!/usr/bin/env bash
# version.sh TAG: check what the tag release-X.Y.Z promises, and print X.Y.Z.
#
# The tagged commit is on main, and the package, the changelog and every surface have that version.
set -euo pipefail
cd "$(dirname "$0")/../.."
version=${1#release-}

fail() {
    echo "$1" >&2
    exit 1
}

[[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+$ ]] || fail "$1 is not release-X.Y.Z."
git merge-base --is-ancestor "$1^{commit}" origin/main || fail "$1 is not on main."
[[ $(git rev-parse HEAD) == $(git rev-parse "$1^{commit}") ]] || fail "$1 is not what is checked out."
grep -qxF "__version__ = \"$version\"" compass_action/__init__.py || fail "compass_action has another version."
grep -qF "## [$version] - " CHANGELOG.md || fail "CHANGELOG.md has no dated entry for $version."
for file in bitbucket-pipe.yml pipe.yml templates/compass-event.yml README.md docs/bitbucket.md; do
    grep -qF "compassevent/compass-event:$version" "$file" || fail "$file names another version."
done
echo "$version"

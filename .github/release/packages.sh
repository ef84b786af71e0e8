#!/usr/bin/env bash
# packages.sh PYTHON FOLDER: build the sdist, and of it the wheel, into FOLDER, and try both.
#
# PYTHON has the tools of requirements-check.txt. Each package is installed alone into a new environment,
# by its own list of what it depends on, as pipx and uvx do it, and run from an empty folder.
set -euo pipefail
cd "$(dirname "$0")/../.."
python=$1
mkdir -p "$2"
folder=$(cd "$2" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

version=$(sed -n 's/^__version__ = "\(.*\)"$/\1/p' compass_action/__init__.py)
wheel=$folder/compass_event-$version-py3-none-any.whl
sdist=$folder/compass_event-$version.tar.gz

# Of a copy, for the build leaves its own files beside the sources.
git ls-files -z --cached --others --exclude-standard | xargs -0 cp --parents --no-dereference -t "$work"
(cd "$work" && PYTHONPATH='' "$OLDPWD/$python" -m build --quiet --outdir "$folder" .)

for package in "$wheel" "$sdist"; do
    rm -rf "$work/venv" "$work/empty"
    mkdir "$work/empty"
    "$python" -m venv "$work/venv"
    "$work/venv/bin/python" -m pip install --quiet --disable-pip-version-check "$package"
    (
        cd "$work/empty"
        [[ $("$work/venv/bin/compass-event" --version) == "compass-event $version" ]]
        "$work/venv/bin/compass-event" demo >"$work/demo" || { cat "$work/demo" && exit 1; }
    )
    [[ -z $(ls -A "$work/empty") ]]
    echo "${package##*/}: installed, and its demo ended well"
done

# shellcheck shell=bash
# Install the pinned libraries into an environment of their own, once for each job.
#
# action.yml sources this in a bash with -e and -o pipefail, on Linux, macOS and Windows. The runner
# empties RUNNER_TEMP when the job ends. Slashes work everywhere; backslashes only on Windows.
set -u
root=${GITHUB_ACTION_PATH//\\//}
root=${root%/*} # the checkout, in which this folder lies
requirements=$root/requirements.txt
folder=${RUNNER_TEMP//\\//}/compass-event-$(cksum <"$requirements" | tr -cd 0-9)

find_python() { # print the first Python on PATH that is new enough
    local name
    for name in python3 python python3.14 python3.13 python3.12 python3.11; do
        if "$name" -I -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
            echo "$name"
            return
        fi
    done
    return 1
}

find_installed() { # print the environment's own Python, which lies elsewhere on Windows
    local python
    for python in "$folder/bin/python" "$folder/Scripts/python.exe"; do
        if [[ -x $python ]]; then
            echo "$python"
            return
        fi
    done
    return 1
}

install() { # make the environment anew: an earlier attempt may have left half of one
    local python
    "$1" -I -m venv --clear "$folder" || return
    python=$(find_installed) || return
    "$python" -I -m pip install --quiet --disable-pip-version-check --no-input \
        --require-hashes --only-binary :all: --requirement "$requirements" || return
    : >"$folder/complete"
}

if [[ ! -e $folder/complete ]]; then
    if ! python=$(find_python); then
        echo '::error title=Compass Event found no Python::This runner has no Python 3.11 or newer on PATH. Use actions/setup-python before this step, or the action that runs in Docker.'
        exit 2
    fi
    if ! install "$python" 1>&2; then
        hint='Python could not make an environment or install the pinned libraries; the lines above say why. On Debian and Ubuntu the package python3-venv is needed.'
        if [[ ${ON_ERROR-} == [Ff][Aa][Ii][Ll] ]]; then
            echo "::error title=Compass Event could not be installed::$hint"
            exit 1
        fi
        echo "::warning title=Compass Event could not be installed::$hint Nothing was sent."
        exit 0
    fi
fi
echo "python=$(find_installed)" >>"$GITHUB_OUTPUT"

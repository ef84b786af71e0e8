# shellcheck shell=bash
# Install the pinned libraries, once for each job, and say under which Python they are.
#
# action.yml sources this in a bash with -e and -o pipefail, on Linux, macOS and Windows. Slashes work
# everywhere; backslashes only on Windows. Whatever cannot be done here is a failed delivery: the job
# goes on, unless on-error says otherwise.
set -u
root=${GITHUB_ACTION_PATH//\\//}
root=${root%/*} # the checkout, in which this folder lies
seconds=120     # for the installation as a whole; what cannot be had by then holds the job up no more

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

give_up() { # give_up TITLE MESSAGE: a warning, or an error under on-error: fail
    if [[ ${ON_ERROR-} == [Ff][Aa][Ii][Ll] ]]; then
        echo "::error title=$1::$2 Nothing was sent."
        exit 1
    fi
    echo "::warning title=$1::$2 Nothing was sent."
    exit 0
}

if ! python=$(find_python); then
    give_up 'Compass Event found no Python' 'This runner has no Python 3.11 or newer on PATH. Use actions/setup-python before this step, or the action that runs in Docker.'
fi
if ! [[ -d ${RUNNER_TEMP-} ]] || ! installed=$("$python" -I -X utf8 "$root/no-docker/install.py" \
    "$root/requirements.txt" "$RUNNER_TEMP" "$seconds"); then
    give_up 'Compass Event could not be installed' 'Python could not make an environment of its own with the pinned libraries; the lines above say why. On Debian and Ubuntu the package python3-venv is needed; a temp folder that is mounted noexec will not do.'
fi
echo "python=$installed" >>"$GITHUB_OUTPUT"

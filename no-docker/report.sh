# shellcheck shell=bash
# Report one event, with the inputs that action.yml hands over as INPUT_*.
set -u
root=${GITHUB_ACTION_PATH//\\//}

# Git's bash on Windows would otherwise take some values for paths and rewrite them.
export MSYS2_ENV_CONV_EXCL='*'
exec "$COMPASS_EVENT_PYTHON" -I -X utf8 "$root/report.py"

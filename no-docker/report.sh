# shellcheck shell=bash
# Report one event, with the inputs that action.yml hands over as INPUT_*.
#
# A composite action has no state, so what `track` has begun is kept in a file of the job, one record
# on each line; among them the program finds the one of the event that it ends.
set -u
root=${GITHUB_ACTION_PATH//\\//}
root=${root%/*}
temp=${RUNNER_TEMP//\\//}
kept=$temp/compass-event-tracked

# Git's bash on Windows would otherwise take some values for paths and rewrite them.
export MSYS2_ENV_CONV_EXCL='*'
export GITHUB_STATE=$temp/compass-event-state
: >"$GITHUB_STATE"
if [[ -e $kept ]]; then
    STATE_COMPASS_TRACKED=$(<"$kept")
    export STATE_COMPASS_TRACKED
fi

code=0
"$COMPASS_EVENT_PYTHON" -I -X utf8 "$root/entrypoint.py" || code=$?
grep '^{' "$GITHUB_STATE" >>"$kept" || true # the record is the only line that begins so
exit "$code"

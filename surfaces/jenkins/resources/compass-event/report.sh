#!/bin/sh
# Runs Compass Event on a Jenkins agent: the command if there is one, else the image.
set -eu

if [ -z "${COMPASS_EVENT_IMAGE:-}" ] && command -v compass-event >/dev/null 2>&1; then
    exec compass-event
fi

# Docker gets the variables by name and takes their values from here, so that none is in a log or in
# the list of processes. A name that is not set is left out by it.
names=$(env | sed -nE 's/^(COMPASS_[A-Z0-9_]+|CI|JENKINS_(URL|HOME)|JOB_[A-Z_]+|NODE_NAME|STAGE_NAME|WORKSPACE|RUN_DISPLAY_URL|BRANCH_NAME|TAG_NAME|BUILD_(ID|NUMBER|TAG|URL|DISPLAY_NAME|USER|USER_ID)|GIT_(COMMIT|BRANCH|LOCAL_BRANCH|URL(_[0-9]+)?)|CHANGE_[A-Z_]+|ghprb[A-Za-z]+|gitlab[A-Za-z]+|(HTTPS?|NO)_PROXY|(https?|no)_proxy)=.*/\1/p')
set --
for name in $names; do
    set -- "$@" -e "$name"
done
# The workspace has the compass.yml, and takes an outbox; the folder beside it keeps what was begun.
for folder in "${WORKSPACE:-}" "${WORKSPACE_TMP:-}"; do
    if [ -n "$folder" ] && [ -d "$folder" ]; then
        set -- "$@" -v "$folder:$folder"
    fi
done
exec docker run --rm --user "$(id -u):$(id -g)" --workdir "${WORKSPACE:-/}" "$@" \
    "${COMPASS_EVENT_IMAGE:-compassevent/compass-event:0.2.0}"

#!/bin/sh
# As much of `docker run` as our script uses: a clean environment with the variables that were named
# and are set, the mounts noted down, the image's program.
printf '%s\n' "$*" >> "$WORKSPACE/docker.log"
[ "$1" = run ] || exit 125
shift
set -f
variables=
while [ $# -gt 1 ]; do
    case $1 in
        --rm) ;;
        -e)
            shift
            if value=$(printenv "$1"); then
                variables="$variables
export $1='$(printf %s "$value" | sed "s/'/'\\\\''/g")'"
            fi
            ;;
        -v | --user | --workdir) shift ;;
        *) exit 125 ;;
    esac
    shift
done
exec env -i PATH="$PATH" sh -c "$variables
unset COMPASS_SITE
exec $PROGRAM"

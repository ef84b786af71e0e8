#!/bin/sh
# The command, as it would be installed.
exec $PROGRAM "$@"

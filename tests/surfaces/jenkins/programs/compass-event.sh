#!/bin/sh
# The command, as it would be installed. The address is given in place of a site that a Jenkinsfile sets.
unset COMPASS_SITE
exec $PROGRAM "$@"

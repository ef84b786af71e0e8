#!/bin/sh
# The project's deployment: it takes a while, and ends as the pipeline's variable says.
sleep 1.5
exit "${DEPLOYMENT_EXITS_WITH:-0}"

# shellcheck shell=bash disable=SC2154 # sourced by .ci/run, which sets $bin
# The real image: built from this checkout, run as each host's runner does.
step "image: build" .ci/image.sh

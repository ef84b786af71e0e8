# shellcheck shell=bash disable=SC2154 # sourced by .ci/run, which sets $bin
# Scripts, the Dockerfile and dependencies, by the linters of their trades.
step "shellcheck" "$bin/shellcheck" .ci/run .ci/image.sh .ci/steps/*.sh
step "hadolint" "$bin/hadolint" Dockerfile

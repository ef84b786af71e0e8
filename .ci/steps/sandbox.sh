# shellcheck shell=bash disable=SC2154 # sourced by .ci/run, which sets $bin
# What starts a sandbox for a team: its Dockerfile, the compose file, the manifest (by yamllint, elsewhere).
step "hadolint: sandbox" "$bin/hadolint" Dockerfile.sandbox
step "schema: compose" "$bin/check-jsonschema" --builtin-schema vendor.compose-spec examples/sandbox/compose.yaml
# 500 runs on six hosts, through the whole program: the feed holds exactly what happened.
step "long histories, long tokens, faults of look-ups" "$bin/python" -m pytest --numprocesses auto tests/histories/long tests/program/long tests/lookup/long

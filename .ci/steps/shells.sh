# shellcheck shell=bash disable=SC2154 # sourced by .ci/run, which sets $bin
# What runs in shells: the examples for other tools, which need jq, the completion scripts, and what GitHub's runner
# runs without Docker, which installs with pip.
jq_zsh_and_fish_are_there() {
    { command -v jq && command -v zsh && command -v fish; } >/dev/null ||
        { apt-get update -qq && apt-get install -yqq --no-install-recommends jq zsh fish; } >/dev/null
}
step "jq, zsh and fish" jq_zsh_and_fish_are_there
step "shellcheck: examples" "$bin/shellcheck" examples/tools/*.sh
step "examples for other tools, run" "$bin/python" -m pytest tests/tools
step "completion in zsh and fish" "$bin/python" -m pytest tests/shells
step "installing without Docker, with pip" "$bin/python" -m pytest --numprocesses auto tests/no_docker/pip

# shellcheck shell=bash disable=SC2154 # sourced by .ci/run, which sets $bin
# Scripts, the Dockerfile and YAML, by the linters of their trades.
step "shellcheck" "$bin/shellcheck" .ci/run .ci/image.sh .ci/gitlab-ci-local/install.sh .ci/kubernetes/install.sh .ci/steps/*.sh no-docker/*.sh .github/release/*.sh surfaces/*/resources/*/*.sh surfaces/buildkite/*/hooks/* surfaces/buildkite/*/lib/* examples/octopus/*.sh tests/surfaces/*/programs/*.sh
step "hadolint" "$bin/hadolint" Dockerfile
step "yamllint" "$bin/yamllint" --strict .
step "zizmor" "$bin/zizmor" --offline --quiet .

# shellcheck shell=bash disable=SC2154 # sourced by .ci/run, which sets $bin
# The GitLab template, really run by gitlab-ci-local: in shells, and in containers of our image.
step "gitlab-ci-local" .ci/gitlab-ci-local/install.sh
step "GitLab pipelines, run" "$bin/python" -m pytest tests/gitlab

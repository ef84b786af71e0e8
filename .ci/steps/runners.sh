# shellcheck shell=bash disable=SC2154 # sourced by .ci/run, which sets $bin
# The GitLab template, really run by gitlab-ci-local: in shells, and in containers of our image. The
# scripts of the Bitbucket examples, really run by bash.
curl_is_there() {
    command -v curl >/dev/null || { apt-get update -qq && apt-get install -yqq --no-install-recommends curl; }
}
step "curl" curl_is_there
step "Bitbucket scripts, run" "$bin/python" -m pytest tests/bitbucket
step "gitlab-ci-local" .ci/gitlab-ci-local/install.sh
step "GitLab pipelines, run" "$bin/python" -m pytest tests/gitlab

# shellcheck shell=bash disable=SC2154 # sourced by .ci/run, which sets $bin
# The real image, built from this checkout and run as each host's runner does. GitHub's own parser and
# evaluator are made first: the simulated runner asks them. The scripts of the GitHub example with an
# outbox need what GitHub's runners have.
github_tools() {
    (cd .ci/github-expressions && npm ci --ignore-scripts --no-audit --no-fund --silent && npm run --silent build)
}
jq_and_unzip_are_there() {
    { command -v jq && command -v unzip; } >/dev/null || { apt-get update -qq && apt-get install -yqq --no-install-recommends jq unzip; }
}
step "GitHub's parser and evaluator" github_tools
step "jq and unzip" jq_and_unzip_are_there
step "image: build" .ci/image.sh
step "image: run as on each host" "$bin/python" -m pytest tests/image
step "image: the stages of GitHub and Bitbucket" "$bin/python" -m pytest --stages image tests/surfaces/action tests/surfaces/pipe

# shellcheck shell=bash disable=SC2154 # sourced by .ci/run, which sets $bin
# The real image, built from this checkout and run as each host's runner does. GitHub's own parser and
# evaluator are made first: the simulated runner asks them.
github_tools() {
    (cd .ci/github-expressions && npm ci --ignore-scripts --no-audit --no-fund --silent && npm run --silent build)
}
step "GitHub's parser and evaluator" github_tools
step "image: build" .ci/image.sh
step "image: run as on each host" "$bin/python" -m pytest tests/image

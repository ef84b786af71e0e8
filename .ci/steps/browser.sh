# shellcheck shell=bash disable=SC2154 # sourced by .ci/run, which sets $bin
# The sandbox's page and GitHub's step summary in a real browser: Debian's Chromium, driven by
# playwright-core; axe-core looks at the page's accessibility.
chromium_is_there() {
    command -v chromium >/dev/null || { apt-get update -qq && apt-get install -yqq --no-install-recommends chromium fonts-dejavu-core >/dev/null; }
}
browser_tools() {
    (cd tests/browser && npm ci --ignore-scripts --no-audit --no-fund --silent)
}
page_tests() {
    (cd tests/browser && PYTHON="$PWD/../../$bin/python" node --test --test-reporter=spec --test-concurrency=1 page.test.mjs summary.test.mjs)
}
step "Chromium" chromium_is_there
step "browser tools" browser_tools
step "sandbox's page and step summary in a browser" page_tests
step "benchmark: sandbox" "$bin/python" benchmarks/sandbox.py 2000
step "benchmark: first paint" env PYTHON="$PWD/$bin/python" node benchmarks/sandbox_paint.mjs 2000

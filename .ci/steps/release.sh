# shellcheck shell=bash disable=SC2154 # sourced by .ci/run, which sets $bin
# The packages as a release builds them and as they would be installed: alone, run from an empty folder.
packages() {
    local folder code=0
    folder=$(mktemp -d)
    .github/release/packages.sh "$bin/python" "$folder" || code=$?
    rm -rf "$folder"
    return $code
}
step "wheel and sdist" packages
step "release scripts, run" "$bin/python" -m pytest tests/release

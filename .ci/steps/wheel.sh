# shellcheck shell=bash disable=SC2154 # sourced by .ci/run, which sets $bin
# The package as it would be installed: built, installed alone, run from an empty folder.
wheel() {
    local folder
    folder=$(mktemp -d)
    "$bin/python" -m build --quiet --wheel --outdir "$folder" . 2>&1 | tail -3 &&
        python3 -m venv "$folder/venv" &&
        "$folder/venv/bin/pip" install --quiet --disable-pip-version-check --require-hashes -r requirements.txt &&
        "$folder/venv/bin/pip" install --quiet --disable-pip-version-check --no-deps "$folder"/*.whl &&
        (cd "$folder" && venv/bin/compass-event --version && venv/bin/compass-event check --dry-run \
            --event-type custom --properties 'id: 1' --state success \
            --component-id ari:cloud:compass:1-2-3-4-5:component/1-2-3-4-5/1-2-3-4-5 \
            --external-event-source-id test --url https://ci.acme.example/1)
    local code=$?
    rm -rf "$folder" build ./*.egg-info
    return $code
}
step "wheel" wheel

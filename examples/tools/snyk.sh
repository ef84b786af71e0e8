#!/bin/sh
# The findings of Snyk: the output of `snyk test --json` on standard input, with or without --all-projects.
# Licences are no events. A vulnerability begins when Snyk published it, in every scan.
set -eu
jq -c '[if type == "array" then .[] else . end | .vulnerabilities[] | select(.type != "license")] |
unique_by(.id)[] | {
    "event-id": .id, severity: .severity, "display-name": .title,
    url: "https://security.snyk.io/vuln/\(.id)", "started-at": .publicationTime,
    properties: {discoverySource: "Snyk", vulnerableTarget: .packageName, score: .cvssScore}
}' | compass-event events - --event-type vulnerability --state open \
    --external-event-source-id https://git.acme.example/shop

#!/bin/sh
# The alerts of Dependabot: the output of `gh api --paginate repos/acme/shop/dependabot/alerts` on standard input.
set -eu
jq -c '.[] | {
    "event-id": "\(.security_advisory.ghsa_id)/\(.number)", state: .state,
    severity: .security_advisory.severity, "display-name": .security_advisory.summary, url: .html_url,
    "started-at": .created_at, "completed-at": (.fixed_at // .dismissed_at // .auto_dismissed_at),
    properties: {discoverySource: "Dependabot", vulnerableTarget: .dependency.package.name}
}' | compass-event events - --event-type vulnerability --external-event-source-id https://github.com/acme/shop

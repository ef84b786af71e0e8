#!/bin/sh
# An incident of PagerDuty: the body of a generic webhook (version 3, events incident.*) on standard input.
set -eu
jq -c '.event | {
    "event-id": .data.id, state: .data.status, severity: (.data.priority.summary // .data.urgency),
    "display-name": .data.title, url: .data.html_url,
    "started-at": .data.created_at, "last-updated": .occurred_at
}' | compass-event events - --event-type incident --external-event-source-id https://acme.pagerduty.com

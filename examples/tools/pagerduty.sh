#!/bin/sh
# An incident of PagerDuty: the body of a generic webhook (version 3, events incident.*) on standard input.
# Notes, status updates and responders are no events. A priority that begins with another word than P1 or
# SEV-1 is your own; then the urgency counts.
set -eu
jq -c '.event | select(.data.type == "incident") | {
    "event-id": .data.id, state: .data.status,
    severity: ((.data.priority.summary // "" | select(test("^(P|SEV[ -]?)[0-5]\\b"; "i"))) // .data.urgency),
    "display-name": .data.title, url: .data.html_url,
    "started-at": .data.created_at, "last-updated": .occurred_at
}' | compass-event events - --event-type incident --external-event-source-id https://acme.pagerduty.com

#!/bin/sh
# Alerts of Grafana: the body of a webhook contact point on standard input, which may hold several.
# The one that a test of the contact point sends is no event.
set -eu
jq -c '.alerts[] | select(.labels.alertname != "TestAlert") | {
    "event-id": .fingerprint, state: .status, severity: .labels.severity,
    "display-name": .labels.alertname, description: (.annotations.summary // ""),
    url: .generatorURL, "started-at": .startsAt
}' | compass-event events - --event-type alert --external-event-source-id https://grafana.acme.example

#!/bin/sh
# Alerts of Grafana: the body of a webhook contact point on standard input, which may hold several.
set -eu
jq -c '.alerts[] | {
    "event-id": .fingerprint, state: .status, severity: .labels.severity,
    "display-name": .labels.alertname, description: (.annotations.summary // ""),
    url: .generatorURL, "started-at": .startsAt
}' | compass-event events - --event-type alert --external-event-source-id https://grafana.acme.example

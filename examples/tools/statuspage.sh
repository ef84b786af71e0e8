#!/bin/sh
# An incident of Statuspage: the body of a webhook on standard input. Updates of components and scheduled
# maintenances are no events.
set -eu
jq -c '.incident | select(.status | IN("investigating", "identified", "monitoring", "resolved", "postmortem")) |
select(.impact != "maintenance") | {
    "event-id": .id, state: .status, severity: .impact, "display-name": .name, url: .shortlink,
    "started-at": .created_at, "completed-at": .resolved_at
}' | compass-event events - --event-type incident --external-event-source-id https://acme.statuspage.io

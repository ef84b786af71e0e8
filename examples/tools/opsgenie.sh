#!/bin/sh
# An alert of Opsgenie: the body of a webhook on standard input. Notes, tags and the like are no events.
set -eu
jq -c 'select(.action | IN("Create", "Acknowledge", "UnAcknowledge", "Snooze", "SnoozeEnded", "Close", "Delete")) | {
    "event-id": .alert.alertId, state: .action, severity: .alert.priority, "display-name": .alert.message,
    url: "https://acme.app.opsgenie.com/alert/detail/\(.alert.alertId)", "started-at": .alert.createdAt
}' | compass-event events - --event-type alert --external-event-source-id https://acme.app.opsgenie.com

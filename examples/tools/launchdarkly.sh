#!/bin/sh
# A change of a flag in LaunchDarkly: the body of a webhook on standard input. `updateOn` does not say
# whether the flag went on or off; the title does.
set -eu
jq -c 'select(.kind == "flag") | {
    "event-id": (.accesses[0].resource | split("flag/")[1]),
    state: (
        if .titleVerb | test("turned on") then "on"
        elif .titleVerb | test("turned off") then "off"
        else .accesses[0].action end
    ),
    "display-name": "\(.name): \(.titleVerb)", url: "https://app.launchdarkly.com\(._links.site.href)"
}' | compass-event events - --event-type flag --external-event-source-id https://app.launchdarkly.com

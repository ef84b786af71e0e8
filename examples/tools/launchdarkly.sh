#!/bin/sh
# A change of a flag in LaunchDarkly: the body of a webhook on standard input. `updateOn` does not say
# whether the flag went on or off, and `updateGlobalArchived` not whether it went or came back; the title
# does. Names, descriptions, tags and the like are no events.
set -eu
jq -c 'select(.kind == "flag") | .titleVerb as $title | [.accesses[] | {
    "event-id": (.resource | capture("flag/(?<key>[^;:]+)").key),
    state: (
        if $title | test("turned on") then "on"
        elif $title | test("turned off") then "off"
        elif .action == "updateGlobalArchived" and ($title | test("archived") | not) then null
        else .action end
    )
} | select(.state | IN(
    "on", "off", "createFlag", "deleteFlag", "updateGlobalArchived",
    "updateTargets", "updateRules", "updateFallthrough", "updatePrerequisites"
))][:1][] + {
    "display-name": "\(.name): \(.titleVerb)", url: "https://app.launchdarkly.com\(._links.site.href)"
}' | compass-event events - --event-type flag --external-event-source-id https://app.launchdarkly.com

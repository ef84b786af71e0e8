#!/bin/sh
# The findings of Trivy: the output of `trivy image --format json` on standard input. Everything in a
# report is open: Trivy's status `fixed` says that a version with a fix exists. A vulnerability begins when it
# was published, in every scan; where Trivy does not tell that, it keeps the start that Compass shows.
set -eu
jq -c '[.Results[]?.Vulnerabilities[]? | select(.Severity != "UNKNOWN")] | unique_by(.VulnerabilityID)[] | {
    "event-id": .VulnerabilityID, severity: .Severity, "display-name": (.Title // .VulnerabilityID),
    url: .PrimaryURL, "started-at": .PublishedDate,
    properties: {discoverySource: "Trivy", vulnerableTarget: .PkgName}
}' | compass-event events - --event-type vulnerability --state open \
    --external-event-source-id https://git.acme.example/shop

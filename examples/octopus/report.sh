#!/bin/bash
# A script step of Octopus Deploy, run once on the server or a worker: the last step of the process, with
# the condition "Always run". A tenant is part of the environment, or its deployments would be one.
error=$(get_octopusvariable "Octopus.Deployment.Error")
deployment=$(get_octopusvariable "Octopus.Deployment.Id") # deployments-123
project=$(get_octopusvariable "Octopus.Project.Name")
environment=$(get_octopusvariable "Octopus.Environment.Name")
tenant=$(get_octopusvariable "Octopus.Deployment.Tenant.Name")
server=https://octopus.acme.example

COMPASS_EMAIL=$(get_octopusvariable "Compass.Email")
COMPASS_API_TOKEN=$(get_octopusvariable "Compass.ApiToken")
export COMPASS_EMAIL COMPASS_API_TOKEN

docker run --rm -e COMPASS_EMAIL -e COMPASS_API_TOKEN compassevent/compass-event:0.2.0 \
    --site acme \
    --component-id ari:cloud:compass:a5fd7e86-1037-4957-88e1-656b1179d617:component/30307f94-33fc-4613-b40d-651fee166c5e/c34578a8-98c2-43e3-8b47-ee9b4fe598e4 \
    --external-event-source-id "https://git.acme.example/shop#c34578a8-98c2-43e3-8b47-ee9b4fe598e4" \
    --environment "$environment${tenant:+ $tenant}" \
    --pipeline-id "${server#https://}/projects/$(get_octopusvariable "Octopus.Project.Id")" \
    --pipeline-name "$project" \
    --sequence-number "${deployment#*-}" \
    --display-name "$environment: $project $(get_octopusvariable "Octopus.Release.Number")" \
    --url "$server$(get_octopusvariable "Octopus.Web.DeploymentLink")" \
    --state "$([ -z "$error" ] && echo success || echo failed)"

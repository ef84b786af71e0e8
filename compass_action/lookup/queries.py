"""Every question to Compass, in GraphQL; tests hold each against the schema of its types. Pure.

https://developer.atlassian.com/cloud/compass/graphql/
"""

from __future__ import annotations

from collections.abc import Mapping

_ERROR = "... on QueryError { message extensions { statusCode errorType } }"
_COMPONENT = "id name slug typeId url links { type url }"
_EVENTS = """
__typename
... on CompassEventConnection { nodes { ...Seen } pageInfo { hasNextPage endCursor } }
... on QueryError { message extensions { statusCode errorType } }
"""
_SEEN = """
fragment Seen on CompassEvent {
  eventType updateSequenceNumber lastUpdated
  ... on CompassBuildEvent { buildProperties { state startedAt completedAt pipeline { pipelineId } } }
  ... on CompassDeploymentEvent {
    deploymentProperties {
      state sequenceNumber startedAt completedAt pipeline { pipelineId }
      environment { environmentId displayName category }
    }
  }
  ... on CompassIncidentEvent { incidentProperties { id state startTime severity { label level } } }
  ... on CompassVulnerabilityEvent {
    vulnerabilityProperties { id state vulnerabilityStartTime severity { label level } }
  }
  ... on CompassAlertEvent { alertProperties { id status createdAt } }
  ... on CompassFlagEvent { flagProperties { id status } }
  ... on CompassLifecycleEvent { lifecycleProperties { id stage } }
  ... on CompassCustomEvent { customEventProperties { id } }
  ... on CompassPushEvent { pushEventProperties { id } }
}
"""

QUERIES: Mapping[str, str] = {
    "CloudId": "query CloudId($hosts: [String!]) { tenantContexts(hostNames: $hosts) { cloudId } }",
    "Component": f"""
query Component($id: ID!) {{
  compass {{
    component(id: $id) {{
      __typename
      ... on CompassComponent {{
        {_COMPONENT}
        eventSources {{ eventType externalEventSourceId forgeAppId }}
      }}
      {_ERROR}
    }}
  }}
}}
""",
    "Permission": """
query Permission($id: ID!) {
  compass {
    component(id: $id) {
      ... on CompassComponent {
        viewerPermissions @optIn(to: "compass-beta") {
          connectEventSource { allowed denialReasons }
        }
      }
    }
  }
}
""",
    "BySlug": f"""
query BySlug($cloudId: ID!, $slug: String!) {{
  compass {{
    componentByReference(reference: {{ slug: {{ cloudId: $cloudId, slug: $slug }} }}) {{
      __typename
      ... on CompassComponent {{ {_COMPONENT} }}
      {_ERROR}
    }}
  }}
}}
""",
    "Search": f"""
query Search($cloudId: String!, $query: CompassSearchComponentQuery) {{
  compass {{
    searchComponents(cloudId: $cloudId, query: $query) {{
      __typename
      ... on CompassSearchComponentConnection {{
        nodes {{ component {{ {_COMPONENT} }} }}
        pageInfo {{ hasNextPage }}
      }}
      {_ERROR}
    }}
  }}
}}
""",
    "EventsOfSource": f"""
query EventsOfSource(
  $cloudId: ID!, $eventType: CompassEventType!, $source: ID!, $query: CompassEventsInEventSourceQuery
) {{
  compass {{
    eventSource(cloudId: $cloudId, eventType: $eventType, externalEventSourceId: $source) {{
      __typename
      ... on EventSource {{ events(query: $query) {{ {_EVENTS} }} }}
      {_ERROR}
    }}
  }}
}}
{_SEEN}
""",
    "EventsOfComponent": f"""
query EventsOfComponent($id: ID!, $query: CompassEventsQuery) {{
  compass {{
    component(id: $id) {{
      __typename
      ... on CompassComponent {{ events(query: $query) {{ {_EVENTS} }} }}
      {_ERROR}
    }}
  }}
}}
{_SEEN}
""",
}
"""By the name of the operation."""

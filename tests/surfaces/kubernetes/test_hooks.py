"""Argo CD's hooks, as Helm and Kustomize render them, run against a stand-in for the cluster's API."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from compass_action.sandbox import Sandbox, running_sandbox
from tests.surfaces.kubernetes.cluster import Cluster, running_cluster
from tests.surfaces.kubernetes.tools import ROOT, SURFACES, TOOLS, helm_template, kustomize, run

CHART = SURFACES / "argo-cd" / "helm"
ARI = (
    "ari:cloud:compass:a5fd7e86-1037-4957-88e1-656b1179d617:component/"
    "30307f94-33fc-4613-b40d-651fee166c5e/c34578a8-98c2-43e3-8b47-ee9b4fe598e4"
)
EXAMPLES = ROOT / "examples" / "argo-cd"


def by_kustomize() -> list[dict[str, Any]]:
    return kustomize(EXAMPLES)


def by_helm() -> list[dict[str, Any]]:
    """As Argo CD calls Helm for the source in our example."""
    application = yaml.safe_load((EXAMPLES / "application.yaml").read_text())
    helm = application["spec"]["sources"][1]["helm"]
    options = ["--values", "/dev/stdin", "--namespace", "shop"]
    for one in helm["parameters"]:
        options += ["--set", f"{one['name']}={one['value'].replace('$ARGOCD_APP_NAME', 'shop')}"]
    return helm_template(CHART, *options, values=yaml.safe_dump(helm["valuesObject"]))


RENDERED: list[Callable[[], list[dict[str, Any]]]] = [by_kustomize, by_helm]
rendered_by = pytest.mark.parametrize("render", RENDERED, ids=["kustomize", "helm"])


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with running_sandbox() as running:
        yield running


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    with running_cluster(tmp_path) as running:
        yield running


def deployments(sandbox: Sandbox) -> list[tuple[int, str, str | None]]:
    """What Compass would show: sequence number, state and start of each deployment."""
    shown = [one["event"]["deploymentProperties"] for one in sandbox.feed()["events"]]
    return [(one["sequenceNumber"], one["state"], one.get("startedAt")) for one in shown]


@rendered_by
@pytest.mark.parametrize(("end", "state"), [("-succeeded", "SUCCESSFUL"), ("-failed", "FAILED")])
def test_begin_and_end_of_a_sync_are_one_event(
    render: Callable[[], list[dict[str, Any]]],
    end: str,
    state: str,
    cluster: Cluster,
    sandbox: Sandbox,
) -> None:
    """Which the moment makes at which the first job was created."""
    manifests, env = render(), {"COMPASS_API_URL": sandbox.url, "COMPASS_SITE": ""}
    begun = cluster.run(manifests, "-begin", "2026-01-31T01:23:45Z", env)
    assert begun.returncode == 0, begun.stdout + begun.stderr
    assert deployments(sandbox) == [(1769822625000, "IN_PROGRESS", "2026-01-31T01:23:45Z")]
    ended = cluster.run(manifests, end, "2026-01-31T01:25:00Z", env)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert deployments(sandbox) == [(1769822625000, state, "2026-01-31T01:23:45Z")]
    [event] = sandbox.feed()["events"]
    assert event["event"]["url"] == "https://argocd.acme.example/applications/argocd/shop"
    assert event["event"]["externalEventSourceId"] == (
        "https://git.acme.example/shop#c34578a8-98c2-43e3-8b47-ee9b4fe598e4"
    )
    pipeline = event["event"]["deploymentProperties"]["pipeline"]
    assert pipeline["pipelineId"] == "argocd.acme.example/applications/argocd/shop"


@rendered_by
def test_each_sync_and_each_retry_is_a_deployment_of_its_own(
    render: Callable[[], list[dict[str, Any]]], cluster: Cluster, sandbox: Sandbox
) -> None:
    manifests, env = render(), {"COMPASS_API_URL": sandbox.url, "COMPASS_SITE": ""}
    for suffix, minute in (("-begin", 1), ("-failed", 2), ("-begin", 3), ("-succeeded", 4)):
        cluster.run(manifests, suffix, f"2026-01-31T01:0{minute}:00Z", env)
    assert deployments(sandbox) == [
        (1769821260000, "FAILED", "2026-01-31T01:01:00Z"),
        (1769821380000, "SUCCESSFUL", "2026-01-31T01:03:00Z"),
    ]


@rendered_by
def test_a_sync_that_fails_before_its_begin_leaves_the_one_before_alone(
    render: Callable[[], list[dict[str, Any]]], cluster: Cluster, sandbox: Sandbox
) -> None:
    """Its own start is not known, so none is told."""
    manifests, env = render(), {"COMPASS_API_URL": sandbox.url, "COMPASS_SITE": ""}
    for suffix, minute in (("-begin", 1), ("-succeeded", 2), ("-failed", 5)):
        cluster.run(manifests, suffix, f"2026-01-31T01:0{minute}:00Z", env)
    assert deployments(sandbox) == [
        (1769821260000, "SUCCESSFUL", "2026-01-31T01:01:00Z"),
        (1769821500000, "FAILED", None),
    ]


@rendered_by
def test_no_report_fails_a_sync(
    render: Callable[[], list[dict[str, Any]]], cluster: Cluster, sandbox: Sandbox
) -> None:
    """Whether Compass refuses it, an input is wrong, or the cluster does not answer."""
    manifests, moment = render(), "2026-01-31T01:23:45Z"
    refusing = {"COMPASS_API_URL": sandbox.url, "COMPASS_SITE": "", "COMPASS_TIMEOUT": "1"}
    sandbox.add_faults([{"status": 400}])
    assert cluster.run(manifests, "-begin", moment, refusing).returncode == 0
    wrong = refusing | {"COMPASS_COMPONENT_ID": "not an ARI"}
    assert cluster.run(manifests, "-succeeded", moment, wrong).returncode == 0
    alone = refusing | {"KUBERNETES_SERVICE_PORT": "9"}
    done = cluster.run(manifests, "-succeeded", moment, alone)
    assert done.returncode == 0
    assert "The jobs of this sync could not be looked up" in done.stderr
    assert len(sandbox.requests) == 2
    [(_, state, started)] = deployments(sandbox)  # the outcome alone, numbered by its own time
    assert (state, started) == ("SUCCESSFUL", None)


@rendered_by
def test_a_lost_report_fails_a_sync_if_that_is_asked(
    render: Callable[[], list[dict[str, Any]]], cluster: Cluster, sandbox: Sandbox
) -> None:
    manifests, moment = render(), "2026-01-31T01:23:45Z"
    env = {"COMPASS_API_URL": sandbox.url, "COMPASS_SITE": "", "COMPASS_ON_ERROR": "fail"}
    sandbox.add_faults([{"status": 400, "times": 2}])
    assert cluster.run(manifests, "-begin", moment, env).returncode == 0
    assert cluster.run(manifests, "-succeeded", moment, env).returncode == 1


@rendered_by
def test_what_the_jobs_need_is_made_before_them(
    render: Callable[[], list[dict[str, Any]]],
) -> None:
    """In the first wave of the first hook, and anew for each sync."""
    hooks = {
        (
            one["kind"],
            *(
                one["metadata"]["annotations"][f"argocd.argoproj.io/{name}"]
                for name in ("hook", "sync-wave", "hook-delete-policy")
            ),
        )
        for one in render()
    }
    assert hooks == {
        ("ServiceAccount", "PreSync", "-1001", "BeforeHookCreation"),
        ("Role", "PreSync", "-1001", "BeforeHookCreation"),
        ("RoleBinding", "PreSync", "-1001", "BeforeHookCreation"),
        ("ConfigMap", "PreSync", "-1001", "BeforeHookCreation"),
        ("Job", "PreSync", "-1000", "BeforeHookCreation"),
        ("Job", "PostSync", "1000", "BeforeHookCreation"),
        ("Job", "SyncFail", "1000", "BeforeHookCreation"),
    }


def test_two_applications_in_one_namespace_are_kept_apart(tmp_path: Path) -> None:
    """By the overlay's prefix, by Helm's release."""
    overlay = {"namePrefix": "shop-", "resources": ["base"]}
    (tmp_path / "base").symlink_to(SURFACES / "argo-cd" / "kustomize")
    (tmp_path / "kustomization.yaml").write_text(yaml.safe_dump(overlay))
    prefixed = run(
        TOOLS / "bin/kubectl/kubectl",
        "kustomize",
        tmp_path,
        "--load-restrictor=LoadRestrictionsNone",
    )
    for manifests in (list(yaml.safe_load_all(prefixed)), by_helm()):
        assert all(one["metadata"]["name"].startswith("shop-compass-event") for one in manifests)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"inputs": {"enviroment": "production"}}, "'enviroment' not allowed"),
        ({"argocd": {"adress": "x"}}, "'adress' not allowed"),
        ({"argocd": {"url": ""}}, "argocd.url: give Argo CD's own address"),
    ],
)
def test_helm_refuses_what_is_wrong(values: dict[str, Any], said: str) -> None:
    with pytest.raises(AssertionError, match=said):
        helm_template(CHART, "--values", "/dev/stdin", values=json.dumps(values))


@pytest.mark.parametrize(
    ("repository", "handed_on", "source"),
    [
        ("ssh://git@git.umbrella.example:7999/labs/hive.git", "ssh://git@git.umbrella.example:7999/labs/hive.git",
         "https://git.umbrella.example/labs/hive"),
        ("git@ssh.dev.azure.com:v3/umbrella/Labs/hive", "git@ssh.dev.azure.com:v3/umbrella/Labs/hive",
         "https://dev.azure.com/umbrella/Labs/_git/hive"),
        ("https://ada:p@ss@github.com/umbrella/hive.git", "https://github.com/umbrella/hive.git",
         "https://github.com/umbrella/hive"),
        ("https://gho_0@github.com/umbrella/hive", "https://github.com/umbrella/hive",
         "https://github.com/umbrella/hive"),
    ],
)  # fmt: skip
def test_a_repository_in_any_form_is_one_event_source(
    repository: str, handed_on: str, source: str, cluster: Cluster, sandbox: Sandbox
) -> None:
    """And nothing that may be a password is in a manifest."""
    argocd = {"url": "https://argocd.umbrella.example", "repository": repository}
    inputs = {"component-id": ARI, "environment": "production"}
    values = json.dumps({"argocd": argocd, "inputs": inputs})
    rendered = helm_template(CHART, "--values", "/dev/stdin", values=values)
    [job, *_] = [one for one in rendered if one["kind"] == "Job"]
    [container] = job["spec"]["template"]["spec"]["containers"]
    assert {"name": "ARGOCD_APP_SOURCE_REPO_URL", "value": handed_on} in container["env"]
    env = {"COMPASS_API_URL": sandbox.url, "COMPASS_SITE": ""}
    cluster.run(rendered, "-begin", "2026-01-31T01:23:45Z", env)
    [event] = sandbox.feed()["events"]
    assert event["event"]["externalEventSourceId"] == f"{source}#{ARI.rpartition('/')[2]}"


def test_helm_hands_values_on_as_they_are() -> None:
    """A list on lines, a map as JSON, and neither Helm nor Kubernetes reads a dollar or a brace."""
    inputs = {
        "component-id": ["one", "two"],
        "description": 'costs $(PRICE) "now" {{ .Values }}',
        "properties": {"environment": {"category": "STAGING"}},
        "timeout": 30,
    }
    values = {"argocd": {"url": "https://argocd.acme.example"}, "inputs": inputs}
    rendered = helm_template(CHART, "--values", "/dev/stdin", values=json.dumps(values))
    job = next(one for one in rendered if one["kind"] == "Job")
    env = {
        e["name"]: e.get("value") for e in job["spec"]["template"]["spec"]["containers"][0]["env"]
    }
    assert env["COMPASS_COMPONENT_ID"] == "one\ntwo"
    assert env["COMPASS_DESCRIPTION"] == 'costs $$(PRICE) "now" {{ .Values }}'
    assert env["COMPASS_PROPERTIES"] == '{"environment":{"category":"STAGING"}}'
    assert env["COMPASS_TIMEOUT"] == "30"

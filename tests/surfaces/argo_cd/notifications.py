"""Argo CD's notifications controller, as far as our manifests reach.

Conditions, template and request go through a Go program made of the controller's own parts
(`engine/main.go`); what the controller does around them in Kubernetes is not played.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import yaml

HERE = Path(__file__).parent
MANIFEST = HERE.parents[2] / "surfaces" / "argo-cd-notifications" / "argocd-notifications-cm.yaml"
ARI = (
    "ari:cloud:compass:a5fd7e86-1037-4957-88e1-656b1179d617:component/"
    "30307f94-33fc-4613-b40d-651fee166c5e/c34578a8-98c2-43e3-8b47-ee9b4fe598e4"
)
CONTEXT = {"argocdUrl": "https://argocd.acme.example/"}


@cache
def settings() -> Mapping[str, Any]:
    """The ConfigMap's values, each a YAML document of its own."""
    data = yaml.safe_load(MANIFEST.read_text())["data"]
    return {name: yaml.safe_load(text) for name, text in data.items()}


@cache
def _engine() -> Path:
    program = Path(mkdtemp(prefix="argo-cd-")) / "engine"
    env = {**os.environ, "GO111MODULE": "off", "GOPATH": "/usr/share/gocode", "GOFLAGS": ""}
    subprocess.run(["go", "build", "-o", program, "."], cwd=HERE / "engine", env=env, check=True)
    return program


def application(name: str) -> dict[str, Any]:
    """A sample application, as Kubernetes holds it."""
    found: dict[str, Any] = yaml.safe_load((HERE / "applications" / f"{name}.yaml").read_text())
    return found


def notify(
    app: Mapping[str, Any],
    recipient: str = ARI,
    context: Mapping[str, str] = CONTEXT,
    send: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """What the controller makes of an application: `conditions`, `body`, `error`, `status`."""
    conditions = settings()["trigger.compass-deployment"]
    task = {
        "App": app,
        "Context": context,
        "Recipient": recipient,
        "Conditions": [{"When": one["when"], "OncePer": one["oncePer"]} for one in conditions],
        "Body": settings()["template.compass-deployment"]["webhook"]["compass"]["body"],
        "Send": send,
    }
    done = subprocess.run([_engine()], input=json.dumps(task), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def destination(server: str, secrets: Mapping[str, str]) -> dict[str, Any]:
    """The service as configured, its secrets put in as Argo CD does, but with another server."""

    def with_secrets(text: str) -> str:
        return re.sub(r"[$]([\w-]+)", lambda found: secrets[found[1]], text)

    service = settings()["service.webhook.compass"]
    url = with_secrets(service["url"])
    assert url == "https://acme.atlassian.net/gateway/api/compass/v1/events"
    return {
        "URL": server + url.removeprefix("https://acme.atlassian.net/gateway/api"),
        "Method": settings()["template.compass-deployment"]["webhook"]["compass"]["method"],
        "Username": with_secrets(service["basicAuth"]["username"]),
        "Password": with_secrets(service["basicAuth"]["password"]),
        "Headers": [{"Name": h["name"], "Value": h["value"]} for h in service["headers"]],
        "RetryWaitMin": 1_000_000,  # nanoseconds; by default a second
        "RetryWaitMax": 5_000_000,
    }

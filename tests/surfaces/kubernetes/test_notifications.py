"""Argo CD's notifications, added to an installation by Kustomize."""

from __future__ import annotations

import os
from pathlib import Path

import yaml

from tests.surfaces.kubernetes.tools import SURFACES, kustomize

NOTIFICATIONS = SURFACES / "argo-cd-notifications"


def test_the_component_adds_to_what_is_configured(tmp_path: Path) -> None:
    """The installation keeps its own context, services and triggers."""
    component = os.path.relpath(NOTIFICATIONS, tmp_path)
    own = {"context": "argocdUrl: https://argocd.acme.example", "service.slack": "token: $slack"}
    installed = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "argocd-notifications-cm"},
        "data": own,
    }
    (tmp_path / "installed.yaml").write_text(yaml.safe_dump(installed))
    (tmp_path / "kustomization.yaml").write_text(
        yaml.safe_dump({"resources": ["installed.yaml"], "components": [component]})
    )
    [built] = kustomize(tmp_path)
    added = yaml.safe_load((NOTIFICATIONS / "argocd-notifications-cm.yaml").read_text())["data"]
    assert built["data"] == own | added
    assert set(added) == {
        "service.webhook.compass",
        "trigger.compass-deployment",
        "template.compass-deployment",
    }

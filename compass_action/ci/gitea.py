"""Gitea Actions: what it shares with Forgejo is in `act`."""

from __future__ import annotations

from . import act

# Forgejo's runner sets Gitea's mark as well.
SYSTEM = act.make("gitea", "Gitea", "GITEA_ACTIONS", but_not="FORGEJO_ACTIONS")

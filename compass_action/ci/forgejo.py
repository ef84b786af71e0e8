"""Forgejo Actions: what it shares with Gitea is in `act`."""

from __future__ import annotations

from . import act

SYSTEM = act.make("forgejo", "Forgejo", "FORGEJO_ACTIONS")

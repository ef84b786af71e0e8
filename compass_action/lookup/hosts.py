"""The hosts that can be asked about their own runs, one file each; the others tell nothing without a
further token.
"""

from __future__ import annotations

from collections.abc import Mapping

from . import github, gitlab
from .whom import Host

HOSTS: Mapping[str, Host] = {"github": github.HOST, "gitlab": gitlab.HOST}
"""By the name of the CI system."""

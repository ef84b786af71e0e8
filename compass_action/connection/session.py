"""The session of one connection: it takes nothing from the process's surroundings."""

from __future__ import annotations

from collections.abc import Mapping

import requests

from compass_action import __version__

from .early import PatientAdapter


class _Unled(requests.Session):
    """Is led nowhere. `allow_redirects=False` alone is not enough: requests then makes ready the request
    that would follow, and reads the redirect's whole body for that, unpacked.
    """

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Find no redirect in any answer."""


def open_session(proxies: Mapping[str, str], ca_bundle: str | None) -> requests.Session:
    """Open a session with no netrc, and no proxies or certificates but those of the snapshot."""
    session = _Unled()
    session.trust_env = False
    session.mount("https://", PatientAdapter())
    session.mount("http://", PatientAdapter())
    session.verify = ca_bundle or True
    session.proxies = dict(proxies)
    session.headers = requests.structures.CaseInsensitiveDict(
        {
            "Accept": "application/json",
            # Answers are short; a compressed one could be a bomb.
            "Accept-Encoding": "identity",
            "Content-Type": "application/json",
            "User-Agent": f"compass-event/{__version__}",
        }
    )
    return session

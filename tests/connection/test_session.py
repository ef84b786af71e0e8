"""The session takes nothing from the process's surroundings, and says who asks."""

from __future__ import annotations

import pytest

from compass_action import __version__
from compass_action.connection.early import PatientAdapter
from compass_action.connection.session import open_session


def test_a_session_sends_these_headers_and_no_others() -> None:
    assert dict(open_session({}, None).headers) == {
        "Accept": "application/json",
        "Accept-Encoding": "identity",
        "Content-Type": "application/json",
        "User-Agent": f"compass-event/{__version__}",
    }


def test_a_session_trusts_what_it_is_given_and_not_its_surroundings() -> None:
    session = open_session({"https": "http://p:1"}, "/ca.pem")
    assert session.trust_env is False
    assert session.verify == "/ca.pem"
    assert session.proxies == {"https": "http://p:1"}


def test_without_a_bundle_certificates_are_verified_all_the_same() -> None:
    session = open_session({}, None)
    assert session.verify is True
    assert session.proxies == {}


@pytest.mark.parametrize("url", ["https://acme.atlassian.net/x", "http://127.0.0.1:1/x"])
def test_early_answers_are_passed_over_with_either_scheme(url: str) -> None:
    assert type(open_session({}, None).get_adapter(url)) is PatientAdapter

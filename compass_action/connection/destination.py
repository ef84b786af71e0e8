"""Where the requests go and who sends them: read from the inputs, and refused unless safe. Pure.

The token is sent to this one host, over https, and to nobody else; http is for loopback alone.
"""

from __future__ import annotations

import re
from collections.abc import Container, Mapping, Sequence
from typing import NamedTuple

from compass_action.errors import InputError, Problem
from compass_action.inputs.given import Given, explain_missing_secret, strength
from compass_action.inputs.table import BY_NAME, Inputs
from compass_action.inputs.values import split_url
from compass_action.text import quoted

EVENTS_PATH = "/compass/v1/events"

_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
# `acme`, `acme.atlassian.net`, or an address copied from the browser. Letters are spelt out, not
# matched ignoring case: that would let some look-alikes through (the Kelvin sign folds to k).
SITE = re.compile(
    rf"(?:({_LABEL})|(?:https://)?({_LABEL})\.atlassian\.net(?:/[A-Za-z0-9._~/?=&#%-]*)?)", re.ASCII
)
HOST = re.compile(rf"{_LABEL}(?:\.{_LABEL})*", re.ASCII)
PATH = re.compile(r"(?:/[A-Za-z0-9._~-]+)*/?", re.ASCII)
EMAIL = re.compile(r"[^\s:@\x00-\x1f\x7f]+@[^\s:@\x00-\x1f\x7f]+")
LOOPBACK = re.compile(r"localhost|127(?:\.(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)){3}", re.ASCII)


class Destination(NamedTuple):
    """All that sending needs to know."""

    url: str
    """The endpoint, whole."""
    email: str
    token: str
    proxies: Mapping[str, str] = {}
    """As requests takes them; empty for loopback. May hold a password."""
    ca_bundle: str | None = None
    """A file or folder of certificates to trust in place of the built-in ones."""

    def __repr__(self) -> str:
        """Show where to, and no secret."""
        return f"Destination({self.url!r}, ca_bundle={self.ca_bundle!r})"


def only_strongest(
    inputs: Inputs, given: Mapping[str, Given], *, by_runner: bool = False
) -> tuple[Inputs, Sequence[Problem]]:
    """Leave out the weaker one of `site` and `api-url`, so that it cannot divert the token.

    What an earlier step or job has planted is a variable of the environment. So the address in one does
    not replace a site: which of them somebody meant cannot be told. Then the problem comes along, and
    the site is what is left, for it is Atlassian's in any case. Where the runner sets every input
    (`by_runner`), nobody else can have set the two.
    """
    site, api_url = given.get("site"), given.get("api-url")
    if not site or not api_url:
        return inputs, ()
    if strength(site) < strength(api_url):
        return inputs._replace(api_url=None), ()
    of_the_action = by_runner and not api_url.doubtful and "-" in api_url.source
    if api_url.source.startswith("--") or of_the_action:
        return inputs._replace(site=None), ()
    message = (
        f"{api_url.source} and {site.source} both say where to send, and an earlier step may have set "
        f"one of them. Leave {api_url.source} out if you mean the site, and {site.source} out if you "
        "mean the other address."
    )
    return inputs._replace(api_url=None), [Problem("api-url", message)]


def find_destination(inputs: Inputs, env: Mapping[str, str]) -> Destination:
    """Find where a run sends to. Raises InputError with everything that is missing or unsafe."""
    problems: list[Problem] = []
    url = ""
    try:
        url = endpoint(inputs)
    except InputError as error:
        problems += error.problems
    problems += _credential_problems(inputs, env)
    if problems:
        raise InputError(problems)
    return Destination(
        url=url,
        email=inputs.email or "",
        token=inputs.api_token or "",
        proxies=find_proxies(url, env),
        ca_bundle=find_ca_bundle(env),
    )


def find_wrong(inputs: Inputs, env: Mapping[str, str], given: Container[str]) -> Sequence[Problem]:
    """Find what is wrong with the address and the account that are given, where nothing is sent and
    both may be missing.
    """
    try:
        find_destination(inputs, env)
    except InputError as error:
        return [problem for problem in error.problems if problem.where in given]
    return ()


CA_VARIABLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR")
PROXY_VARIABLES = ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")


def find_ca_bundle(env: Mapping[str, str]) -> str | None:
    """Find the file or folder of certificates to trust in place of the built-in ones."""
    return next((env[n] for n in CA_VARIABLES if env.get(n)), None)


def find_proxies(url: str, env: Mapping[str, str]) -> dict[str, str]:
    """Choose the proxy; none for http, which is for loopback alone, and what NO_PROXY excepts."""
    proxy = next((env[name] for name in PROXY_VARIABLES if env.get(name)), None)
    exceptions = env.get("no_proxy") or env.get("NO_PROXY") or ""
    if not proxy or url.startswith("http://") or is_excepted(url, exceptions):
        return {}
    return {"https": proxy}


def is_excepted(url: str, exceptions: str) -> bool:
    """Tell whether NO_PROXY names the URL's host: itself, its domain, its network, or `*`.

    As curl reads it: separated by commas or blanks, `acme.net` and `.acme.net` both stand for the
    domain with all below it, a port narrows an entry down, an address may have a prefix length.
    """
    netloc = url.partition("://")[2].partition("/")[0].lower()
    match = re.fullmatch(r"\[?(.*?)\]?(?::(\d+))?", netloc, re.ASCII)
    host, port = (match[1], match[2] or "443") if match else (netloc, "443")
    for entry in re.split(r"[\s,]+", exceptions.lower()):
        if entry == "*" or (entry.count("/") == 1 and _in_network(host, entry)):
            return True
        named = re.fullmatch(r"\[?([^\[\]]+?)\]?(?::(\d+))?", entry, re.ASCII)
        if entry.count(":") > 1 and not entry.startswith("["):  # an IPv6 address without a port
            name, narrowed = entry, None
        else:
            name, narrowed = (named[1], named[2]) if named else ("", None)
        name = name.removeprefix("*").strip(".")
        below = host == name or (not _is_address(host) and host.endswith("." + name))
        if name and below and narrowed in (None, port):
            return True
    return False


def _in_network(host: str, network: str) -> bool:
    import ipaddress

    try:
        return ipaddress.ip_address(host) in ipaddress.ip_network(network, strict=False)
    except ValueError:
        return False


def endpoint(inputs: Inputs) -> str:
    """Make the endpoint's URL of `api-url`, or of `site`. Raises InputError."""
    if inputs.api_url:
        return _checked_api_url(inputs.api_url, inputs.api_token) + EVENTS_PATH
    if not inputs.site:
        message = "it is not given. Write the name of your Atlassian site: the acme of acme.atlassian.net."
        raise InputError([Problem("site", message)])
    match = SITE.fullmatch(inputs.site)
    if not match:
        message = (
            f"{quoted(inputs.site)} is not an Atlassian site. Write acme, acme.atlassian.net or "
            "https://acme.atlassian.net; for any other address use api-url."
        )
        raise InputError([Problem("site", message)])
    return f"https://{(match[1] or match[2]).lower()}.atlassian.net/gateway/api{EVENTS_PATH}"


def is_loopback(url: str | None) -> bool:
    """Tell whether a URL leads to this very machine."""
    parts = split_url(url) if url else None
    return parts is not None and _is_loopback_host(_host_of(parts[1]))


def _is_loopback_host(host: str) -> bool:
    return host == "[::1]" or bool(LOOPBACK.fullmatch(host))


def _host_of(netloc: str) -> str:
    """Take the port off; the colons of an IPv6 address are none of it."""
    return re.sub(r":\d+$", "", netloc, flags=re.ASCII)


SANDBOX_TOKEN = "compass-event-sandbox-token"  # noqa: S105 - everybody knows it; no secret
"""The sandbox's own. With it http leads anywhere, for containers of one machine: it opens nothing."""


def _checked_api_url(text: str, token: str | None) -> str:
    parts = split_url(text)
    if parts is not None:
        scheme, netloc, path = parts
        host = _host_of(netloc)
        loopback = _is_loopback_host(host)
        named = bool(HOST.fullmatch(host)) and not re.fullmatch(r"[\d.]+|0[xX][\da-fA-F.xX]+", host)
        trusted = scheme == "https" or token == SANDBOX_TOKEN
        safe = loopback or (trusted and (named or _is_address(host)))
        if scheme in ("http", "https") and safe and PATH.fullmatch(path) and "/.." not in path:
            # The whole address, as the guide's call has it, is as good as its base.
            base = path.rstrip("/").removesuffix(EVENTS_PATH).removesuffix("/compass/v1")
            return f"{scheme}://{netloc.lower()}{base}"
    message = (
        f"{quoted(text)} cannot be used. Write an https URL without user name, query or fragment, "
        "such as https://acme.atlassian.net/gateway/api; http works for loopback (127.0.0.1) only."
    )
    raise InputError([Problem("api-url", message)])


def _is_address(host: str) -> bool:
    """Tell whether a host is a whole IP address; short and octal forms are none."""
    import ipaddress

    try:
        if host.startswith("["):
            return bool(ipaddress.IPv6Address(host[1:-1])) and "%" not in host
        return bool(ipaddress.IPv4Address(host))
    except ValueError:
        return False


def _credential_problems(inputs: Inputs, env: Mapping[str, str]) -> list[Problem]:
    problems = []
    if not inputs.email:
        problems.append(Problem("email", explain_missing_secret(BY_NAME["email"], env)))
    elif not EMAIL.fullmatch(inputs.email):
        # It is not quoted: it may be the token.
        message = "it is not an e-mail address. Write the one of the token's account."
        if inputs.api_token and EMAIL.fullmatch(inputs.api_token):
            message = "it is not an e-mail address, but api-token is one. Swap the two."
        problems.append(Problem("email", message))
    if not inputs.api_token:
        problems.append(Problem("api-token", explain_missing_secret(BY_NAME["api-token"], env)))
    elif not re.fullmatch(r"[\x21-\x7e]+", inputs.api_token):
        message = (
            "it contains a blank, a line break or a character outside ASCII, which no Atlassian API "
            "token does. Store the token again, on its own and on one line."
        )
        problems.append(Problem("api-token", message))
    return problems

"""Fuzz what becomes of a token: no part of it comes out, and no weaker variable says where it goes.

    python fuzz/token_leaks.py [--runs N]

Each run is a dry run with a token of real length (192 characters). Pieces of it stand in inputs, in the
hosts' variables and in compass.yml, wherever chance puts them, and variables are planted that an
earlier step could have left. A run of 16 characters of the token in the log, in the request or in a
file is a leak; so is a request to another site than the one that was given.
"""

from __future__ import annotations

import random
import re
import string
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from compass_action.inputs.table import INPUTS
from tests.faults.cell import COMPONENTS
from tests.faults.hosts import HOSTS, host_env, run

SHARED = "ATATT3xFfGF0"
"""What all tokens of Atlassian's begin with is no secret."""
LENGTH = 192
RUN = 16
SPELLINGS = {"github": "INPUT_{}", "gitlab": "INPUT_{}", "bitbucket": "COMPASS_{}"}
"""How each host's surface names the inputs; GitHub's runner keeps the hyphens."""
PLANTED = (
    "COMPASS_SITE", "COMPASS_API_URL", "PLUGIN_SITE", "PLUGIN_API_URL", "INPUT_API_URL", "INPUT_API-URL",
    "COMPASS_EMAIL", "COMPASS_TRACKED",
)  # fmt: skip
FORGED = '{"outputs": {"site": "acme", "api-token": "x"}}'
ADDRESS = re.compile(r"(?m)^POST (\S+)")
RIGHT = "https://acme.atlassian.net/gateway/api/compass/v1/events"


def play(chance: random.Random, folder: Path) -> None:
    """Play one run, and judge what came out."""
    token = SHARED + "".join(chance.choices(string.ascii_letters + string.digits + "-_=", k=LENGTH))
    host = chance.choice([*HOSTS])
    env = host_env(host, folder) | {
        "GITHUB_WORKSPACE": str(folder),
        "BITBUCKET_CLONE_DIR": str(folder),
        "COMPASS_API_TOKEN": "",
        "COMPASS_EMAIL": "",
    }
    given = {"SITE": "acme", "EMAIL": "ada@acme.example"}
    given |= {"API-TOKEN" if host == "github" else "API_TOKEN": token}
    given = {SPELLINGS[host].format(name): text for name, text in given.items()}
    env |= given
    inputs = [row.variable for row in INPUTS if not row.type.is_secret]
    own = [name for name in env if name.startswith(("GITHUB_", "BITBUCKET_", "CI_", "GITLAB_"))]
    paths = [name for name, text in env.items() if text.startswith(str(folder))]
    for name in chance.sample(sorted({*inputs, *own} - {*paths, *given}), 4):
        env[name] = _piece(chance, token)
    for name in chance.sample([name for name in PLANTED if name not in given], 2):
        texts = ["mallory", "http://127.0.0.1:9/mallory", FORGED, _piece(chance, token)]
        env[name] = chance.choice(texts)
    if chance.random() < 0.3:
        text = _piece(chance, token)
        (folder / "compass.yml").write_text(
            f"name: {text}\nid: {chance.choice([text, COMPONENTS[0]])}\n"
        )
        env["COMPASS_COMPONENT_ID"] = ""
    env["COMPASS_DRY_RUN"] = "true"
    written = run((), env, folder)
    files = [text for name, text in written.files.items() if name != "compass.yml"]
    lines = [*written.stdout.splitlines(), *written.stderr.splitlines(), *files]
    said = "\n".join(line for line in lines if not line.startswith("::add-mask::"))
    secret = token[len(SHARED) :]
    runs = (secret[at : at + RUN] for at in range(len(secret) - RUN + 1))
    wrong = {
        "leaks": [piece for piece in runs if piece in said],
        "ends with a traceback": "Traceback" in said,
        "ends with another exit code": written.code not in (0, 2),
        "is diverted": set(ADDRESS.findall(written.stdout)) - {RIGHT},
    }
    if any(wrong.values()):
        raise WrongError(f"{[what for what, found in wrong.items() if found]}\n{said}")


class WrongError(Exception):
    """A run that did what it must not."""


def _piece(chance: random.Random, token: str) -> str:
    """Cut the token somewhere, and put it among other letters."""
    start = chance.randrange(len(token) - RUN)
    end = chance.choice([len(token), chance.randrange(start + RUN, len(token) + 1)])
    around = ("z" * chance.choice([0, 0, 3, 200, 250]), chance.choice(["", " ", "/", "\n", "%0A"]))
    return around[0] + around[1] + token[chance.choice([0, start]) : end] + around[1]


def main(arguments: list[str]) -> int:
    """Play many runs; the first that leaks ends it, and is shown."""
    runs = int(arguments[1]) if arguments[:1] == ["--runs"] else 50_000
    chance = random.Random(2026)  # noqa: S311 - the same runs each time
    for number in range(1, runs + 1):
        with tempfile.TemporaryDirectory() as name:
            try:
                play(chance, Path(name))
            except WrongError as error:
                sys.stdout.write(f"run {number}: {error}\n")
                return 1
    sys.stdout.write(f"{runs:,} runs: nothing of the token came out, and none was diverted.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""What the texts of a checkout's `.git` tell: repository, branch, commit."""

from __future__ import annotations

import pytest

from compass_action.ci.git import LocalGit, parse
from compass_action.workspace import GitTexts

COMMIT = "8e1f5c0d3b7a49286d51e4f09c2b3a7d6e8f1024"
OTHER = "c4d5e6f7a8b9c0d1e2f30415263748596a7b8c9d"
LONG = COMMIT[:32] * 2
MAIN = "ref: refs/heads/main\n"


@pytest.mark.parametrize(
    ("texts", "branch", "commit"),
    [
        (GitTexts(), None, None),
        (GitTexts(head=MAIN), "main", None),
        (GitTexts(head=MAIN, ref=f"{COMMIT}\n"), "main", COMMIT),
        (GitTexts(head=MAIN, ref=f"{LONG}\n"), "main", LONG),
        (GitTexts(head="ref:refs/heads/feature/half-up", ref=COMMIT), "feature/half-up", COMMIT),
        (GitTexts(head="ref: refs/remotes/origin/main\n", ref=COMMIT), None, COMMIT),
        (GitTexts(head=f"{COMMIT}\n"), None, COMMIT),
        (GitTexts(head=f"{COMMIT}\n", ref=OTHER), None, COMMIT),
        (GitTexts(head=LONG), None, LONG),
        (GitTexts(head=COMMIT[:39]), None, None),
        (GitTexts(head=f"{COMMIT}0"), None, None),
        (GitTexts(head=COMMIT.upper()), None, None),
        (GitTexts(head=MAIN, ref="ref: refs/heads/trunk\n"), "main", None),
    ],
)
def test_head_names_a_branch_or_a_commit(
    texts: GitTexts, branch: str | None, commit: str | None
) -> None:
    assert parse(texts) == LocalGit(None, branch, commit)


PACKED = f"""# pack-refs with: peeled fully-peeled sorted
{OTHER} refs/heads/maintenance
{COMMIT} refs/heads/main
{OTHER} refs/tags/v2.1.0
^{LONG}
"""


@pytest.mark.parametrize(
    ("texts", "commit"),
    [
        (GitTexts(head=MAIN, packed_refs=PACKED), COMMIT),
        (GitTexts(head=MAIN, packed_refs=PACKED.replace("\n", "\r\n")), COMMIT),
        (GitTexts(head=MAIN, packed_refs=PACKED, ref=f"{OTHER}\n"), OTHER),
        (GitTexts(head="ref: refs/heads/trunk\n", packed_refs=PACKED), None),
        (GitTexts(head=f"{LONG}\n", packed_refs=PACKED), LONG),
    ],
)
def test_a_branch_without_a_file_of_its_own_is_among_the_packed_ones(
    texts: GitTexts, commit: str | None
) -> None:
    assert parse(texts).commit == commit


ORIGIN = '[remote "origin"]\n\turl = git@github.com:acme/shop.git\n'
FORK = '[remote "fork"]\n\turl = https://github.com/ada/shop.git\n'


@pytest.mark.parametrize(
    ("config", "repository"),
    [
        ("", None),
        ("[core]\n\tbare = false\n", None),
        (ORIGIN, "https://github.com/acme/shop"),
        ("; mine\n\turl = https://github.com/ada/x\n" + ORIGIN, "https://github.com/acme/shop"),
        (FORK, "https://github.com/ada/shop"),
        (FORK + ORIGIN, "https://github.com/acme/shop"),
        (ORIGIN + FORK, "https://github.com/acme/shop"),
        (FORK + FORK.replace("fork", "mirror"), None),
        (FORK + FORK.replace("ada", "grace"), "https://github.com/ada/shop"),
        ('  [ REMOTE  "origin" ]\nURL=https://github.com/acme/shop', "https://github.com/acme/shop"),
        ('[remote "origin"]\nurl = "https://github.com/acme/shop"\n', "https://github.com/acme/shop"),
        ('[remote "a \\"b\\""]\nurl = https://github.com/acme/shop  \n', "https://github.com/acme/shop"),
        ('[remote "origin"]\n\tfetch = +refs/heads/*\n\tpushurl = https://x.example/a/b\n', None),
        ("[remote origin]\n\turl = https://github.com/acme/shop\n", None),
        ('[submodule "lib"]\n\turl = https://github.com/acme/lib\n', None),
        (ORIGIN + '[submodule "lib"]\n\turl = https://github.com/acme/lib\n', "https://github.com/acme/shop"),
        ('[submodule "lib"]\n\turl = https://github.com/acme/lib\n' + FORK, "https://github.com/ada/shop"),
        (FORK + '[branch "main"]\n\turl = https://github.com/acme/lib\n', "https://github.com/ada/shop"),
        ('[remote "origin"]\n\turl = /srv/git/shop.git\n', None),
        ('[remote "origin"]\n\turl = https://ada:secret@github.com/acme/shop\n', "https://github.com/acme/shop"),
    ],
)  # fmt: skip
def test_the_repository_is_origin_s_or_that_of_the_only_remote(
    config: str, repository: str | None
) -> None:
    assert parse(GitTexts(config=config)).repository_url == repository

"""Components: from the inputs, or from compass.yml files in a workspace that nobody vouches for."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from compass_action import snapshot
from compass_action.components import choose, glob_matcher, is_glob
from compass_action.errors import InputError
from compass_action.inputs import Inputs
from compass_action.snapshot import ComponentFile

CLOUD = "a5fd7e86-1037-4957-88e1-656b1179d617"
OTHER_CLOUD = "83673fa7-fd28-4f4a-9738-f584064570a7"


def ari(last: int = 1, cloud: str = CLOUD) -> str:
    site = "30307f94-33fc-4613-b40d-651fee166c5e"
    return f"ari:cloud:compass:{cloud}:component/{site}/c34578a8-98c2-43e3-8b47-{last:012x}"


def read(workspace: Path, *patterns: str) -> tuple[ComponentFile, ...]:
    """The component files that a run in this workspace would read."""
    env = {"GITHUB_WORKSPACE": str(workspace), "COMPASS_COMPONENT_FILE": "\n".join(patterns)}
    return snapshot.read({}, env).component_files


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def chosen(*files: ComponentFile) -> tuple[str, ...]:
    return choose(Inputs(), files).ids


def refused(asked: Inputs, files: Sequence[ComponentFile] = ()) -> list[str]:
    """The problems that are told."""
    with pytest.raises(InputError) as raised:
        choose(asked, files)
    return [str(problem) for problem in raised.value.problems]


def test_the_ids_that_are_given_count_and_no_file_is_read(tmp_path: Path) -> None:
    write(tmp_path / "compass.yml", f"id: {ari(9)}")
    env = {"GITHUB_WORKSPACE": str(tmp_path), "COMPASS_COMPONENT_ID": ari(1)}
    assert snapshot.read({}, env).component_files == ()
    found = choose(Inputs(component_id=(ari(2), ari(1), ari(2))), ())
    assert found == (CLOUD, (ari(2), ari(1)))


def test_the_components_of_a_begun_event_count_before_all() -> None:
    """The end of a tracked job is for the components that its beginning was for."""
    assert choose(Inputs(component_id=(ari(1),)), (), (ari(5),)).ids == (ari(5),)


@pytest.mark.parametrize("name", ["compass.yml", "compass.yaml"])
def test_the_file_at_the_root_is_found(name: str, tmp_path: Path) -> None:
    write(tmp_path / name, f"name: shop\nid: {ari()}\nconfigVersion: 1\n")
    assert chosen(*read(tmp_path)) == (ari(),)


def test_both_files_at_the_root_are_two_components(tmp_path: Path) -> None:
    """One file describes one component; the same id twice is one event."""
    write(tmp_path / "compass.yml", f"id: {ari(1)}")
    write(tmp_path / "compass.yaml", f"id: {ari(2)}")
    assert chosen(*read(tmp_path)) == (ari(1), ari(2))
    write(tmp_path / "compass.yaml", f"id: {ari(1)}")
    assert chosen(*read(tmp_path)) == (ari(1),)


def test_without_any_file_the_message_says_what_to_give(tmp_path: Path) -> None:
    assert read(tmp_path) == ()
    [message] = refused(Inputs())
    assert message.startswith("component-id: it is not given, and there is no compass.yml")


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("services/*/compass.yml", ["services/[slug]/compass.yml", "services/a/compass.yml",
                                    "services/b/compass.yml"]),
        ("**/compass.y*ml", ["compass.yml", "services/[slug]/compass.yml", "services/a/compass.yml",
                             "services/b/compass.yml", "services/b/deep/compass.yaml"]),
        ("./services/?/compass.yml", ["services/a/compass.yml", "services/b/compass.yml"]),
        ("services/**", ["services/[slug]/compass.yml", "services/a/compass.yml",
                         "services/b/compass.yml", "services/b/deep/compass.yaml"]),
        ("services/[slug]/compass.yml", ["services/[slug]/compass.yml"]),
    ],
)  # fmt: skip
def test_globs_find_files_in_order(pattern: str, found: list[str], tmp_path: Path) -> None:
    """`*` and `?` stay in a folder, `**` does not; brackets are characters like others."""
    for index, path in enumerate(
        ["compass.yml", "services/a/compass.yml", "services/b/compass.yml",
         "services/b/deep/compass.yaml", ".git/compass.yml", "services/[slug]/compass.yml"]
    ):  # fmt: skip
        write(tmp_path / path, f"id: {ari(index)}")
    assert [file.path for file in read(tmp_path, pattern)] == found


def test_several_patterns_are_read_in_their_order(tmp_path: Path) -> None:
    for index, name in enumerate("ab"):
        write(tmp_path / name / "compass.yml", f"id: {ari(index)}")
    assert chosen(*read(tmp_path, "b/compass.yml", "*/compass.yml")) == (ari(1), ari(0))


@given(st.text(alphabet="a/*?[].\\(", max_size=12), st.text(alphabet="a/[].\\(", max_size=12))
@example("**/a", "a")
def test_a_pattern_without_wildcards_matches_itself_alone(pattern: str, path: str) -> None:
    if not is_glob(pattern):
        assert bool(glob_matcher(pattern)(path)) == (pattern.removeprefix("./") == path)
    else:
        glob_matcher(pattern)(path)  # and no pattern is an error


def problem(*files: ComponentFile) -> str:
    """What is told of the one file."""
    [message] = refused(Inputs(), files)
    return message.partition(": ")[2]


@pytest.mark.parametrize("pattern", ["missing/compass.yml", "*/compass.yml"])
def test_a_file_that_was_named_has_to_be_there(pattern: str, tmp_path: Path) -> None:
    assert problem(*read(tmp_path, pattern)).startswith(("it is not there.", "no file matches"))


@pytest.mark.parametrize("path", ["../secret.yml", "/etc/passwd", "a/../../secret.yml", "link", "into/secret.yml"])
def test_nothing_outside_the_workspace_is_read(path: str, tmp_path: Path) -> None:
    """Also not through a symlink, which a pull request may have brought along."""
    outside = write(tmp_path / "secret.yml", f"id: {ari()}")
    workspace = tmp_path / "workspace"
    (workspace / "a").mkdir(parents=True)
    (workspace / "link").symlink_to(outside)
    (workspace / "into").symlink_to(tmp_path)
    [file] = read(workspace, path)
    assert file.text is None
    assert problem(file) == "it leads out of the workspace. Name one inside."


def test_the_default_file_as_a_symlink_to_the_outside_is_told(tmp_path: Path) -> None:
    outside = write(tmp_path / "secret.yml", f"id: {ari()}")
    (tmp_path / "workspace").mkdir()
    (tmp_path / "workspace" / "compass.yml").symlink_to(outside)
    assert problem(*read(tmp_path / "workspace")).startswith("it leads out of the workspace")


def test_a_symlink_inside_the_workspace_is_followed(tmp_path: Path) -> None:
    write(tmp_path / "config" / "shop.yml", f"id: {ari()}")
    (tmp_path / "compass.yml").symlink_to("config/shop.yml")
    assert chosen(*read(tmp_path)) == (ari(),)


def test_a_workspace_that_is_itself_a_symlink_is_no_obstacle(tmp_path: Path) -> None:
    write(tmp_path / "real" / "compass.yml", f"id: {ari()}")
    (tmp_path / "link").symlink_to("real")
    assert chosen(*read(tmp_path / "link")) == (ari(),)


def test_folders_that_form_a_loop_are_walked_once(tmp_path: Path) -> None:
    write(tmp_path / "a" / "compass.yml", f"id: {ari()}")
    (tmp_path / "a" / "loop").symlink_to(tmp_path)
    assert [file.path for file in read(tmp_path, "**/compass.yml")] == ["a/compass.yml"]


def test_symlinks_that_lead_to_each_other_or_nowhere_are_told(tmp_path: Path) -> None:
    (tmp_path / "compass.yml").symlink_to("compass.yaml")
    (tmp_path / "compass.yaml").symlink_to("compass.yml")
    first, second = read(tmp_path)
    assert first.problem
    assert second.problem
    assert "cannot be read" in first.problem
    (tmp_path / "compass.yml").unlink()
    assert problem(*read(tmp_path)).startswith("it is not there.")


def test_only_regular_files_are_read(tmp_path: Path) -> None:
    """A folder, or a named pipe, at which a read would wait for ever."""
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "fifo")
    before = len(os.listdir("/proc/self/fd")) if Path("/proc").exists() else None
    for path in ("folder", "fifo", "."):
        assert problem(*read(tmp_path, path)) == "it is not a regular file."
    if before is not None:
        assert len(os.listdir("/proc/self/fd")) == before


def test_a_name_longer_than_any_file_s_is_told(tmp_path: Path) -> None:
    [file] = read(tmp_path, "x" * 300)
    assert "cannot be read" in problem(file)


def test_a_large_file_is_not_read(tmp_path: Path) -> None:
    write(tmp_path / "compass.yml", f"id: {ari()}\n#" + "x" * snapshot.COMPONENT_FILE_MAX_BYTES)
    assert problem(*read(tmp_path)) == "it is larger than 128 KiB."


def test_a_file_in_another_encoding_is_told(tmp_path: Path) -> None:
    (tmp_path / "compass.yml").write_bytes("name: caf\u00e9".encode("latin-1"))
    assert problem(*read(tmp_path)) == "it is not valid UTF-8."
    (tmp_path / "compass.yml").write_bytes(b"\xef\xbb\xbf" + f"id: {ari()}".encode())
    assert chosen(*read(tmp_path)) == (ari(),)


def test_a_glob_that_matches_hundreds_is_refused_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """None of them is left out silently."""
    monkeypatch.setattr(snapshot, "COMPONENT_FILES_MAX", 3)
    for index in range(4):
        write(tmp_path / str(index) / "compass.yml", f"id: {ari(index)}")
    assert problem(*read(tmp_path, "*/compass.yml")).startswith("more than 3 files match it.")
    (tmp_path / "3" / "compass.yml").unlink()
    assert chosen(*read(tmp_path, "*/compass.yml")) == tuple(ari(index) for index in range(3))


@pytest.mark.parametrize(
    "text",
    [
        "id: {ari}",
        "'id': \"{ari}\"",
        "id: !!str {ari}",
        "id: !!python/name:os.system {ari}",
        "id: |\n  {ari}\n",
        "---\nid: {ari}\n---\nid: other\n",
        '{{"id": "{ari}", "name": null}}',
        "fields: {{id: inner}}\nid: {ari}\nlinks: [{{id: x}}]",
        "fields: &f\n  id: inner\nid: {ari}\nmore: *f",
        "on: 0123\nid: {ari}",
    ],
)
def test_the_top_level_id_is_read(text: str) -> None:
    """Whatever else is in the file; tags are not obeyed, aliases not followed."""
    assert chosen(ComponentFile("compass.yml", text.format(ari=ari()))) == (ari(),)


@pytest.mark.parametrize(
    "text",
    ["", "# nothing", "name: shop", "id:", "id: null", "id: ~", 'id: ""', "id: [a]", "id: {a: b}", "id: *a",
     "- id: a", "text", "fields:\n  id: inner", "base: &b {id: x}\n<<: *b"],
)  # fmt: skip
def test_a_file_without_an_id_says_how_to_add_it(text: str) -> None:
    """Atlassian makes the id optional."""
    assert problem(ComponentFile("compass.yml", text)).startswith("it has no id. Add the component's ARI")


@pytest.mark.parametrize("text", ["id: [", "id: 'x", "\tid: x", "id: x\n y: z", "id: \x00", "id: a: b", '"\\UFFFFFFFF": 1'])
def test_a_file_that_is_no_yaml_is_told(text: str) -> None:
    assert problem(ComponentFile("compass.yml", text)).startswith("it is not valid YAML.")


def test_an_id_given_twice_is_told() -> None:
    text = f"id: {ari(1)}\nname: x\nid: {ari(2)}"
    assert problem(ComponentFile("compass.yml", text)).startswith("it has more than one id.")


LAUGHS = "a: &a [x]\n" + "".join(
    f"{chr(i + 1)}: &{chr(i + 1)} [{','.join([f'*{chr(i)}'] * 9)}]\n" for i in range(97, 116)
)


@pytest.mark.parametrize("text", [LAUGHS, "[" * 100_000, "{" * 100_000, "- " * 50_000, "a: [" * 30_000])
def test_a_file_costs_no_more_than_its_size(text: str) -> None:
    """The billion laughs, and nesting as deep as the size allows."""
    began = time.perf_counter()
    assert problem(ComponentFile("compass.yml", text)).startswith(("it has no id", "it is nested"))
    assert time.perf_counter() - began < 2


@given(st.text(alphabet="id: {}[]&*!|>'\"-?\n\t\\Ux0", max_size=30))
def test_no_file_is_too_odd(text: str) -> None:
    """An id, or a sentence."""
    assert refused(Inputs(), [ComponentFile("compass.yml", text)])


@pytest.mark.parametrize(
    "wrong",
    ["c34578a8-98c2-43e3-8b47-ee9b4fe598e4", ari().upper(), ari() + "/x", "x" + ari(),
     ari().replace("compass:", "jira:"), ari().replace("component/", "component:"), ari() + "\u0661"],
)  # fmt: skip
def test_what_is_no_ari_is_told_with_its_place(wrong: str) -> None:
    [message] = refused(Inputs(component_id=(ari(1), wrong)))
    assert message.startswith("component-id: ")
    assert "is not a component's ARI. Write ari:cloud:compass:" in message
    [message] = refused(Inputs(), [ComponentFile("a/compass.yml", f"id: '{wrong}'")])
    assert message.startswith('component-file "a/compass.yml": ')


def test_components_of_two_clouds_need_two_runs() -> None:
    [message] = refused(Inputs(component_id=(ari(1), ari(2, OTHER_CLOUD))))
    assert message.startswith("component-id: the components belong to different clouds: ")
    assert CLOUD in message
    assert OTHER_CLOUD in message


def test_a_cloud_id_has_to_be_the_component_s() -> None:
    asked = Inputs(component_id=(ari(),), cloud_id=CLOUD)
    assert choose(asked, ()).cloud_id == CLOUD
    [message] = refused(Inputs(component_id=(ari(),), cloud_id=OTHER_CLOUD))
    assert message.startswith(f"cloud-id: {OTHER_CLOUD} is not the cloud of the component")


def test_all_problems_are_told_at_once() -> None:
    files = [ComponentFile("a", problem="broken."), ComponentFile("b", "name: x"), ComponentFile("c", "id: x")]
    assert len(refused(Inputs(cloud_id="x"), files)) == 4

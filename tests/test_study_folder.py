"""Which folder may be a study's: what lies elsewhere, or leads elsewhere, is refused before anything is made."""

import unicodedata
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipeline import cli
from pipeline.core import params, stage_runner, study_folder, study_template
from pipeline.core.study_folder import StudyFolderError
from pipeline.core.study_paths import Places

BAD = {
    "": "empty",
    "  ": "empty",
    "/srv/study": "absolute path",
    "//server/share/study": "absolute path",
    "C:/study": "absolute path",
    "c:study": "absolute path",
    "C:\\study": "absolute path",
    "\\\\server\\share": "absolute path",
    "\\study": "absolute path",
    "data\\mine": "data/mine",
    "~": "begins with ~",
    "~/study": "begins with ~",
    "~asha/study": "begins with ~",
    "..": "contains '..'",
    "../study": "contains '..'",
    "data/../../study": "contains '..'",
    "data/x/..": "contains '..'",
    "models/../data/x": "contains '..'",
    ".": "project itself",
    "./": "project itself",
    "././": "project itself",
    "data": "all studies",
    "data/": "all studies",
    "data/codebooks": "project's own",
    "data/codebooks/x": "project's own",
    "Data/Codebooks": "project's own",
    "models": "project's own",
    "models/x": "project's own",
    "Models/x": "project's own",
    "pipeline": "project's own",
    "tests/x": "project's own",
    "notebooks": "project's own",
    "counterpoint.egg-info": "project's own",
    ".git": "begin with a dot",
    ".dvc/tmp": "begin with a dot",
    ".venv": "begin with a dot",
    "data/.hidden": "begin with a dot",
    "data/x.": "begins or ends",
    "data/x ": "begins or ends",
    "data/ x": "begins or ends",
    "data /x": "begins or ends",
    "data/a:b": "Windows does not allow in names",
    "data/a*": "Windows does not allow in names",
    "data/why?": "Windows does not allow in names",
    "data/nul": "device",
    "data/Con.txt": "device",
    "data/COM1": "device",
    "data/x\n": "invisible character",
    "data/\0x": "invisible character",
    "data/\ud800": "invisible character",
    "data/" + "x" * 300: "longer than",
}
GOOD = [
    "data/x",
    "data/x/",
    "./data/x",
    "data//x",
    "data/wave1/site-a",
    "studies/x",
    "mine",
    "data/Étude ünï 面接",
    "data/a.b",
]


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "project"
    (root / "data").mkdir(parents=True)
    (root / "models").mkdir()
    (tmp_path / "elsewhere" / "transcripts").mkdir(parents=True)
    (tmp_path / "elsewhere" / "thesis.docx").write_text("all of it")
    monkeypatch.chdir(root)
    return root


def made(root: Path, name: str) -> Path:
    for file in (Places(Path(name), root).transcripts / "a.txt", Places(Path(name), root).decisions):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("")
    return Path(name)


def everything(root: Path) -> list[str]:
    return sorted(str(path) for path in root.parent.rglob("*"))


@pytest.mark.parametrize("name", BAD)
def test_a_name_that_means_no_folder_of_the_project_is_refused_in_a_sentence(root: Path, name: str):
    before = everything(root)
    with pytest.raises(StudyFolderError, match=BAD[name]) as error:
        study_folder.checked(name)
    assert len(str(error.value).splitlines()) == 1
    assert str(error.value).isprintable()
    assert everything(root) == before


@pytest.mark.parametrize("name", GOOD)
def test_other_names_are_taken(root: Path, name: str):
    assert study_folder.checked(name) == Path(name)


@pytest.mark.parametrize("name", [name for name in BAD if "\0" not in name and "\ud800" not in name])
def test_params_refuse_it_beside_every_other_problem(root: Path, name: str):
    import json

    Path("params.yaml").write_text(f"study: {json.dumps(name)}\nsegment: {{max_words: two}}\n")
    with pytest.raises(params.ParamsError) as error:
        params.load()
    assert [line.partition("'")[2].partition("'")[0] for line in str(error.value).splitlines()] == [
        "study",
        "segment.max_words",
    ]


@pytest.mark.parametrize("bad", ["/srv/study", "../elsewhere", ".", "data/link", "data/link/sub", "models"])
def test_every_way_in_refuses_it_and_makes_nothing(
    root: Path, bad: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    (root / "data/link").symlink_to(root.parent / "elsewhere")
    Path("params.yaml").write_text(f"study: {bad}\n")
    before = everything(root)
    with pytest.raises(StudyFolderError):
        study_template.start(Path(bad))
    with pytest.raises(SystemExit) as stop, stage_runner.opened("themes"):
        raise AssertionError("the stage was opened")
    assert stop.value.code == 1
    for words in (
        ["check"],
        ["check", bad],
        ["new", bad],
        ["withdraw", "--case", "Anna", "--yes"],
        ["export"],
        ["where"],
    ):
        monkeypatch.setattr("sys.argv", ["counterpoint", *words])
        with pytest.raises(SystemExit) as stop:
            cli.main()
        assert stop.value.code == 1, words
        said = capsys.readouterr()
        assert bad in said.out + said.err
        assert "Traceback" not in said.out + said.err
    assert everything(root) == before


def test_a_link_on_the_way_is_refused_wherever_it_is(root: Path):
    (root / "data/link").symlink_to(root.parent / "elsewhere")
    (root / "studies").symlink_to(root / "data")
    (root / "data/dangling").symlink_to(root / "nowhere")
    for name in ("data/link", "data/link/x", "studies/x", "data/dangling"):
        with pytest.raises(StudyFolderError, match="link"):
            study_folder.checked(name)


def test_a_project_that_is_itself_reached_through_a_link_is_no_matter(root: Path, monkeypatch: pytest.MonkeyPatch):
    made(root, "data/x")
    (root.parent / "short").symlink_to(root)
    monkeypatch.chdir(root.parent / "short")
    assert study_folder.checked("data/x") == Path("data/x")
    assert study_folder.checked("data/x", root=root.parent / "short") == Path("data/x")


@pytest.mark.parametrize("place", ["interim", "processed", "report", "export", "sheets", ".cache", "transcripts"])
def test_a_folder_of_the_study_that_is_a_link_is_refused(root: Path, place: str):
    made(root, "data/x")
    if place == "transcripts":
        (root / "data/x/transcripts").rename(root / "talk")
    (root / "data/x" / place).symlink_to(root.parent / "elsewhere")
    with pytest.raises(StudyFolderError, match=f"data/x/{place} is a link"):
        study_folder.checked("data/x")


def test_the_projects_own_models_folder_may_be_a_link(root: Path):
    made(root, "data/x")
    (root / "models").rmdir()
    (root.parent / "elsewhere").mkdir(exist_ok=True)
    (root / "models").symlink_to(root.parent / "elsewhere")
    assert study_folder.checked("data/x") == Path("data/x")
    (root / "models/data").mkdir()
    (root / "models/data/x").symlink_to(root.parent / "elsewhere")
    with pytest.raises(StudyFolderError, match="models/data/x is a link"):
        study_folder.checked("data/x")


@pytest.mark.parametrize("place", ["models/data", "models/data/x"])
def test_a_folder_of_its_model_that_is_a_link_is_refused(root: Path, place: str):
    made(root, "data/x")
    (root / "models").rmdir()
    (root / place).parent.mkdir(parents=True, exist_ok=True)
    (root / place).symlink_to(root.parent / "elsewhere")
    with pytest.raises(StudyFolderError, match=f"{place} is a link"):
        study_folder.checked("data/x")


def test_a_study_in_another_and_one_that_holds_another_are_refused(root: Path):
    made(root, "data/grp")
    made(root, "data/grp/wave/one")
    with pytest.raises(StudyFolderError, match="contains another study, data/grp/wave/one"):
        study_folder.checked("data/grp")
    for name in ("data/grp/wave/one", "data/grp/two", "data/grp/report"):
        with pytest.raises(StudyFolderError, match="is inside the study data/grp,"):
            study_folder.checked(name)


def test_a_folder_of_studies_is_none_and_one_beside_another_is(root: Path):
    made(root, "data/wave/one")
    made(root, "data/wave/two")
    assert study_folder.checked("data/wave/one")
    with pytest.raises(StudyFolderError, match="contains another study"):
        study_folder.checked("data/wave")


def test_folders_that_are_only_called_so_are_no_studies(root: Path):
    made(root, "data/x")
    (root / "data/x/transcripts/wave1/transcripts").mkdir(parents=True)
    (root / "data/x/old/transcripts").mkdir(parents=True)
    assert study_folder.checked("data/x")


def test_a_name_that_some_computers_take_for_another_is_refused(root: Path):
    made(root, "data/sample")
    nfd = unicodedata.normalize("NFD", "data/étude")
    made(root, nfd)
    with pytest.raises(StudyFolderError, match="already exists as data/sample"):
        study_folder.checked("data/Sample")
    with pytest.raises(StudyFolderError, match="already exists as data/sample"):
        study_folder.checked("Data/sample" if Path("Data").exists() else "data/SAMPLE")
    assert study_folder.checked(nfd)
    if not Path("data/étude").exists():
        with pytest.raises(StudyFolderError, match="accents"):
            study_folder.checked("data/étude")


def test_a_file_is_no_folder(root: Path):
    Path("README.md").write_text("")
    for name in ("README.md", "README.md/x"):
        with pytest.raises(StudyFolderError, match=r"README.md is a file"):
            study_folder.checked(name)


def test_the_model_of_a_study_elsewhere_has_no_place():
    for name in ("/srv/study", "../study"):
        with pytest.raises(ValueError, match="not relative"):
            _ = Places(Path(name)).model


def test_a_new_study_deep_in_the_project_is_made(root: Path):
    done = CliRunner().invoke(cli.app, ["new", "studies/wave1/site-a"])
    assert done.exit_code == 0, done.output
    assert Places(Path("studies/wave1/site-a")).transcripts.is_dir()
    assert list(Path("studies").iterdir()) == [Path("studies/wave1")]

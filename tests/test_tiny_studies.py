"""A study with next to nothing in it comes to a report that says so: every stage, on talk of every such kind."""

import functools
import html
import importlib
import re
import shutil
from pathlib import Path

import pytest
import yaml

from pipeline.core import prose
from pipeline.inductive import labels
from pipeline.vectors import encoder

ROOT = Path(__file__).parent.parent
STAGES = ("ingest", "segment", "embed", "themes", "map_codes", "compare", "report")
SAME = "We had enough time for talk that day on the ward."
OTHER = "Nobody ever asked us what the chart should look like."
THINGS = ["tea", "coffee", "charts", "doctors", "nurses", "beds", "parking", "money"]
LITTLE = "too few to cluster, so all are shown as one theme"
NONE = "There are no substantive segments"
FEW = "the themes are tentative at best"


def talk(answers: list[str], who: str = "Anna") -> str:
    """An interview of questions that differ and these answers."""
    return "\n".join(f"Interviewer: What about it {n}?\n{who}: {said}" for n, said in enumerate(answers)) + "\n"


# What the files hold, and what the report says of it.
STUDIES: dict[str, tuple[dict[str, str], str]] = {
    "no document": ({}, NONE),
    "an empty document": ({"a.txt": "\n\n  \n"}, NONE),
    "one word each": ({"a.txt": "Anna: yes\n", "b.txt": "time", "c.txt": "Interviewer: no\n"}, NONE),
    "a short note": ({"a.txt": "The room is cold. Two wards sit together and do not speak to the third.\n"}, LITTLE),
    "questions alone": ({"a.txt": "Interviewer: What about the ward and the time there?\n" * 30}, NONE),
    "one answer": ({"a.txt": talk([SAME])}, LITTLE),
    "two answers": ({"a.txt": talk([SAME, OTHER])}, LITTLE),
    "one answer again and again": ({"a.txt": talk([SAME] * 40)}, LITTLE),
    "one answer by two": ({"a.txt": talk([SAME] * 20), "b.txt": talk([SAME] * 20, "Bob")}, LITTLE),
    "one answer more often than is looked at": (
        {"a.txt": talk([SAME] * 600), "b.txt": talk([SAME] * 600, "Bob")},
        LITTLE,
    ),
    "one answer but for a number": (
        {"a.txt": talk([SAME.replace("talk", f"talk {n}") for n in range(12)] * 2)},
        LITTLE,
    ),
    "two answers again and again": (
        {"a.txt": talk([SAME, OTHER] * 15), "b.txt": talk([OTHER, SAME] * 9, "Bob")},
        LITTLE,
    ),
    "a word that names something": (
        {"a.txt": talk([f"We had {'very ' * n}little time on the ward." for n in range(30)])},
        FEW,
    ),
    "words that name nothing": (
        {"a.txt": talk([f"It was not that {'very ' * n}much, and then it was." for n in range(30)])},
        FEW,
    ),
    "numbers": ({"a.txt": talk([f"{n} {n * 7} {n * 13} {n + 100} {n * n} {n + 3}" for n in range(30)])}, NONE),
    "signs": ({"a.txt": talk(["... --- !!! ??? ,,, ;;;"] * 25)}, NONE),
    "pictures": ({"a.txt": talk(["😀 😀 👍 🎉 😢 😀", "🎉 👍 🎉 😢 🎉 🎉 🎉"] * 15)}, NONE),
    "a word without an end": ({"a.txt": talk(["a" * 5000] * 22)}, LITTLE),
    "more themes wanted than answers": (
        {"a.txt": talk([f"We had time for {thing} on the ward." for thing in THINGS])},
        LITTLE,
    ),
}
BOOK = {"codes": [{"name": "Time"}, {"name": "Talk", "parent": "Time", "definition": "Whether people talk."}]}
CODES = f"document,start,end,text,code,coder\na.txt,,,{SAME},Time,A\na.txt,,,{SAME},Talk,B\na.txt,,,{OTHER},Time,B\n"
SMALLEST = {"runs": 8, "min_segments": 4, "min_size": 2, "n_themes": 100, "fit_segments": 1000}


@pytest.fixture(scope="module", autouse=True)
def _loaded_once():
    """Models are loaded once for all studies."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(labels, "load", functools.cache(labels.load))
        loaded: dict[str, encoder.Encoder] = {}
        load = encoder._loaded
        patch.setattr(encoder, "_loaded", lambda name, how: loaded.setdefault(name, load(name, how)))
        yield


def made(root: Path, files: dict[str, str], *, themes: dict[str, object], coded: bool) -> None:
    """A project with one study of these files; `themes`: settings that differ from those of params.yaml."""
    (root / "models").mkdir()
    shutil.copy(ROOT / "models" / "models.yaml", root / "models")
    settings = yaml.safe_load((ROOT / "params.yaml").read_text())
    settings["themes"] |= {"runs": 24, **themes}
    (root / "params.yaml").write_text(yaml.safe_dump({**settings, "study": "data/tiny"}))
    study = root / "data" / "tiny"
    (study / "transcripts").mkdir(parents=True)
    for name, text in files.items():
        (study / "transcripts" / name).write_text(text, encoding="utf-8")
    if coded:
        (study / "codebook.yaml").write_text(yaml.safe_dump(BOOK))
        (study / "human_codes").mkdir()
        (study / "human_codes" / "codes.csv").write_text(CODES)


def page(root: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """What the report of a project says, after every stage."""
    monkeypatch.chdir(root)
    for stage in STAGES:
        importlib.import_module(f"pipeline.{stage}").main()
    written = (root / "data" / "tiny" / "report" / "index.html").read_text(encoding="utf-8")
    return html.unescape(re.sub(r"<[^>]+>", "", written))


@pytest.mark.filterwarnings("error::RuntimeWarning")
@pytest.mark.parametrize("name", list(STUDIES))
def test_next_to_nothing_comes_to_a_report_that_says_so(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    files, said = STUDIES[name]
    made(tmp_path, files, themes={"fit_segments": 1000}, coded=True)
    assert prose.passages(said) in page(tmp_path, monkeypatch)


@pytest.mark.filterwarnings("error::RuntimeWarning")
@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("one answer", LITTLE),
        ("one answer but for a number", FEW),
        ("two answers again and again", LITTLE),
        ("numbers", NONE),
    ],
)
def test_so_it_does_with_every_limit_at_its_lowest_and_no_codes(
    name: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    made(tmp_path, STUDIES[name][0], themes=SMALLEST, coded=False)
    assert prose.passages(said) in page(tmp_path, monkeypatch)

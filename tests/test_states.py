"""Themes in every state at every place, after decisions of every kind, a new interview and other settings.

The table is in states_table.py, the study in states_study.py: real stages and real decisions, nothing made up between.
"""

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from docx import Document

from pipeline.commands import handout, status
from pipeline.commands.exporting import export
from pipeline.core import prose, store
from pipeline.core.study_paths import WORKBOOK, Places
from pipeline.core.terms import OUTSIDE, THEME_STATES
from pipeline.decisions import deciding, ledger, screen, states
from pipeline.decisions.states import Count, counted
from pipeline.reporting import summary_tables
from tests import states_study as lived
from tests.states_table import PLACES, SETTLED, STATE
from tests.test_qdpx import opened
from tests.test_report import seen

N = "{urn:QDA-XML:project:1.0}"


@dataclass
class World:
    """A study as it stands: its tables, what each place says, and the theme that plays each part."""

    ids: dict[str, int]
    first: dict[int, str]
    tables: dict[str, pd.DataFrame]
    html: str
    status: list[str]
    rows: dict[int, dict[str, str]]
    about: str
    codes: dict[str, str]
    hand_out: list[str]
    metrics: dict[str, float]
    plot: list[str]
    asked: dict[str, pd.DataFrame] = field(default_factory=dict)

    @property
    def count(self) -> Count:
        return counted(self.tables["theme_states"], self.tables["theme_assignments"])

    @property
    def page(self) -> str:
        return seen(self.html)

    def section(self, name: str) -> str:
        """A part of Quality, as it is read; `themes`: what is said of all themes."""
        found = re.split(r'<details id="part-', self.html)
        return seen(next(one for one in found if one.startswith(f'{"stability" if name == "themes" else name}"')))

    @property
    def themes(self) -> dict[int, dict[str, Any]]:
        """What the page's script shows of each theme, by id."""
        held = re.search(r'<script type="application/json" id="data">(.*?)</script>', self.html, re.S).group(1)
        return {one["id"]: one for one in json.loads(held)["themes"]}

    def label(self, part: str) -> str:
        known = self.tables["theme_states"].set_index("theme_id").label
        return str(known.get(self.ids[part], ""))


def read(ids: dict[str, int], first: dict[int, str]) -> World:
    """Everything the study in this folder says."""
    places, study = Places(lived.STUDY), lived.STUDY
    book = openpyxl.load_workbook(places.beside_page / WORKBOOK)
    head, *rows = book["Themes"].iter_rows(values_only=True)
    named = [dict(zip(head, [str(cell or "") for cell in row], strict=True)) for row in rows]
    root = opened((places.beside_page / "coded.qdpx").read_bytes())[1]
    made = Path("handout.docx")
    handout.write(study, to=made)
    export(study, Path("out"))
    return World(
        ids=ids,
        first=first,
        tables={name: store.read(study, name) for name in store.PROCESSED},
        html=places.report_page.read_text(encoding="utf-8"),
        status=status.lines(study, show_all=True),
        rows={int(row["id"]): row for row in named},
        about=" ".join(str(row[0]) for row in book["About"].iter_rows(values_only=True)),
        codes={one.get("name"): one.findtext(N + "Description") or "" for one in root.iter(N + "Code")},
        hand_out=[one.text for one in Document(str(made)).paragraphs if one.style.name == "Heading 1"],
        metrics=json.loads((places.report / "metrics.json").read_text()),
        plot=(places.report / "plots" / "theme_sizes.csv").read_text().splitlines()[1:],
    )


@pytest.fixture(scope="module")
def worlds(tmp_path_factory) -> dict[str, World]:
    """`none`: nothing decided; `same`: run again as it was; `lived`: a new interview, fewer themes; `finer`: more."""
    with pytest.MonkeyPatch.context() as patched:
        found = {}
        lived.begin(tmp_path_factory.mktemp("states"), patched)
        table = store.read(lived.STUDY, "theme_states")
        first = dict(zip(table.theme_id, table.label, strict=True))
        found["none"] = read({subject: lived.theme_of(subject) for subject in lived.PARTS}, first)
        ids = lived.decided()
        for name, documents, n_themes in (
            ("same", lived.FIRST, len(lived.PARTS)),
            ("lived", (*lived.FIRST, lived.NEW), 7),
            ("finer", (*lived.FIRST, lived.NEW), 14),
        ):
            lived.write(documents)
            lived.run(patched, n_themes=n_themes)
            for old in ("handout.docx", "out"):
                shutil.rmtree(old) if Path(old).is_dir() else Path(old).unlink()
            found[name] = read(ids, first)
        yield found


def filled(pattern: str, world: World, part: str) -> str:
    """A cell of the table with what it stands for."""
    row = world.tables["theme_states"].set_index("theme_id").loc[world.ids[part]]
    joined = world.tables["theme_questions"].query(f"theme_id == {world.ids[part]} and kind == 'joined'").n_segments
    known = {name: world.label(name) for name in ("accepted", "took", "merged", "split")}
    return pattern.format(
        **known,
        label=world.label(part),
        id=world.ids[part],
        first=world.first.get(world.ids[part], ""),
        settled=SETTLED[part],
        size=prose.count(int(row.n_segments), "passage"),
        new=prose.count(int(joined.iloc[0]), "new passage") if len(joined) else "",
        took_id=world.ids["took"],
    )


def fits(said: str, wanted: str) -> bool:
    """Whether a text says what a cell wants: its pieces, … between them, in this order."""
    at = 0
    for piece in wanted.split(" … "):
        found = said.find(piece, at)
        if found < 0:
            return False
        at = found + len(piece)
    return True


def card(world: World, part: str) -> str:
    theme = world.themes.get(world.ids[part])
    return " ".join([theme["label"], *theme["standing"], *theme["trail"]]) if theme else ""


def listed(world: World, part: str) -> str:
    theme = world.themes.get(world.ids[part])
    unshown = re.findall(r"<li>.*?</li>", re.search(r'<ul class="unshown">.*?</ul>', world.html, re.S).group(), re.S)
    own = [f"{theme['label']}, {states.WORDS[theme['state']]}"] if theme else []
    return " ".join(own + [seen(item) for item in unshown if seen(item).startswith(f"“{world.label(part)}”")])


def questions(world: World, part: str) -> str:
    asked = re.search(r'<dl class="asks">.*?</dl>', world.html, re.S).group()
    return " ".join(one for one in map(seen, asked.split("<div")) if f"({world.ids[part]}," in one)


def asked_in_status(world: World, part: str) -> str:
    return " ".join(line for line in world.status if f"({world.ids[part]}," in line)


def waiting(world: World, part: str) -> str:
    lines = [line for line in world.status if "without a decision:" in line or "in progress" in line]
    return " ".join(line for line in lines if f"({world.ids[part]})" in line)


def trail(world: World, part: str) -> str:
    return world.section("trail")


def workbook(world: World, part: str) -> str:
    return world.rows.get(world.ids[part], {}).get("status", "")


def project(world: World, part: str) -> str:
    return " ".join(said for said in world.codes.values() if f"heme {world.ids[part]}." in said)


def in_filter(world: World, part: str) -> str:
    held = re.search(r'<script type="application/json" id="data">(.*?)</script>', world.html, re.S).group(1)
    return " ".join(f"|{theme['label']}|" for theme in json.loads(held)["themes"])


def notebook(world: World, part: str) -> str:
    return " ".join(f"|{label}|" for label in summary_tables.themes(world.tables["themes"]).label)


SAID: dict[str, Callable[[World, str], str]] = {
    "card": card,
    "list": listed,
    "questions": questions,
    "status: questions": asked_in_status,
    "status: waiting": waiting,
    "trail": trail,
    "workbook": workbook,
    "project": project,
    "filter": in_filter,
    "plot": lambda world, _: " ".join(world.plot),
    "handout": lambda world, _: " ".join(world.hand_out),
    "notebook": notebook,
}


def test_the_table_has_a_row_for_every_part_and_every_state_and_a_column_for_every_place():
    assert set(STATE.values()) == set(THEME_STATES) == set(states.STATES) == set(states.WORDS)
    assert set(STATE) | {"candidate"} == {*lived.PARTS, "part"}
    assert set(OUTSIDE) == set(states.OUTSIDE)
    assert set(SAID) == set(PLACES)
    assert all(set(row) == set(STATE) for row in PLACES.values())


@pytest.mark.parametrize("part", STATE)
def test_each_theme_is_in_the_state_that_the_decisions_made(worlds, part):
    for world in (worlds["same"], worlds["lived"], worlds["finer"]):
        row = world.tables["theme_states"].set_index("theme_id").loc[world.ids[part]]
        assert (row.state, row.settled_as) == (STATE[part], SETTLED[part])


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("part", STATE)
def test_each_place_says_of_a_theme_what_the_table_says(worlds, part, place):
    world, wanted = worlds["lived"], PLACES[place][part]
    said = SAID[place](world, part)
    if wanted is None:
        assert not said or world.label(part) not in said, said
    else:
        assert fits(said, filled(wanted, world, part)), (filled(wanted, world, part), said[:2000])


# Counts: every place has its number from one function, and the numbers add up.


def leads(world: World) -> dict[str, str]:
    """Where the number of themes is said, and how."""
    return {
        "page": world.section("themes"),
        "status": world.status[0],
        "workbook": world.about,
        "project": world.codes["Candidate themes"],
        "notebook": summary_tables.talk_in_themes(world.tables["theme_states"], world.tables["theme_assignments"]),
    }


@pytest.mark.parametrize("name", ["none", "same", "lived", "finer"])
def test_the_number_of_themes_is_the_same_everywhere(worlds, name):
    world = worlds[name]
    count, sentence = world.count, states.shown_in_words(world.count)
    for place, said in leads(world).items():
        assert sentence in said, place
        assert states.outside_in_words(count) in said or place == "project", place
    first = world.tables["themes"].query("level == 1")
    cards = len(world.themes)
    numbers = {len(first), cards, len(world.rows), len(world.plot), len(world.hand_out), world.metrics["themes"]}
    assert numbers == {count.shown}
    assert int((first.status == "accepted").sum()) == count.accepted == world.metrics["accepted_themes"]
    chosen = int(world.tables["theme_choice"].query("chosen").n_themes.iloc[0])
    assert chosen == count.found == world.metrics["candidates_found"]
    assert f"{count.found} candidate themes were derived from the data by clustering" in world.section("method")
    assert (f"{count.accepted} of {count.shown} themes were accepted" in world.section("method")) == bool(
        count.accepted
    )
    grown = world.tables["saturation"].query("source == 'themes' and cell == '(all)' and order == 'file names'")
    assert int(grown.n_known.max()) == count.shown
    assert world.metrics["waiting_themes"] == count.waiting == count.candidates + count.open
    for state, number in count.of_waiting.items():
        noun, why = states.WAITS[state]
        for said in (world.section("waiting"), "\n".join(world.status)):
            assert (f"{prose.count(number, noun)} {why}" in said) == bool(number)


@pytest.mark.parametrize("name", ["none", "same", "lived", "finer"])
def test_the_numbers_add_up(worlds, name):
    world, count = worlds[name], worlds[name].count
    assigned = world.tables["theme_assignments"]
    assert count.segments == len(assigned) == int((assigned.theme_id >= 0).sum()) + count.n_outside
    assert world.metrics["share_in_no_theme"] == pytest.approx(count.n_outside / count.segments, abs=1e-6)
    assert count.found == count.candidates + count.in_decided + count.in_rejected + count.scattered
    assert count.adds_up == (name in ("none", "same"))
    assert len(world.tables["theme_unassigned"]) == count.n_outside


def test_with_nothing_decided_it_is_the_candidates_that_are_counted(worlds):
    said = worlds["none"].section("themes")
    assert "The analysis found 11 candidate themes. The largest" in said
    assert "The number of candidates (11) was set in params.yaml" in said
    assert "Not shown" not in said


def test_after_decisions_the_sentence_says_how_the_number_came_about(worlds):
    assert (
        "9 themes are shown: the run found 11 candidates; you merged 1 into another, rejected 1, left 1 without passages and split off "
        "1. The largest" in worlds["same"].section("themes")
    )
    assert "The number of candidates (11) was set in params.yaml" in worlds["same"].section("themes")
    assert worlds["lived"].section("themes").count("The run found 7 candidates: ") == 1
    assert "The researchers merged 1 into another, rejected 1, left 1 without passages and split off 1." in worlds[
        "lived"
    ].section("method")


def test_talk_that_was_rejected_is_said_to_be_and_never_called_unlike(worlds):
    world = worlds["lived"]
    assert re.search(r"40 passages \(12%\) are in no theme: 5 \(1%\) fit no theme and 35 \(10%\) were in", world.page)
    note = f"in “{world.label('rejected')}” ({world.ids['rejected']}), which was rejected"
    assert world.html.count(f'data-note="{note}"') == 35
    held = re.search(r'<script type="application/json" id="data">(.*?)</script>', world.html, re.S).group(1)
    assert sum(segment[4] == -2 for segment in json.loads(held)["segments"]) == 35
    kinds = summary_tables.map_of_segments(
        *(world.tables[name] for name in ("theme_map", "theme_assignments", "themes")),
        store.read(lived.STUDY, "segments"),
    ).theme.value_counts()
    assert kinds["in a rejected theme"] == 35


def test_no_theme_is_named_by_a_number_alone(worlds):
    for name in ("same", "lived", "finer"):
        world = worlds[name]
        texts = (world.page, "\n".join(world.status), world.about, " ".join(world.tables["theme_questions"].sentence))
        for theme in world.tables["theme_states"].theme_id:
            for text in texts:
                for found in re.finditer(rf"(.{{0,3}})\b{theme}\b", text):
                    assert found.group(1).endswith(("” (", "Id ")), text[found.start() - 60 : found.end() + 20]


def test_a_rejected_theme_is_never_asked_about_as_accepted(worlds):
    for name in ("lived", "finer"):
        asked = re.search(r'<dl class="asks">.*?</dl>', worlds[name].html, re.S).group()
        own = [seen(f"<div{one}") for one in asked.split("<div") if f"({worlds[name].ids['rejected']}," in one]
        assert own and all("you rejected" in one and "accepted" not in one for one in own)


def test_every_question_says_what_was_decided_by_whom_and_when_and_leads_to_its_theme(worlds):
    for name in ("lived", "finer"):
        world = worlds[name]
        become = world.tables["theme_states"].set_index("theme_id")
        for row in world.tables["theme_questions"].itertuples():
            assert f"({row.theme_id}, {become.settled_as[row.theme_id]})" in row.sentence
            shown = become.state[row.theme_id] in states.SHOWN
            assert (row.sentence in world.themes.get(row.theme_id, {"questions": []})["questions"]) == shown
            assert (f'<a href="#themes/{row.theme_id}">Go to “' in world.html) == shown


# What docs/decisions.md says becomes of decisions.


def members(world: World, part: str) -> set[str]:
    assigned = world.tables["theme_assignments"]
    return set(assigned[assigned.theme_id == world.ids[part]].segment_id)


@pytest.mark.parametrize("part", ["accepted", "renamed", "took", "split", "part", "open", "contested"])
def test_a_theme_keeps_the_segments_and_the_label_it_was_left_with(worlds, part):
    before = worlds["same"]
    for name in ("lived", "finer"):
        known = {one for one in members(worlds[name], part) if lived.NEW not in one}
        assert known == members(before, part)
        assert worlds[name].label(part) == before.label(part) != ""
    if part not in ("renamed", "part"):
        assert before.label(part) == before.first[before.ids[part]]


def test_a_theme_keeps_the_exemplars_it_was_left_with(worlds):
    taken = ledger.load(Places(lived.STUDY).decisions)
    (pinned,) = [one for one in taken if one.action == "pin"]
    for name in ("same", "lived", "finer"):
        quotes = worlds[name].tables["theme_quotes"].query(f"theme_id == {worlds[name].ids['open']}")
        assert quotes[quotes["rank"] == 1].query("kind == 'typical'").segment_id.tolist() == list(pinned.segments)


def test_new_talk_that_joined_is_asked_about(worlds):
    for name in ("lived", "finer"):
        world = worlds[name]
        asked = world.tables["theme_questions"].query("kind == 'joined'").set_index("theme_id").n_segments
        become = world.tables["theme_states"].set_index("theme_id").state
        for theme in become[become.isin(["accepted", "open"])].index:
            own = world.tables["theme_assignments"].query(f"theme_id == {theme}").segment_id
            assert asked.get(theme, 0) == own.str.contains(lived.NEW).sum()


def test_where_the_clusters_see_a_theme_otherwise_it_stays_and_is_asked_about(worlds):
    asked = worlds["finer"].tables["theme_questions"].query("kind == 'shifted'")
    assert set(asked.theme_id) == {worlds["finer"].ids["accepted"], worlds["finer"].ids["open"]}
    assert all(re.search(r"^\d+ of 25 passages of “.*are now in other clusters", said) for said in asked.sentence)


@pytest.mark.parametrize("name", ["same"])
def test_what_people_did_is_no_shift_of_the_clusters(worlds, name):
    """Nothing came and no setting changed, so that only what the decisions left open is asked."""
    asked = worlds[name].tables["theme_questions"]
    assert set(asked.kind) == {"contested", "empty"}


def test_accepting_a_theme_as_it_is_settles_its_question_until_the_number_changes(worlds, tmp_path):
    world = worlds["finer"]
    theme, place = world.ids["open"], Places(lived.STUDY).decisions
    before = place.read_bytes()
    try:
        assert {question.kind for question in ask(theme)} == {"joined", "shifted"}
        deciding.decide(lived.STUDY, "accept", str(theme), who="Asha")
        assert ask(theme) == []
        store_again(lambda frame: frame.assign(cluster_id=frame.cluster_id.where(~moved(frame, theme), 999_999)))
        assert {question.kind for question in ask(theme)} == {"shifted"}
    finally:
        place.write_bytes(before)
        store.write(lived.STUDY, "theme_assignments", world.tables["theme_assignments"])


def ask(theme: int) -> list[Any]:
    shown = screen.read(lived.STUDY, ledger.load(Places(lived.STUDY).decisions))
    return [question for question in shown.questions if question.theme_id == theme]


def moved(frame: pd.DataFrame, theme: int) -> pd.Series:
    """Another three of a theme's segments."""
    home = frame[frame.theme_id == theme].cluster_id.mode().iloc[0]
    return frame.index.isin(frame[(frame.theme_id == theme) & (frame.cluster_id == home)].index[:3])


def store_again(change: Callable[[pd.DataFrame], pd.DataFrame]) -> None:
    store.write(lived.STUDY, "theme_assignments", change(store.read(lived.STUDY, "theme_assignments")))


def test_rejecting_again_takes_the_new_talk_in_and_settles_the_question(worlds):
    world, place = worlds["finer"], Places(lived.STUDY).decisions
    theme, before = world.ids["rejected"], place.read_bytes()
    try:
        assert [question.kind for question in ask(theme)] == ["joined"]
        again = deciding.decide(lived.STUDY, "reject", str(theme), who="Ben")
        assert sum(lived.NEW in one for one in again.members) == 5
        assert ask(theme) == []
    finally:
        place.write_bytes(before)


def test_status_says_before_the_next_run_what_the_report_says_after_it(worlds):
    world = worlds["finer"]
    shown = screen.read(lived.STUDY, ledger.load(Places(lived.STUDY).decisions))
    assert shown.count == world.count
    columns = ["theme_id", "label", "state", "into", "split_from", "n_segments", "n_clusters", "settled_as"]
    pd.testing.assert_frame_equal(shown.states[columns], world.tables["theme_states"][columns])
    assert [question.sentence for question in shown.questions] == world.tables["theme_questions"].sentence.tolist()

"""The researchers in the picture: what they say of themselves, how often they overruled, what is disclosed."""

import json
import shutil

import pandas as pd
import pytest

from pipeline import report
from pipeline.commands import paper
from pipeline.core import stage_record, store, study_template
from pipeline.core.params import Params
from pipeline.core.study_paths import Places
from pipeline.decisions import outcomes, reflexivity
from pipeline.decisions.ledger import Decision
from pipeline.reporting import checklist_facts, checklists, disclosure, drafted, method, metrics
from pipeline.reporting.views import reflexivity_view
from tests.records import records

SAID = """\
reflexivity:
  - who: Asha
    when: 2026-01-15
    part: I interviewed and coded
    relation: |
      I worked on the ward
      for two years.
    assumptions: Time is what is missing.
  - {who: Ben, when: 2026-01-16, credentials: PhD, surprise: That nobody minds.}
  - {who: Asha, when: 2026-03-01, assumptions: Not only time., note: My view has changed.}
"""


def settings(folder) -> Params:
    return Params(study=str(folder), compare={"frame": ["role"]})


@pytest.fixture
def study(small_study, tmp_path):
    folder = shutil.copytree(small_study, tmp_path / "data" / "small")
    (folder / "reflexivity.yaml").write_text(SAID)
    return folder


@pytest.fixture
def statements(study):
    return reflexivity.load(Places(study).reflexivity)


def test_the_template_is_empty_and_its_example_can_be_used(tmp_path):
    path = tmp_path / "reflexivity.yaml"
    path.write_text(study_template.FILES["reflexivity.yaml"])
    assert reflexivity.load(path) == []
    example = [line[2:] for line in study_template.REFLEXIVITY.splitlines() if line.startswith("#   ")]
    path.write_text("reflexivity:\n" + "\n".join(example) + "\n")
    (entry,) = reflexivity.load(path)
    assert set(entry.answers) == set(reflexivity.QUESTIONS)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("reflexivity:\n- {who: Asha, when: 2026-01-15}\n", "line 2: entry 1: an entry needs one of"),
        ("reflexivity:\n- {when: 2026-01-15, note: x}\n", "who"),
        ("reflexivity:\n- {who: Asha, when: Monday, note: x}\n", "a date is written as"),
        ("reflexivity:\n- {who: Asha, when: 2026-01-15, asumptions: x}\n", "unknown field"),
        ("other:\n", "expected the key"),
    ],
)
def test_another_shape_is_refused_in_words(tmp_path, text, message):
    (tmp_path / "reflexivity.yaml").write_text(text)
    with pytest.raises(reflexivity.ReflexivityError, match=message):
        reflexivity.load(tmp_path / "reflexivity.yaml")


def test_the_first_items_of_coreq_come_from_the_last_word_of_each_person(statements):
    assert reflexivity.coreq(statements) == {
        1: "Asha: I interviewed and coded.",
        2: "Ben: PhD.",
        6: "Asha: I worked on the ward for two years.",
        8: "Asha: Not only time. Ben: What would be surprising: That nobody minds.",
    }


def test_checklists_methods_and_page_have_it(study, statements):
    data = paper.gathered(settings(study))
    facts = checklist_facts.facts(data)
    coreq = {item.number: item.statement for item in checklists.coreq(facts)}
    assert coreq[6] == "Asha: I worked on the ward for two years."
    assert coreq[3] == ""
    assert {item.number: item.statement for item in checklists.srqr(facts)}[6].startswith("Asha: I interviewed")
    sections = dict(drafted.draft(data, reflexive=False).sections)
    assert "Asha: Not only time." in sections["Researchers"]
    view = reflexivity_view.build(data)
    assert [(who, when) for who, when, _ in view.statements] == [
        ("Asha", "2026-01-15"), ("Ben", "2026-01-16"), ("Asha", "2026-03-01")
    ]  # fmt: skip
    html = report.build_page(data, settings(study), [])
    assert "My view has changed." in html


def decision(action: str, theme: int, number: int, **more) -> Decision:
    return Decision(action=action, theme=theme, who="Asha", when=f"2026-01-15T10:00:{number:02d}", **more)


def states(*rows) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["theme_id", "state", "split_from"])


STATES = states(
    (1, "accepted", -1), (2, "accepted", -1), (3, "accepted", -1), (4, "merged", -1), (5, "rejected", -1),
    (6, "accepted", -1), (7, "accepted", 6), (8, "open", -1), (9, "candidate", -1),
)  # fmt: skip
DECISIONS = [
    decision("accept", 1, 1),
    decision("accept", 2, 2),
    decision("rename", 2, 3, label="Ours"),
    decision("merge", 3, 4, others=(4,)),
    decision("reject", 5, 5),
    decision("split", 6, 6, label="Part", segments=("a",)),
    decision("memo", 8, 7, text="Think."),
]


def test_each_candidate_counts_once_by_the_strongest_decision_and_parts_not_at_all():
    became = outcomes.count(DECISIONS, STATES)
    assert became.of == {
        "rejected": 1, "merged": 2, "split": 1, "renamed": 1, "accepted": 1, "worked on": 1, "undecided": 1
    }  # fmt: skip
    assert (became.total, became.overruled, became.decided) == (8, 5, 6)
    assert outcomes.in_words(became) == (
        "Of 8 candidate themes, the researchers accepted 1 as proposed, renamed 1, merged 2 with each other, split 1, rejected 1 and "
        "worked on 1 without accepting or rejecting; 1 is not decided on. The researchers overruled the program on 5 of 8 "
        "candidates (63%)."
    )
    later = outcomes.in_words(outcomes.count(DECISIONS, STATES, found=6))
    assert later.startswith("Of 8 candidate themes of this run and earlier ones, the researchers accepted 1")
    assert outcomes.in_words(outcomes.count(DECISIONS, STATES, found=8)) == outcomes.in_words(became)


def test_an_undone_decision_does_not_count_and_without_any_nothing_is_said():
    one = decision("reject", 5, 5)
    undone = [one, Decision(action="undo", undoes=one.key, who="Ben", when="2026-01-16")]
    became = outcomes.count(undone, states((5, "candidate", -1)))
    assert became.of["undecided"] == 1
    assert outcomes.in_words(became) == ""
    assert outcomes.in_words(outcomes.count([], STATES.iloc[:0])) == ""


def test_metrics_hold_the_shares():
    numbers = metrics.of_decisions(outcomes.count(DECISIONS, STATES), [])
    assert numbers["candidates_overruled"] == 5
    assert numbers["share_overruled"] == 0.625
    assert numbers["candidates_worked_on"] == 1
    assert "share_overruled" not in metrics.of_decisions(outcomes.count([], STATES.iloc[:0]), [])
    json.dumps(numbers)


def recorded(**themes) -> dict:
    plain = {stage: stage_record.Record(connected=False) for stage in method.STAGES}
    return plain | {"themes": stage_record.Record({"labeller": "", "connected": False, **themes})}


def test_that_nothing_generative_ran_and_nothing_was_sent_is_said_from_the_records_alone():
    assert disclosure.generative(recorded()) == "No generative model was used."
    assert disclosure.connected(recorded()).startswith("No network connection was made: none of the 6 steps")
    assert disclosure._sent(recorded()).startswith("The program sent nothing. No network connection")
    assert "sent nothing. " not in disclosure._sent(recorded(connected=True)), "workers elsewhere are sent vectors"
    assert "llama" in disclosure.generative(recorded(labeller="llama"))


def test_a_connection_or_a_missing_record_is_not_passed_over():
    assert disclosure.connected(recorded(connected=True)) == "Connections to another machine were made by themes."
    old = recorded() | {"embed": stage_record.Record(model="m")}
    assert "was not recorded by embed" in disclosure.connected(old)


def test_where_things_stay_is_not_told_more_narrowly_than_it_is():
    said = disclosure._participants(recorded())[2][1]
    assert "on the machines that run the program" in said, "DVC's cache and the model lie outside the study's folder"
    assert "only its codebook, decisions, and what was read" in said


def test_a_language_model_is_disclosed_with_prompt_what_was_sent_and_what_became_of_it(study):
    record = stage_record.read_record(store.read(study, "themes_record"))
    record |= {"labeller": "llama", "labels": {"llama": 1, "people": 1}, "exemplars": 8, "connected": True}
    store.write(study, "themes_record", stage_record.Record(record).table())
    data = paper.gathered(settings(study))
    made = disclosure.build(data, settings=settings(study).model_dump(mode="json"))
    answers = {item.question: item.answer for part in made.parts for item in part.items}
    assert "You name candidate themes" in answers["Which prompts were given?"]
    assert "1 label of" in answers["Which prompts were given?"]
    assert answers["What was sent to whom?"].startswith("To llama: for each theme its keywords and up to 8 passages")
    assert "llama" in made.lead


def test_codes_learned_from_people_are_disclosed_as_such(study):
    store.write(study, "map_codes_record", records()["map_codes"].table())
    data = paper.gathered(settings(study))
    made = disclosure.build(data, settings=settings(study).model_dump(mode="json"))
    answers = {item.question: item.answer for part in made.parts for item in part.items}
    answer = answers["What did the program do with codes and themes?"]
    assert "using the codebook only" in answer and "Codes were also learned from human codes" in answer
    assert answer.index("learned from human codes") < answer.index("These are the codes reported.")


def test_twenty_questions_in_five_parts_each_with_an_answer(study):
    data = paper.gathered(settings(study))
    made = disclosure.build(data, settings=settings(study).model_dump(mode="json"))
    assert len(made.parts) == 5
    numbers = [item.number for part in made.parts for item in part.items]
    assert numbers == list(range(1, 21))
    assert all(item.answer.strip() for part in made.parts for item in part.items)

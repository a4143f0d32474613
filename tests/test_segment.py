import hashlib

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import segment
from pipeline.core import store
from pipeline.corpus import segmenting, sentences
from pipeline.corpus.readers import speakers
from pipeline.corpus.readers.model import Labels

LABELS = Labels(("interviewer", "q"))


def by_stops(texts):
    return [sentences.spans(text, sentences.plain_starts(text)) for text in texts]


def tables(texts, participants=("Anna", "Bo"), spoken=("en", 1.0, "")):
    documents = pd.DataFrame(
        [(name, "interview", name, "0", 1, *spoken, text) for name, text in texts.items()],
        columns=list(store.empty("documents").columns),
    )
    rows = []
    for name, text in texts.items():
        for number, turn in enumerate(speakers.transcript(text, LABELS).turns):
            part = "participant" if turn.speaker in participants else "interviewer" if turn.speaker else "none"
            case = f"{name}/{turn.speaker}" if part == "participant" else ""
            rows.append(
                (
                    name,
                    f"{name}:{number}",
                    turn.speaker,
                    case,
                    part,
                    turn.start,
                    turn.end,
                    turn.time_s,
                    turn.place,
                    text[turn.start : turn.end],
                )
            )
    turns = pd.DataFrame(rows, columns=list(store.empty("turns").columns)) if rows else store.empty("turns")
    return documents, turns


def run(texts, *, unit="window", max_words=60, min_words=5, **options):
    frames = tables(texts if isinstance(texts, dict) else {"a": texts}, **options)
    found, problems = segment.segment(*frames, split=by_stops, unit=unit, max_words=max_words, min_words=min_words)
    store.schema("segments").validate(found, lazy=True)
    store.schema("segment_problems").validate(problems, lazy=True)
    return found


TALK = "Interviewer: Why did you come?\nAnna: It was the pay. And the people there, mostly.\nInterviewer: Okay.\nAnna: Yeah.\nInterviewer: Was it hard?\nAnna: Not at first, but then it was.\n"


def test_segments_know_their_question():
    found = run(TALK)
    assert found["set_aside"].tolist() == ["interviewer", "", "interviewer", "backchannel", "interviewer", ""]
    assert found["prompt_id"].tolist() == ["", "a:0", "", "a:0", "", "a:4"], "an 'Okay.' is no question"
    assert found["substantive"].tolist() == [False, True, False, False, False, True]
    assert found["case"].tolist() == ["", "a/Anna"] * 3


@pytest.mark.parametrize(("unit", "number"), [("sentence", 2), ("window", 1), ("turn", 1)])
def test_units(unit, number):
    assert (run(TALK, unit=unit)["turn_id"] == "a:1").sum() == number


def test_windows_keep_to_max_words_and_a_turn_does_not():
    text = "Anna: " + "We had no time for it. " * 10 + "\nAnna: Yes."
    assert run(text, max_words=12)["n_words"].tolist() == [12] * 5 + [1]
    assert run(text, max_words=12, unit="turn")["n_words"].tolist() == [60, 1]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Yeah.", "backchannel"),
        ("Okay, right. Mm-hm.", "backchannel"),
        ("That’s right, exactly.", "backchannel"),
        ("Yeah. 92 93", "backchannel"),
        ("No, never.", "short"),
        ("[laughter]", "note"),
        ("1 2 3", "note"),
        ("We had no time then.", ""),
        ("...", "note"),
        ("Я не знаю, что делать.", ""),
    ],
)
def test_what_says_nothing_is_set_aside(text, why):
    group = [sentences.Sentence(0, len(text), sentences.text_layout.count_words(text))]
    assert segmenting.aside("participant", text, group, min_words=5) == why


def test_headings_are_set_aside_and_ask():
    found = run("# Talk\n[Q1] Time\nAnna: We had no time at all.\n[Q2] Staff\nAnna: There were only two of us.\n")
    assert found["set_aside"].tolist() == ["heading", "heading", "", "heading", ""]
    assert found["prompt_id"].tolist() == ["", "", "a:1", "", "a:3"]


TURNS = "Interviewer: Why here?\nAnna: Because we had no time for it at all.\nInterviewer: And then?\nAnna: Then we went home again early.\n"


@pytest.mark.parametrize(
    "by", ["Transcribed by: K. Lowe - DRAFT v2", "Transcript checked and corrected by K. Lowe, May"]
)
def test_lines_before_the_first_speaker_are_no_evidence(by):
    rows = run({"a": f"Virtual Ward Study - Interview 01 (patient, North Trust)\n{by}\n\n{TURNS}"})
    titles = rows[rows.speaker == ""]
    assert len(titles) >= 1 and set(titles.set_aside) == {"note"} and not titles.substantive.any()
    assert rows[rows.speaker == "Anna"].substantive.all()


def test_long_talk_before_the_first_speaker_is_kept():
    said = "I came to the ward in the spring. Nobody there had any time for us. So I wrote it all down at home."
    rows = run({"a": f"Transcribed by: K. Lowe, DRAFT v2 of the study\n\n{said}\n\n{TURNS}"})
    titles = rows[rows.speaker == ""]
    assert list(titles[titles.text.str.startswith("I came")].substantive) == [True]
    assert not titles[titles.text.str.startswith("Transcribed")].substantive.any()
    assert run({"a": "A title of the notes that is long\n\nAnd the rest of the notes here\n"}).substantive.all()


def test_a_participants_own_hash_is_no_heading():
    group = [sentences.Sentence(0, 9, 6)]
    assert segmenting.aside("participant", "# one of the things I said", group, min_words=5) == ""


def test_script_is_set_aside_and_asks():
    texts = {
        name: f"1.a Was the text clear to you?\nI read it twice, which is {name} times too many.\n" for name in "abcd"
    }
    found = run(texts)
    assert found["set_aside"].tolist() == ["script", ""] * 4
    assert found["prompt_id"].tolist() == [part for name in "abcd" for part in ("", f"{name}:0")]


def test_a_remark_on_what_somebody_does_asks_nothing_however_often_it_is_made():
    said = "1.a Was the text clear to you?\n(The participant reads the text again)\nI read it {} times too often.\n"
    found = run({name: said.format(name) for name in "abcd"})
    assert found["set_aside"].tolist() == ["script", "note", ""] * 4
    assert found["prompt_id"].tolist() == [part for name in "abcd" for part in ("", f"{name}:0", f"{name}:0")]
    asked = "(Participant: what do you think of the text?)\nI read it {} times too often.\n"
    assert run({name: asked.format(name) for name in "abcd"})["set_aside"].tolist() == ["script", ""] * 4


def test_what_a_turn_asks_is_asked_of_the_turns_after_it():
    script = "Please tell us in your own words what you think of this."
    own = "I think {} things of it at once."
    texts = {
        name: f"Interviewer: Are you ready?\nAnna: {script} {own.format(name)}\nBo: I agree with {name} on that."
        for name in "abcd"
    }
    found = run(texts)
    assert found["set_aside"].tolist() == ["interviewer", "script", "", ""] * 4
    for name in "abcd":
        of_document = found[found["document"] == name]["prompt_id"].tolist()
        assert of_document == ["", "", f"{name}:0", f"{name}:1"]


def test_a_question_is_asked_in_its_own_document_alone():
    found = run({"a": TALK, "b": "Anna: We never had any time for it."})
    assert found[found["document"] == "b"]["prompt_id"].tolist() == [""]


def test_a_question_stands_until_the_next_one():
    found = run("Interviewer: Was it hard?\nAnna: Not at first, but then it was.\nBo: It was so for all of us.\n")
    assert found["prompt_id"].tolist() == ["", "a:0", "a:0"]


def test_the_name_of_a_segment_comes_from_what_it_says():
    found = run("Anna: We had no time.\nBo: We had no time.\nAnna: x\nBo: y")
    said = "We had no time."
    assert found["segment_id"].tolist()[:2] == [
        hashlib.sha256(f"a\0{said}\0{n}".encode()).hexdigest()[:12] for n in (0, 1)
    ]


def test_a_new_document_changes_no_name():
    assert set(run({"a": TALK})["segment_id"]) <= set(run({"a": TALK, "b": TALK})["segment_id"])


def test_rows_do_not_hang_on_the_order_of_turns():
    documents, turns = tables({"a": TALK, "b": TALK})
    options = {"split": by_stops, "unit": "window", "max_words": 60, "min_words": 5}
    one, _ = segment.segment(documents, turns, **options)
    two, _ = segment.segment(documents[::-1], turns[::-1], **options)
    pd.testing.assert_frame_equal(one, two)


def test_an_empty_study():
    found, problems = segment.segment(
        store.empty("documents"), store.empty("turns"), split=by_stops, unit="window", max_words=60, min_words=5
    )
    assert found.empty
    assert problems.empty


def test_a_document_without_substance_is_said():
    documents, turns = tables({"a": TALK, "b": "Interviewer: Hello?"})
    _, problems = segment.segment(documents, turns, split=by_stops, unit="window", max_words=60, min_words=5)
    assert problems["document"].tolist() == ["b"]


PIECES = st.sampled_from(
    [
        "We had no time.",
        "é 😀 ש\u202e x.",
        "Yeah",
        "[laughs]",
        "a  b?",
        "...",
        "\n",
        "\n\n",
        "(x",
        "word " * 30,
        "[Q1] Time\n",
        "Dr. No went. ",
        "1.",
        "\u2028",
        "\tz",
    ]
)
TEXTS = st.lists(
    st.tuples(st.sampled_from(["Anna: ", "Interviewer: ", "Bo: ", ""]), st.lists(PIECES, max_size=5)), max_size=6
).map(lambda turns: "\n".join(label + " ".join(pieces) for label, pieces in turns))


@settings(max_examples=150, deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=3), st.sampled_from(["sentence", "window", "turn"]), st.integers(5, 70))
def test_every_letter_of_every_turn_is_in_one_segment(texts, unit, max_words):
    named = {f"d{n}": text for n, text in enumerate(texts)}
    _, turns = tables(named)
    found = run(named, unit=unit, max_words=max_words)
    assert found["segment_id"].is_unique
    covered = {}
    for row in found.itertuples():
        assert named[row.document][row.start : row.end] == row.text == row.text.strip()
        for at in range(row.start, row.end):
            assert covered.setdefault((row.document, at), row.turn_id) == row.turn_id, "a letter is in two segments"
    for turn in turns.itertuples():
        for at in range(turn.start, turn.end):
            assert named[turn.document][at].isspace() or covered[turn.document, at] == turn.turn_id
    assert found.sort_values(["document", "start"]).index.tolist() == found.index.tolist()

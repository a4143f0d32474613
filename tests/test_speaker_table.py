import pandas as pd

from pipeline.corpus import speaker_table
from pipeline.corpus.speaker_roles import Role
from pipeline.corpus.turn_rows import Turn


def turn(document, speaker, part, text):
    return Turn(document, "", speaker, "", part, 0, len(text), None, "", text)


def test_each_speaker_of_a_document_is_a_row():
    turns = [
        turn("b", "Dan", "interviewer", "Why here?"),
        turn("a", "Dan", "interviewer", "Why?"),
        turn("a", "Anna", "participant", "Because it is near my home."),
        turn("a", "ANNA", "participant", "And cheap."),
        turn("a", "Anna", "participant", "Yes."),
        turn("a", "", "none", "Laughter"),
    ]
    roles = {("a", "dan"): Role("interviewer", "", why="they ask"), ("a", "anna"): Role("participant", "a/Anna")}
    found = speaker_table.speakers(turns, roles)
    assert [(row.document, row.speaker, row.part, row.n_turns, row.n_words, row.why) for row in found] == [
        ("a", "Anna", "participant", 3, 9, ""),
        ("a", "Dan", "interviewer", 1, 1, "they ask"),
        ("a", "", "none", 1, 1, ""),
        ("b", "Dan", "interviewer", 1, 2, ""),
    ]
    assert found[0].share == 9 / 11
    assert sum(row.share for row in found if row.document == "a") == 1


def test_speech_without_words_has_no_share():
    assert speaker_table.speakers([turn("a", "", "none", "…")], {})[0].share == 0


def test_words_are_counted_by_whom_they_are():
    documents = pd.DataFrame({"document": ["a", "b", "n"], "source_type": ["interview", "interview", "field_note"]})
    rows = [
        ("a", "participant", "a/Anna", 100),
        ("a", "interviewer", "", 20),
        ("a", "none", "", 7),  # a title
        ("b", "none", "b", 40),  # an answer without a label
        ("b", "interviewer", "", 5),
        ("n", "none", "", 60),
    ]
    speakers = pd.DataFrame(rows, columns=["document", "part", "case", "n_words"])
    found = speaker_table.words_by(speakers, documents)
    assert found == {"participant": 140, "interviewer": 25, "written": 60, "other": 7}
    assert speaker_table.words_by(speakers[:1], documents) == {"participant": 100}
    assert speaker_table.words_by(speakers[:0], documents) == {}

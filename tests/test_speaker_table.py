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

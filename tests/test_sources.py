import pytest

from pipeline.corpus import document_types


@pytest.mark.parametrize(
    ("turns", "any_speaker", "kind"),
    [
        ([], False, ""),
        ([], True, "interview"),
        (["a"], True, "interview"),
        (list("abab"), True, "interview"),
        (list("abca"), True, "focus_group"),
        (list("abcdef"), True, "interview"),
    ],
)
def test_three_who_come_back_are_a_focus_group(turns, any_speaker, kind):
    assert document_types.by_speakers(turns, any_speaker=any_speaker) == kind


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("field_notes_3.docx", "field_note"),
        ("Observation-ward.txt", "field_note"),
        ("documents/a.txt", "document"),
        ("board_paper.docx", "document"),
        ("P1.txt", "interview"),
        ("Noteworthy.txt", "interview"),
        ("a.notes", "interview"),
    ],
)
def test_names_hint_at_what_a_text_is(name, kind):
    assert document_types.by_name(name) == kind

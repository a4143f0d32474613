"""QualCoder's projects: positions, categories, coders, and the folder they are kept in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from qda_files import DATE, qualcoder

from pipeline.corpus import readers, sources, span_alignment
from pipeline.corpus.readers import codes_qualcoder
from pipeline.corpus.readers.model import RefusedError

TALK = "Ana: we had no time 😀 at all.\nBo: no time? I was proud.\nAna: no time."
AT = TALK.index("I was")


def read(*codings, text=TALK, more=""):
    return codes_qualcoder.read_qualcoder(qualcoder({"P1.txt": text}, codings, more=more), "study")


def test_a_coding_has_its_code_category_coder_memo_and_date():
    (one,) = read(("P1.txt", 1, "we had no time", 5, 19, "max", "hm"))
    assert (one.document, one.start, one.end, one.text) == ("P1.txt", 5, 19, "we had no time")
    assert (one.code, one.parent_code, one.coder, one.memo, one.date) == ("Time", "Resources", "max", "hm", DATE)
    assert one.row == "coding 1"
    assert one.copy == TALK


def test_a_code_outside_categories_has_no_parent_and_a_nameless_coder_is_the_files():
    (one,) = read(("P1.txt", 2, "I was proud", AT, AT + 11, "", ""))
    assert (one.code, one.parent_code, one.coder) == ("Pride", "", "study")


def test_a_sub_code_has_the_code_above_it_as_its_parent():
    more = "ALTER TABLE code_name ADD COLUMN supercid integer; UPDATE code_name SET supercid = 1 WHERE cid = 2;"
    found = read(("P1.txt", 2, "I was proud", AT, AT + 11, "", ""), ("P1.txt", 1, "we had", 5, 11, "", ""), more=more)
    assert [(one.code, one.parent_code) for one in found] == [("Pride", "Time"), ("Time", "Resources")]


@pytest.mark.parametrize("shift", [0, 1])
def test_positions_count_code_points_or_the_units_of_its_text_window(shift):
    found = read(
        ("P1.txt", 1, "we had", 5, 11, "a", ""), ("P1.txt", 2, "I was proud", AT + shift, AT + shift + 11, "a", "")
    )
    assert [TALK[one.start : one.end] for one in found] == ["we had", "I was proud"]


def test_selected_lines_end_in_paragraph_separators():
    said = "at all.\u2029Bo: no time?"
    start = TALK.index("at all")
    (one,) = read(("P1.txt", 1, said, start, start + len(said), "a", ""))
    assert one.text == TALK[one.start : one.end] == said.replace("\u2029", "\n")


def test_where_words_and_positions_disagree_the_words_count():
    found = read(("P1.txt", 1, "we had", 5, 11, "a", ""), ("P1.txt", 2, "I was proud", 1, 12, "a", ""))
    assert [(one.start, one.text) for one in found] == [(5, "we had"), (None, "I was proud")]


def test_pictures_and_sound_come_back_without_a_place():
    more = "INSERT INTO code_image VALUES (3,1,0,0,5,5,2,'m','','lea',NULL);INSERT INTO code_av VALUES (4,1,0,9,1,'','','',NULL);"
    picture, sound = read(more=more)
    assert (picture.code, picture.start, picture.text, picture.memo) == ("Pride", None, "", "m")
    assert "a picture" in picture.row
    assert "a recording" in sound.row


def test_codings_of_what_is_gone_are_not_lost_in_silence():
    (one,) = read(("gone", 9, "we had", 5, 11, "a", ""))
    placed, lost = span_alignment.place_codings([one], {"P1.txt": TALK})
    assert (placed, len(lost)) == ([], 1)


def test_words_said_thrice_are_placed_by_the_copy_in_the_project():
    start = TALK.rindex("no time")
    shifted = "A title\n\n" + TALK.replace("\n", "\n\n")
    for n, at in enumerate([TALK.index("no time"), TALK.index("no time?"), start]):
        (one,) = read(("P1.txt", 1, "no time", at, at + 7, "a", ""))
        ((placed,), lost) = span_alignment.place_codings([one], {"P1.txt": shifted})
        assert lost == []
        assert shifted[: placed.start].count("no time") == n


def test_a_project_is_a_folder_of_which_one_file_counts(tmp_path):
    data = qualcoder({"P1.txt": TALK}, [("P1.txt", 1, "we had", 5, 11, "", "")])
    folder = tmp_path / "human_codes" / "round one.qda"
    (folder / "documents").mkdir(parents=True)
    (folder / "data.qda").write_bytes(data)
    (folder / "documents" / "P1.docx").write_bytes(b"x")
    (folder / "project_in_use.lock").write_text("")
    (tmp_path / "human_codes" / "alone.qda").write_bytes(data)
    paths = readers.code_files(sources.source_files(tmp_path / "human_codes"))
    assert [path.relative_to(tmp_path).as_posix() for path in paths] == [
        "human_codes/alone.qda",
        "human_codes/round one.qda/data.qda",
    ]
    assert [one.coder for path in paths for one in readers.read_codes(path)] == ["alone", "round one"]


def test_a_folder_without_a_project_is_not_passed_over(tmp_path):
    (tmp_path / "x.qda").mkdir()
    (tmp_path / "x.qda" / "readme.txt").write_text("x")
    assert len(readers.code_files(sources.source_files(tmp_path))) == 1


@pytest.mark.parametrize("drop", ["code_text", "code_name", "source"])
def test_what_is_no_project_is_refused(drop):
    with pytest.raises(RefusedError, match=f"'{drop}'.*QualCoder"):
        read(more=f"DROP TABLE {drop};")


def test_categories_pictures_and_sound_may_be_missing():
    assert (
        read(("P1.txt", 1, "we had", 5, 11, "a", ""), more="DROP TABLE code_cat;DROP TABLE code_av;")[0].code == "Time"
    )


def test_a_selection_of_nothing_but_space_is_not_widened_to_a_word():
    (one,) = read(("P1.txt", 1, " ", 1, 2, "a", ""), text="0 0")
    assert (one.start, one.text.strip()) == (None, "")


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=60), st.data())
def test_a_coding_written_comes_back_where_it_was(text, data):
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    (one,) = read(("P1.txt", 1, text[start:end], start, end, "a", ""), text=text)
    if one.start is not None:
        assert one.copy[one.start : one.end].split() == text[start:end].split()
    assert one.text.split() == text[start:end].split()

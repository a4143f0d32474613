"""Comments of Word as codes: ranges, several codes in one, replies, and what is refused."""

import io
import zipfile

import docx as python_docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.corpus import span_alignment
from pipeline.corpus.readers import word_comments
from pipeline.corpus.readers.model import RefusedError

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
NS = f'xmlns:w="{W}" xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml" xmlns:w15="http://schemas.microsoft.com/office/word/2012/wordml"'


def r(text):
    return f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>'


def p(*runs):
    return "<w:p>" + "".join(runs) + "</w:p>"


def start(number):
    return f'<w:commentRangeStart w:id="{number}"/>'


def end(number):
    return f'<w:commentRangeEnd w:id="{number}"/><w:r><w:commentReference w:id="{number}"/></w:r>'


def comment(number, *lines, author="Lea", paragraph=""):
    name = f' w14:paraId="{paragraph}"' if paragraph else ""
    body = "".join(f"<w:p{name}>{r(line)}</w:p>" for line in lines)
    return f'<w:comment w:id="{number}" w:author="{author}" w:date="2024-05-06T07:08:09Z">{body}</w:comment>'


def word(body, *comments, threads=""):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", f"<w:document {NS}><w:body>{body}</w:body></w:document>")
        archive.writestr("word/comments.xml", f"<w:comments {NS}>{''.join(comments)}</w:comments>")
        if threads:
            archive.writestr("word/commentsExtended.xml", f"<w15:commentsEx {NS}>{threads}</w15:commentsEx>")
    return buffer.getvalue()


def read(*args, **more):
    return word_comments.read_comments(word(*args, **more), "P1")


BODY = p(r("Ana: we had "), start(0), r("no ti"), r("me 😀"), end(0), r(" at all."))


def test_a_comment_is_a_coding_of_its_range():
    (one,) = read(BODY, comment(0, "Time"))
    assert (one.document, one.start, one.end, one.text) == ("P1.docx", 12, 21, "no time 😀")
    assert (one.code, one.parent_code, one.coder, one.date) == ("Time", "", "Lea", "2024-05-06T07:08:09Z")
    assert (one.row, one.copy) == ("comment 0", "Ana: we had no time 😀 at all.")


def test_codes_stand_on_lines_or_between_semicolons_and_may_have_parents():
    found = read(BODY, comment(0, "Time; Needs > Pay", "Pride, of a kind"))
    assert [(one.code, one.parent_code) for one in found] == [("Time", ""), ("Pay", "Needs"), ("Pride, of a kind", "")]


def test_replies_are_the_memo_of_what_they_reply_to():
    threads = '<w15:commentEx w15:paraId="AA" w15:done="0"/><w15:commentEx w15:paraId="BB" w15:paraIdParent="AA" w15:done="0"/>'
    (one,) = read(
        BODY, comment(0, "Time", paragraph="AA"), comment(1, "I agree", author="Max", paragraph="BB"), threads=threads
    )
    assert (one.code, one.memo) == ("Time", "Max: I agree")


def test_a_range_may_cross_paragraphs_and_stand_between_them():
    body = (
        p(r("one "), start(0), r("two"))
        + p(r("three"), end(0), r(" four"))
        + start(1)
        + p(r("five"))
        + end(1)
        + p(r("six"))
    )
    first, second = read(body, comment(0, "A"), comment(1, "B"))
    assert first.text == "two\nthree"
    assert second.text == "five"


def test_deleted_words_are_not_in_a_range():
    gone = "<w:del><w:r><w:delText>never </w:delText></w:r></w:del>"
    (one,) = read(p(r("we "), start(0), gone, r("came"), end(0)), comment(0, "A"))
    assert (one.start, one.text) == (3, "came")


def test_line_breaks_at_a_paragraphs_ends_do_not_shift_what_follows():
    body = p("<w:r><w:br/></w:r>", start(0), r("a"), "<w:r><w:br/></w:r>", end(0)) + p(start(1), r("b c"), end(1))
    first, second = read(body, comment(0, "A"), comment(1, "B"))
    assert (first.text, second.text) == ("a", "b c")


@pytest.mark.parametrize(
    ("body", "why"), [(p(r("a b")), "has no text"), (p(start(0), end(0), r("a b")), "has no text")]
)
def test_a_comment_without_a_range_is_listed(body, why):
    placed, lost = span_alignment.place_codings(read(body, comment(0, "A")), {"P1.docx": "a b"})
    assert placed == []
    assert why in lost[0].reason


def test_an_empty_comment_is_listed():
    _, lost = span_alignment.place_codings(read(BODY, comment(0, " ")), {"P1.txt": "x"})
    assert "No code is given" in lost[0].reason


def test_the_transcript_may_be_kept_in_another_format():
    text = "Ana: we had no time 😀 at all."
    ((one,), _) = span_alignment.place_codings(read(BODY, comment(0, "Time")), {"P1.txt": text})
    assert text[one.start : one.end] == "no time 😀"


def test_what_python_docx_writes_is_read():
    document = python_docx.Document()
    run = document.add_paragraph("Ana: ").add_run("because")
    document.add_comment(run, text="Reason", author="Max", initials="M")
    buffer = io.BytesIO()
    document.save(buffer)
    (one,) = word_comments.read_comments(buffer.getvalue(), "P1")
    assert (one.text, one.code, one.coder) == ("because", "Reason", "Max")


def test_no_comments_no_codes():
    document = python_docx.Document()
    document.add_paragraph("Ana: Hi.")
    buffer = io.BytesIO()
    document.save(buffer)
    with pytest.raises(RefusedError, match="no comments"):
        word_comments.read_comments(buffer.getvalue(), "P1")


@pytest.mark.parametrize(
    ("data", "said"), [(b"", "empty"), (b"x", "archive"), (word(BODY, "<!-- --><w:comment"), "damaged")]
)
def test_hostile_files_are_refused_in_a_sentence(data, said):
    with pytest.raises(RefusedError, match=said) as caught:
        word_comments.read_comments(data, "x")
    assert str(caught.value).endswith(".")


PIECES = st.lists(st.sampled_from(["a ", "é😀", "b", "<br>", "S0", "E0", "S1", "E1", "P"]), max_size=14)


@settings(max_examples=200)
@given(PIECES)
def test_a_range_is_always_the_words_between_its_marks(pieces):
    marks = {
        "<br>": "<w:r><w:br/></w:r>",
        "S0": start(0),
        "S1": start(1),
        "E0": end(0),
        "E1": end(1),
        "P": "</w:p><w:p>",
    }
    body = "<w:p>" + "".join(marks.get(piece) or r(piece) for piece in pieces) + "</w:p>"
    for one in read(body, comment(0, "A"), comment(1, "B")):
        assert one.text == ("" if one.start is None else one.copy[one.start : one.end])
        if one.start is not None:
            number = one.row[-1]
            inside = pieces[pieces.index(f"S{number}") : pieces.index(f"E{number}")]
            words = "".join(piece for piece in inside if piece in ("a ", "é😀", "b"))
            assert one.text.replace("\n", "") == words

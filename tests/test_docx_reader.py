import io
import zipfile

import pytest
from docx import Document

from pipeline.corpus.readers import docx
from pipeline.corpus.readers.model import Labels, RefusedError

LABELS = Labels(("interviewer",))
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'


def packed(members):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return buffer.getvalue()


def word(body):
    return packed({"word/document.xml": f"<w:document {W}><w:body>{body}</w:body></w:document>"})


def p(*runs):
    return "<w:p>" + "".join(runs) + "</w:p>"


def r(text):
    return f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>'


def text_of(data):
    return docx.read_docx(data, LABELS).text


def test_what_python_docx_writes_is_read():
    document = Document()
    for line in ["Interviewer: Why?", "Anna: Because – é😀.", "Interviewer: Oh?", "Anna: Yes."]:
        document.add_paragraph(line)
    table = document.add_table(rows=1, cols=2)
    table.cell(0, 0).text, table.cell(0, 1).text = "left", "right"
    buffer = io.BytesIO()
    document.save(buffer)
    found = docx.read_docx(buffer.getvalue(), LABELS)
    assert found.text == "Interviewer: Why?\nAnna: Because – é😀.\nInterviewer: Oh?\nAnna: Yes.\nleft\nright"
    assert [turn.speaker for turn in found.turns] == ["Interviewer", "Anna", "Interviewer", "Anna"]


def test_insertions_are_words_and_deletions_are_not():
    body = p(
        r("We "),
        "<w:ins>" + r("really ") + "</w:ins>",
        "<w:del><w:r><w:delText>never </w:delText></w:r></w:del>",
        r("came."),
    )
    body += p("<w:moveFrom>" + r("gone") + "</w:moveFrom>", "<w:moveTo>" + r("here") + "</w:moveTo>")
    assert text_of(word(body)) == "We really came.\nhere"


def test_content_controls_links_and_tables_are_kept():
    body = "<w:sdt><w:sdtContent>" + p(r("in a control")) + "</w:sdtContent></w:sdt>"
    body += (
        p("<w:hyperlink>" + r("a link") + "</w:hyperlink>")
        + "<w:tbl><w:tr><w:tc>"
        + p(r("cell"))
        + "</w:tc></w:tr></w:tbl>"
    )
    assert text_of(word(body)) == "in a control\na link\ncell"


def test_tabs_breaks_and_hyphens():
    body = p(
        '<w:pPr><w:tabs><w:tab w:val="left"/></w:tabs></w:pPr>',
        r("Anna:"),
        "<w:r><w:tab/></w:r>",
        r("a"),
        "<w:r><w:br/></w:r>",
        r("b"),
        "<w:r><w:noBreakHyphen/></w:r>",
        r("c"),
    )
    assert text_of(word(body)) == "Anna:\ta\nb-c"


def test_a_text_box_is_read_once():
    box = (
        "<mc:AlternateContent><mc:Choice><w:txbxContent>"
        + p(r("box"))
        + "</w:txbxContent></mc:Choice><mc:Fallback>"
        + p(r("box"))
        + "</mc:Fallback></mc:AlternateContent>"
    )
    assert text_of(word(p(r("before"), f"<w:r>{box}</w:r>"))).split("\n").count("box") == 1


def test_instructions_of_fields_are_no_words():
    assert text_of(word(p("<w:r><w:instrText>PAGE</w:instrText></w:r>", r("three")))) == "three"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (b"not a zip", "archive"),
        (b"PK\x03\x04broken", "archive"),
        (packed({"other.xml": "<a/>"}), "Missing part"),
        (packed({"word/document.xml": "<w:document"}), "damaged"),
        (packed({"word/document.xml": '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}), "document type"),
        (packed({"../up": "x", "word/document.xml": "<a/>"}), "outside its folder"),
        (packed({"word/document.xml": " " * (40 * 2**20)}), "unpack"),
    ],
)
def test_hostile_files_are_refused_in_a_sentence(data, said):
    with pytest.raises(RefusedError, match=said) as caught:
        docx.read_docx(data, LABELS)
    assert str(caught.value).endswith(".")

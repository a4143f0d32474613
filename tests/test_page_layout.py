"""Pages of a PDF: heads, feet, columns, margins, and words broken at line ends."""

import pytest
from test_office_readers import pdf_of, turns

from pipeline.corpus.readers import columns, line_ends, page_layout, pdf, printed_marks, txt
from pipeline.corpus.readers.model import Labels, RefusedError

LABELS = Labels(("interviewer",))
WORDS = ["shed", "door", "list", "night", "key", "porter", "driver", "morning", "table", "window"]


def body(page):
    """Lines of talk, none of them on another page."""
    at = [WORDS[(page + step) % len(WORDS)] for step in range(4)]
    return [
        f"Interviewer: Why the {at[0]} and the {at[1]} {page}?",
        f"Anna: Because of the {at[2]} and the",
        f"{at[3]} {page} that we had.",
    ]


@pytest.mark.parametrize(
    ("head", "foot", "pages"),
    [
        (lambda n: ["Oral History", "Interview with B. Kern, 12 May 2019"], lambda n: [f"Page {n} of 9"], 5),
        (lambda n: [], lambda n: ["Shed study - confidential", f"Transcribed by Lena - page {n}"], 5),
        (
            lambda n: ["Shed study", "Draft, not for quoting", f"{n}"],
            lambda n: ["© Us", "All rights reserved", f"- {n} -"],
            3,
        ),
        (lambda n: ["Shed study" if n % 2 else "Interview four"], lambda n: [f"{n} | Page"], 5),
        (lambda n: [] if n == 1 else ["Shed study", "Interview four"], lambda n: [] if n == 1 else [str(n)], 4),
        (lambda n: ["Interviewee: B. Kern"], lambda n: [f"Seite {n} von 3"], 3),
        (lambda n: [f"Interview four, page {n}"], lambda n: [], 2),
        (lambda n: [str(n), "Shed study"] if n % 2 else ["Shed study", str(n)], lambda n: [], 6),
        (lambda n: ["访谈记录"], lambda n: [f"第 {n} 页 共 4 页"], 4),
    ],
)
def test_heads_and_feet_go(head, foot, pages):
    made = [[*head(n), *body(n), *foot(n)] for n in range(1, pages + 1)]
    assert page_layout.without_heads(made) == [body(n) for n in range(1, pages + 1)]


def test_turns_that_recur_at_the_top_of_some_pages_stay():
    made = [["Bo: Yes.", *body(n)] if n % 2 else ["Bo: No.", *body(n)] for n in range(1, 7)]
    assert page_layout.without_heads(made, labelled={"Bo: Yes.", "Bo: No."}) == made


def test_margin_numbers_of_a_pdf_go_however_they_were_drawn():
    talk = [line for n in range(1, 5) for line in body(n)]
    rows = [(60, 700 - 16 * at, line) for at, line in enumerate(talk)]
    margin = [(30, 700 - 16 * at, str(at + 1)) for at in range(len(talk))]
    alternating = [row for pair in zip(margin, rows, strict=True) for row in pair]
    plain = pdf.read_pdf(pdf_of(rows), LABELS)
    for drawn in (margin + rows, rows + margin, alternating, margin[4::5] + rows, [*rows, (30, 699, "1"), *margin[1:]]):
        found = pdf.read_pdf(pdf_of(drawn), LABELS)
        assert turns(found) == turns(plain)


def test_columns_are_read_one_after_the_other_and_that_is_said():
    rows = [
        (x, 700 - 14 * at, f"words of column {n} row {at:02} go") for at in range(20) for n, x in enumerate((40, 320))
    ]
    head = [(40, 760, "A heading over both of the columns, which is as wide as the page is, or nearly")]
    for drawn in (head + rows, head + sorted(rows, key=lambda row: (row[0], -row[1]))):
        found = pdf.read_pdf(pdf_of(drawn), LABELS)
        at = [found.text.index(f"column {n} row {row:02}") for n in (0, 1) for row in range(20)]
        assert at == sorted(at)
        assert [(remark.kind, remark.text[:22]) for remark in found.remarks] == [("guessed", "Page 1 has two columns")]


def test_columns_that_lines_run_across_are_refused_in_words():
    rows = [
        (x, 700 - 14 * at, f"words of column {n} row {at:02} go") for at in range(20) for n, x in enumerate((40, 320))
    ]
    rows[11] = (40, rows[11][1], "a line which begins in one column and goes on across the gap")
    with pytest.raises(RefusedError, match="Page 1 has two columns"):
        pdf.read_pdf(pdf_of(rows), LABELS)
    assert columns.remarks([]) == []


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        (
            ["we begin every morn-", "ing here", "in the morning", "as ever"],
            "we begin every morning here in the morning as ever",
        ),
        (
            ["it is a well-", "known list, a well-known", "list it is"],
            "it is a well-known list, a well-known list it is",
        ),
        (["we begin every morn\u00ad", "ing here"], "we begin every morning here"),
        (["it is a self-", "made list and more of it"], "it is a self-made list and more of it"),
        (
            ["the morn-", "ing and the even-", "ing and the after-", "noon: morning, evening"],
            "the morning and the evening and the afternoon: morning, evening",
        ),
    ],
)
def test_a_hyphen_goes_where_the_text_shows_that_it_broke_a_word(lines, text):
    joined, starts = line_ends.joined(lines, set(), full=0)
    assert joined == text
    assert [joined[at:].split()[0].rstrip(":") for at in starts[:1]] == [lines[0].split()[0]]
    assert all(0 <= at <= len(joined) for at in starts)
    assert starts == sorted(starts)


@pytest.mark.parametrize("mark", ["Page {} of 4", "- {} -", "Seite {}", "{}/4", "第 {} 页"])
def test_page_numbers_of_plain_text_are_no_speech(mark):
    text = "\n\n".join("\n".join([*body(n), "", mark.format(n)]) for n in range(1, 5))
    found = txt.read_txt(text.encode(), LABELS)
    said = [" ".join(words.split()) for _, words in turns(found)]
    assert said == [
        " ".join(line.split()) for n in range(1, 5) for line in (body(n)[0][13:], " ".join(body(n)[1:])[6:])
    ]
    assert len(found.text) == len(text)
    assert [remark.kind for remark in found.remarks] == ["note"]


def test_heads_between_form_feeds_are_no_speech():
    text = "\f".join("\n".join(["Oral History", "", *body(n), "", f"Interview 7, {n}", ""]) for n in range(1, 5))
    found = txt.read_txt(text.encode(), LABELS)
    assert "Oral" not in found.text
    assert "Interview 7" not in found.text
    assert len(found.text) == len(text)
    assert [speaker for speaker, _ in turns(found)] == ["Interviewer", "Anna"] * 4


@pytest.mark.parametrize(
    "text",
    [
        "[1]\nYes.\n\n[2]\nNo.\n\n[3]\nYes.",
        "1\nYes.\n2\nNo.\n3\nYes.",
        "Page 1\n\nPage 7\n\nPage 3",
        "Anna: Page 1\nBo: Page 2\nAnna: Page 3",
    ],
)
def test_other_lines_with_numbers_stay(text):
    assert printed_marks.set_aside(text, LABELS) == (text, [])

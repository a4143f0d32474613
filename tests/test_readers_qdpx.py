"""REFI-QDA projects in: every way of counting, names that recur, memos, and what is refused."""

import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from refi_files import HEAD, guid, one, packed, project, selection

from pipeline.core import coders
from pipeline.corpus import readers, refi, span_alignment
from pipeline.corpus.readers import offsets, qde, qdpx
from pipeline.corpus.readers.coding import by_people
from pipeline.corpus.readers.model import RefusedError
from pipeline.corpus.readers.offsets import Convention, Passage, Ruler

FORMATS = Path(__file__).parents[1] / "../shared/formats"
TALK = "Ana: je me suis levée, vraiment 😀 deux fois.\r\nBen: on n'a pas dormi 👍🏽, puis c'était fini.\r\nAna: أهلا وسهلا، نعم.\r\nBen: voilà.\r\n"
WORDS = ("levée", "deux fois", "dormi", "c'était fini", "وسهلا", "voilà", "Ben")


def counted(raw: str, at: int, way: Convention) -> int:
    """Where the character at `at` of a raw text stands by a convention: counted here by hand, one at a time."""
    before = raw[:at]
    if not way.pairs_as_two:
        before = before.replace("\r\n", "\n")
    size = {
        "code points": len(before),
        "UTF-16 units": len(before.encode("utf-16-le")) // 2,
        "UTF-8 bytes": len(before.encode()),
    }[way.unit]
    return size + (({"UTF-8 bytes": 3}.get(way.unit, 1)) if way.mark_counts else 0)


def written(raw: str, words, way: Convention, *, named: bool):
    found = []
    for number, word in enumerate(words):
        at = raw.index(word)
        end = counted(raw, at + len(word), way) - way.end_included
        found.append(selection(number, counted(raw, at, way), end, name=word if named else ""))
    return found


@pytest.mark.parametrize("way", offsets.conventions(marked=True), ids=str)
@pytest.mark.parametrize("named", [True, False])
def test_every_way_of_counting_is_found_by_the_words_it_lands_on(way, named):
    data = one(b"\xef\xbb\xbf" + TALK.encode(), written(TALK, WORDS, way, named=named))
    found = qdpx.read_project(data, "file")
    assert [coding.text for coding in found.codings] == list(WORDS)
    text = TALK.replace("\r\n", "\n")
    assert found.sources[0].text == text
    assert all(text[coding.start : coding.end] == coding.text for coding in found.codings)
    assert found.counted == str(way)


def test_ways_that_give_the_same_words_are_no_tie():
    found = qdpx.read_project(one(b"Plain words, no more.", [selection(1, 0, 5), selection(2, 6, 11)]), "file")
    assert [coding.text for coding in found.codings] == ["Plain", "words"]
    assert found.counted == "code points, line ends counted as one, end not included"


def test_a_tie_is_refused_in_words_and_settled_by_naming_the_unit():
    # After the emoji both readings begin and end with whole words, and nothing says which is meant.
    data = one("😀😀 a b c d e f".encode(), [selection(1, 5, 6), selection(2, 7, 8)])
    with pytest.raises(RefusedError, match="fit the texts equally well") as error:
        qdpx.read_qdpx(data, "file")
    assert "code points" in str(error.value) and "UTF-16" in str(error.value)
    assert [c.text for c in qdpx.read_project(data, "file", units=("code points",)).codings] == ["b", "c"]
    assert [c.text for c in qdpx.read_project(data, "file", units=("UTF-16 units",)).codings] == ["a", "b"]


def test_positions_that_belong_to_no_text_are_refused():
    with pytest.raises(RefusedError, match="split words"):
        qdpx.read_qdpx(one(b"abcdefghijklmnopqrstuvwxyz", [selection(1, 3, 7), selection(2, 9, 12)]), "file")


def test_a_stray_position_is_kept_without_a_place_so_that_ingest_lists_it():
    found = qdpx.read_qdpx(
        one(b"One two three.", [selection(1, 0, 3), selection(2, 4, 7), selection(3, 90, 99)]), "file"
    )
    assert [(coding.start, coding.text) for coding in found] == [(0, "One"), (4, "two"), (None, "")]
    placed, misplaced = span_alignment.place_codings(found, {"talk.txt": "One two three."})
    assert len(placed) == 2 and "offsets" in misplaced[0].reason


def test_text_in_scripts_without_spaces_is_not_taken_for_cut_words():
    text = "我们没有时间。病房里只有两个人。我们很累。"
    spans = [selection(1, 0, 7), selection(2, 7, 16), selection(3, 16, 21)]
    assert [c.text for c in qdpx.read_qdpx(one(text.encode(), spans), "f")] == [
        "我们没有时间。",
        "病房里只有两个人。",
        "我们很累。",
    ]


def test_coder_memo_date_parent_and_document_are_kept():
    held = [
        selection(1, 0, 3, memo="really?", date="2025-01-02T03:04:05Z"),
        selection(2, 4, 7, code=2, user=2, date="2025-01-02T00:00:00Z"),
        selection(3, 4, 7, code=2, user=9, date=refi.UNDATED),
    ]
    first, second, third = qdpx.read_qdpx(one(b"One two three.", held), "file")
    assert (first.document, first.code, first.parent_code, first.coder) == ("talk", "Trust", "Feelings", "Ann")
    assert (first.memo, first.date) == ("really?", "2025-01-02T03:04:05Z")
    assert (second.code, second.parent_code, second.coder, second.date) == ("Time", "", "Ben", "2025-01-02")
    assert (third.coder, third.date) == ("file", "")


def test_notes_are_memos_whether_inside_the_xml_or_beside_it():
    note = f'<NoteRef targetGUID="{guid(900)}"/><NoteRef targetGUID="{guid(901)}"/><NoteRef targetGUID="{guid(902)}"/></Coding>'
    more = (
        f'<Notes><Note guid="{guid(900)}" plainTextPath="internal://n.txt"/><Note guid="{guid(902)}" plainTextPath="gone.txt"/>'
        f'<Note guid="{guid(901)}"><PlainTextContent>inside</PlainTextContent></Note></Notes>'
    )
    xml = project([("talk", "a.txt", [selection(1, 0, 3).replace("</Coding>", note)])]).replace(
        "</Sources>", f"</Sources>{more}"
    )
    (coding,) = qdpx.read_qdpx(packed(xml, {"a.txt": b"One two.", "n.txt": "à côté".encode()}), "f")
    assert coding.memo == "à côté\ninside"


MACHINE = f'<User guid="{guid(102)}" name="{coders.MODEL}"/>'
RENAMED = {
    "its name": MACHINE,
    "its id, under another name": f'<User guid="{coders.MODEL_GUID}" name="AI"/>',
    "its id, in braces and capitals": f'<User guid="{{{coders.MODEL_GUID.upper()}}}" name="AI"/>',
    "its id alone": f'<User guid="{coders.MODEL_GUID}"/>',
    "its id, of a user that is not listed": "",
    "the id that it once had in each study": f'<User guid="{refi.guid("p", "user", coders.MODEL)}" name="AI"/>',
    "its name with a number": f'<User guid="{guid(102)}" name="{coders.MODEL}_1"/>',
    "its name in other letters": f'<User guid="{guid(102)}" name=" counterpoint (Model) "/>',
}


@pytest.mark.parametrize("user", RENAMED.values(), ids=RENAMED)
def test_what_the_program_applied_is_told_from_peoples_codings_by(user):
    data = project([("talk", "a.txt", [selection(1, 0, 3, user=1), selection(2, 4, 7, user=2)])], users=("Ann",))
    number = user.split('"')[1] if user else coders.MODEL_GUID
    data = data.replace("</Users>", f"{user}</Users>").replace(guid(102), number)
    people, left_out = by_people(qdpx.read_qdpx(packed(data, {"a.txt": b"One two."}), "file"))
    assert [one.coder for one in people] == ["Ann"]
    assert left_out.startswith("1 of 2 codings were omitted: they are by ")


def test_where_nobody_is_named_the_exports_own_description_tells_and_the_rest_is_a_persons():
    selections = [selection(1, 0, 3, memo="Candidate codes (few_shot): Trust 0.81"), selection(2, 4, 7, memo="hm")]
    xml = project([("talk", "a.txt", selections)]).replace(f' creatingUser="{guid(101)}"', "")
    xml = xml.replace('name="p"', f'name="p" creatingUserGUID="{coders.MODEL_GUID}"')
    people, _ = by_people(qdpx.read_qdpx(packed(xml, {"a.txt": b"One two."}), "file"))
    assert [(one.coder, one.memo) for one in people] == [("file", "hm")]


def test_what_a_person_took_over_from_the_program_is_theirs():
    memo = "Candidate codes (few_shot): Trust 0.81"
    people, left_out = by_people(qdpx.read_qdpx(one(b"One two.", [selection(1, 0, 3, memo=memo)]), "file"))
    assert [(found.coder, found.memo) for found in people] == [("Ann", memo)]
    assert not left_out


def test_a_name_that_several_codes_share_gets_its_parents_and_themes_give_way_to_codes():
    codes = (
        f'<Code guid="{guid(1)}" name="A" isCodable="true"><Code guid="{guid(2)}" name="Fun" isCodable="true"/></Code>'
        f'<Code guid="{guid(3)}" name="B" isCodable="true"><Code guid="{guid(4)}" name="fun" isCodable="true"/></Code>'
        f'<Code guid="{guid(5)}" name="{refi.THEMES}" isCodable="false"><Code guid="{guid(6)}" name="A" isCodable="true"/>'
        f'<Code guid="{guid(7)}" name="A" isCodable="true"/></Code>'
    )
    found = qde.parse_project(project([], codes=codes).encode())
    names = qde.code_names(found)
    assert [names[guid(n)] for n in range(1, 8)] == [
        "A", "A / Fun", "B", "B / fun", refi.THEMES, f"{refi.THEMES} / A", f"{refi.THEMES} / A (1)",
    ]  # fmt: skip


@given(st.lists(st.tuples(st.sampled_from(["A", "a", "B", "A / B", " "]), st.integers(0, 6)), max_size=8))
def test_every_code_has_a_name_of_its_own(tree):
    held = qde.Project(None)
    for number, (name, above) in enumerate(tree):
        parent = guid(above) if above < number else ""
        held.codes[guid(number)] = qde.CodeEntry(guid(number), name, parent, "", "")
    names = qde.code_names(held)
    assert len(names) == len(tree)
    assert len({name.casefold() for name in names.values()}) == len(tree)


def test_codings_of_a_whole_source_and_of_no_text_are_kept():
    whole = selection(1, 0, 3).split(">", 1)[1].removesuffix("</PlainTextSelection>")
    picture = (
        f'<PictureSource guid="{guid(7)}" name="photo" path="internal://b.png">'
        + selection(2, 1, 2, tag="PictureSelection").replace("startPosition", "firstX").replace("endPosition", "firstY")
        + "</PictureSource>"
    )
    xml = project([("talk", "a.txt", [whole])]).replace("</Sources>", picture + "</Sources>")
    first, second = qdpx.read_qdpx(packed(xml, {"a.txt": b"One two."}), "f")
    assert (first.text, first.code) == ("One two.", "Trust")
    assert (second.document, second.text) == ("photo", "") and "PictureSelection" in second.row


def test_transcripts_of_recordings_and_texts_of_pdfs_are_read():
    sync = f'<SyncPoint guid="{guid(70)}" position="4"/><SyncPoint guid="{guid(71)}" position="7"/>'
    spoken = (
        f'<AudioSource guid="{guid(60)}" name="tape"><Transcript guid="{guid(61)}" plainTextPath="internal://a.txt">{sync}'
        f'<TranscriptSelection guid="{guid(62)}" fromSyncPoint="{guid(70)}" toSyncPoint="{guid(71)}"><Coding guid="{guid(63)}">'
        f'<CodeRef targetGUID="{guid(202)}"/></Coding></TranscriptSelection></Transcript></AudioSource>'
        f'<PDFSource guid="{guid(80)}" name="paper"><Representation guid="{guid(81)}"><PlainTextContent>Two words</PlainTextContent>'
        f"{selection(9, 4, 9)}</Representation></PDFSource>"
    )
    xml = project([]).replace("</Sources>", spoken + "</Sources>")
    first, second = qdpx.read_qdpx(packed(xml, {"a.txt": b"One two three."}), "f")
    assert (first.document, first.text, first.code) == ("tape", "two", "Time")
    assert (second.document, second.text) == ("paper", "words")


@pytest.mark.parametrize("folder", ["sources", "Sources", ""])
@pytest.mark.parametrize("prefix", ["internal://", ""])
def test_sources_are_found_however_the_folder_is_spelt(folder, prefix):
    xml = project([("talk", "A.txt", [selection(1, 0, 3)])]).replace("internal://", prefix)
    assert [c.text for c in qdpx.read_qdpx(packed(xml, {"a.TXT": b"One two."}, folder=folder), "f")] == ["One"]


def test_a_source_whose_text_is_missing_leaves_its_codings_without_a_place():
    (coding,) = qdpx.read_qdpx(packed(project([("talk", "gone.txt", [selection(1, 0, 3)])]), {}), "f")
    assert coding.start is None and coding.text == ""


def hostile() -> dict[str, tuple[bytes, str]]:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("project.qde", b" " * 50_000_000)
    entity = HEAD + '<!DOCTYPE a [<!ENTITY x "xxxxxxxxxx">]><Project name="&x;"/>'
    deep = "<Project>" + "<Code>" * 100 + "</Code>" * 100 + "</Project>"
    outside = project([("talk", "../../etc/passwd", [])])
    twice = project([], codes=f'<Code guid="{guid(1)}" name="a"/><Code guid="{{{guid(1)}}}" name="b"/>')
    return {
        "empty": (b"", "empty"),
        "not a zip": (b"PK\x03\x04 and no more", "archive"),
        "Not a REFI-QDA": (packed("", {}).replace(b"project.qde", b"project.txt"), "no .qde"),
        "bomb": (bomb.getvalue(), "unpack to"),
        "entities": (packed(entity, {}), "document type"),
        "deep": (packed(deep, {}), "levels deep"),
        "wide": (packed("<Project>" + "<a/>" * (qde.MAX_ELEMENTS + 1) + "</Project>", {}), "unpack|more"),
        "other xml": (packed("<html/>", {}), "Not a REFI-QDA"),
        "outside its folder": (packed("<Project/>", {"../evil.txt": b""}), "outside its folder"),
        "names a file outside": (packed(outside, {}), "outside itself"),
        "two codes, one id": (packed(twice, {}), "same id"),
        "large text": (packed(project([("t", "a.txt", [])]), {"a.txt": b"ab c\n" * 2_000_000}), "larger than|unpack"),
        "no text": (packed(project([("t", "a.txt", [])]), {"a.txt": b"\0\0\0a\0"}), "NUL|encoding"),
        "damaged xml": (packed("<Project><", {}), "damaged"),
    }


@pytest.mark.parametrize("kind", list(hostile()))
def test_hostile_files_are_refused_in_a_sentence(kind):
    data, said = hostile()[kind]
    with pytest.raises(RefusedError, match=said) as error:
        qdpx.read_qdpx(data, "file")
    assert str(error.value).endswith(".")


@given(st.text(max_size=200), st.lists(st.tuples(st.integers(-5, 250), st.integers(-5, 250)), max_size=5))
@settings(max_examples=60, deadline=None)
def test_any_text_and_any_positions_give_true_spans_or_a_refusal(text, pairs):
    raw = text.encode("utf-8", "replace")
    try:
        found = qdpx.read_project(one(raw, [selection(n, a, b) for n, (a, b) in enumerate(pairs)]), "file")
    except RefusedError:
        return
    for coding in found.codings:
        if coding.start is not None:
            assert found.sources[0].text[coding.start : coding.end] == coding.text != ""


@given(st.text(alphabet="ab \r\n\u00e9😀\u05d0", max_size=40), st.sampled_from(offsets.conventions(marked=True)))
@settings(max_examples=200, deadline=None)
def test_a_ruler_counts_as_one_counts_by_hand(raw, way):
    ruler = Ruler(raw, marked=True)
    text = raw.replace("\r\n", "\n").replace("\r", "\n")
    assert ruler.text == text
    for start in range(len(raw)):
        if raw[start - 1 : start + 1] == "\r\n" and start:
            continue
        ends = [end for end in range(start + 1, len(raw) + 1) if raw[end - 1 : end + 1] != "\r\n"]
        spans = ruler.spans(
            [Passage(counted(raw, start, way), counted(raw, end, way) - way.end_included) for end in ends], way
        )
        for end, span in zip(ends, spans, strict=True):
            assert span is not None
            wanted = raw[start:end].replace("\r\n", "\n").replace("\r", "\n")
            assert text[span[0] : span[1]] == wanted


def test_readers_know_the_ending(tmp_path):
    path = tmp_path / "codes.QDPX"
    path.write_bytes(one(b"One two.", [selection(1, 0, 3)]))
    assert [coding.text for coding in readers.read_codes(path)] == ["One"]


@pytest.mark.skipif(not FORMATS.is_dir(), reason="the real files of other programs are not beside the project")
@pytest.mark.parametrize(
    ("name", "count", "unit", "whole"),
    [
        ("nvivo-win-12.6_oltas0517", 303, "UTF-16 units, CRLF counted as two", 298),
        ("qc-1.3.2_demo", 205, "code points", 200),
    ],
)
def test_real_files_land_where_their_words_are(name, count, unit, whole):
    found = qdpx.read_project((FORMATS / f"{name}.qdpx").read_bytes(), name)
    assert len(found.codings) == count
    assert found.counted.startswith(unit)
    texts = {source.name: source.text for source in found.sources}
    placed, misplaced = span_alignment.place_codings(found.codings, texts)
    assert (len(placed), len(misplaced)) == (count, 0)
    clean = 0
    for one_ in placed:
        text = texts[one_.document]
        cut_left = one_.start > 0 and text[one_.start - 1].isalnum() and text[one_.start].isalnum()
        cut_right = text[one_.end - 1 : one_.end].isalnum() and text[one_.end : one_.end + 1].isalnum()
        clean += not cut_left and not cut_right
    assert clean >= whole


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_a_damaged_project_is_read_or_refused_and_never_breaks(data):
    xml = project([("talk", "a.txt", [selection(1, 0, 3), selection(2, 4, 7, user=2, memo="hm")])]).encode()
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(xml)))
        end = data.draw(st.integers(start, min(len(xml), start + 40)))
        other = data.draw(st.integers(0, len(xml)))
        piece = data.draw(st.one_of(st.binary(max_size=4), st.just(xml[other : other + 30])))
        xml = xml[:start] + piece + xml[end:]
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as made:
        made.writestr("project.qde", xml)
        made.writestr("sources/a.txt", b"One two three.")
    try:
        found = qdpx.read_project(archive.getvalue(), "file")
    except RefusedError as error:
        assert str(error)
        return
    texts = {source.name: source.text for source in found.sources}
    for coding in found.codings:
        assert coding.start is None or texts[coding.document][coding.start : coding.end] == coding.text


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_texts_of_two_bytes_a_letter_without_a_mark_are_read_as_they_are(encoding):
    raw = "Ana: we came late.\r\nBen: I waited.\r\n"
    start = raw.index("I waited")
    (found,) = qdpx.read_qdpx(one(raw.encode(encoding), [selection(1, start, start + 8, name="I waited")]), "x")
    assert found.text == "I waited"
    assert found.copy == raw.replace("\r\n", "\n")

import io
import warnings
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.corpus.readers import guards
from pipeline.corpus.readers.model import RefusedError


def packed(*names, content=b"x"):
    buffer = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        warnings.simplefilter("ignore")
        for name in names:
            archive.writestr(name, content)
    return buffer.getvalue()


def test_sizes():
    guards.check_size(1)
    guards.check_size(guards.MAX_TEXT_BYTES)
    with pytest.raises(RefusedError, match="empty"):
        guards.check_size(0)
    with pytest.raises(RefusedError, match="larger"):
        guards.check_size(guards.MAX_TEXT_BYTES + 1)


def test_a_good_archive_opens():
    archive = guards.opened_archive(packed("a.xml", "b/c.xml", content=b"words"))
    assert guards.member(archive, "b/c.xml") == b"words"


@pytest.mark.parametrize("name", ["../a", "/etc/a", "a/../../b", "..\\a", "C:\\a"])
def test_names_that_leave_the_folder(name):
    with pytest.raises(RefusedError, match="outside its folder"):
        guards.opened_archive(packed(name))


def test_a_name_twice():
    with pytest.raises(RefusedError, match="twice"):
        guards.opened_archive(packed("a", "a"))


def test_too_many_members(monkeypatch):
    monkeypatch.setattr(guards, "MAX_MEMBERS", 3)
    with pytest.raises(RefusedError, match="contains 4 parts"):
        guards.opened_archive(packed("a", "b", "c", "d"))


def test_a_bomb_is_not_unpacked():
    archive = guards.opened_archive(packed("bomb", content=b"\0" * (4 * 2**20)))
    with pytest.raises(RefusedError, match="unpack"):
        guards.member(archive, "bomb")


def test_a_small_member_may_pack_well():
    archive = guards.opened_archive(packed("a", content=b" " * 2**19))
    assert len(guards.member(archive, "a")) == 2**19


def test_a_member_that_lies_about_its_size():
    data = bytearray(packed("a", content=b"words " * 50))
    at = data.rindex(b"PK\x01\x02") + 24
    data[at : at + 4] = (7).to_bytes(4, "little")
    with pytest.raises(RefusedError, match="damaged"):
        guards.member(guards.opened_archive(bytes(data)), "a")


def test_a_password():
    data = bytearray(packed("a"))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + offset] |= 1
    with pytest.raises(RefusedError, match="password"):
        guards.member(guards.opened_archive(bytes(data)), "a")


def test_good_xml_is_read():
    assert [(event, element.tag) for event, element in guards.xml_events(b"<a><b/></a>")] == [
        ("start", "a"),
        ("start", "b"),
        ("end", "b"),
        ("end", "a"),
    ]


@pytest.mark.parametrize(
    "xml",
    [
        b"<a>",
        b"",
        b"<a></b>",
        b"\xff\xfe\x00",
        b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
        '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'.encode("utf-16"),
        b"<?xml version='1.0' encoding='nonsense'?><a/>",
    ],
)
def test_bad_xml_is_refused(xml):
    with pytest.raises(RefusedError, match=r"\."):
        list(guards.xml_events(xml))


@given(st.binary(max_size=200), st.integers(0, 300))
def test_a_damaged_archive_costs_a_sentence(noise, at):
    good = packed("a.xml", content=b"<a>words</a>" * 9)
    data = good[:at] + noise + good[at + len(noise) :]
    try:
        archive = guards.opened_archive(data)
        for name in archive.namelist():
            list(guards.xml_events(guards.member(archive, name)))
    except RefusedError as error:
        assert str(error).endswith(".")


def test_more_lines_than_any_transcript(monkeypatch):
    from pipeline.corpus.readers import txt, vtt
    from pipeline.corpus.readers.model import Labels

    monkeypatch.setattr(guards, "MAX_LINES", 5)
    with pytest.raises(RefusedError, match="more than 5 lines"):
        txt.read_txt(b"a\n" * 6, Labels())
    with pytest.raises(RefusedError, match="more than 5 cues"):
        vtt.read_vtt(b"WEBVTT\n\n" + b"00:01.000 --> 00:02.000\na\n\n" * 6, Labels())
    assert len(txt.read_txt(b"a\n" * 5, Labels()).turns) == 5


@pytest.mark.parametrize("xml", [b"<!DOCTYPE a>", b"<!doctype a>", b"<!ENTITY b 'c'>", "<!DOCTYPE a>".encode("utf-16")])
def test_document_types_are_seen_without_reading(xml):
    with pytest.raises(RefusedError, match="document type"):
        guards.refuse_doctype(xml)


def test_plain_xml_has_no_document_type():
    guards.refuse_doctype(b"<a>DOCTYPE</a>")

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.corpus.readers import decoding
from pipeline.corpus.readers.model import RefusedError

SPEECH = "Anna: I can’t say it was “easy”. We hadn’t the staff – not on nights, at the café.\n" * 4


@pytest.mark.parametrize("encoding", ["utf_8", "utf_8_sig", "utf_16", "utf_32"])
def test_what_names_itself_is_not_guessed(encoding):
    assert decoding.decode(SPEECH.encode(encoding)) == (SPEECH, "")


@pytest.mark.parametrize("encoding", ["utf_16_le", "utf_16_be"])
def test_utf_16_without_its_mark(encoding):
    assert decoding.decode(SPEECH.encode(encoding)) == (SPEECH, "utf_16")


@pytest.mark.parametrize("encoding", ["cp1252", "mac_roman"])
def test_old_encodings_are_guessed_and_said(encoding):
    text, guessed = decoding.decode(SPEECH.encode(encoding))
    assert text == SPEECH
    assert guessed == encoding


@pytest.mark.parametrize("raw", [b"a\r\nb\rc\nd", b"\xef\xbb\xbfa\r\nb\rc\nd"])
def test_line_ends_become_lf_and_the_mark_goes(raw):
    assert decoding.decode(raw)[0] == "a\nb\nc\nd"


def test_nothing_else_is_changed():
    odd = " \tx\u2028y\x0bz\u00a0\ufeff e\u0301 \u202e\n\n"
    assert decoding.decode(odd.encode())[0] == odd


@pytest.mark.parametrize(
    "raw",
    [
        b"PK\x03\x04rest",
        b"%PDF-1.7",
        b"\xd0\xcf\x11\xe0\xa1",
        b"{\\rtf1",
        b"a\0b",
        b"\x01\x02\x03abc",
        b"\xff\xfe\x00\xd8\x00\x00",
    ],
)
def test_what_is_no_text_is_refused_in_a_sentence(raw):
    with pytest.raises(RefusedError, match=r"\."):
        decoding.decode(raw)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), min_size=1))
def test_utf_8_comes_back_as_it_was(text):
    assert decoding.decode(text.encode(), any_type=True) == (text.removeprefix("\ufeff"), "")


@given(st.binary(max_size=300))
def test_any_bytes_give_a_text_or_a_sentence(raw):
    try:
        text, _ = decoding.decode(raw)
    except RefusedError as error:
        assert str(error).endswith(".")
    else:
        assert "\r" not in text
        assert "\0" not in text
        text.encode()

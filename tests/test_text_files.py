"""Texts that people keep by hand: read as UTF-8, or refused with the line."""

from pathlib import Path

import pytest

from pipeline.core import text_files
from pipeline.core.text_files import TextFileError


def read(tmp_path: Path, data: bytes) -> str:
    (tmp_path / "a.yaml").write_bytes(data)
    return text_files.read_text(tmp_path / "a.yaml")


def test_a_text_is_read_as_it_is_and_without_its_byte_order_mark(tmp_path: Path):
    assert read(tmp_path, "\ufeffZo\u00eb\r\n\tsaid\n".encode()) == "Zo\u00eb\r\n\tsaid\n"
    assert read(tmp_path, b"") == ""


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ("a\nb\nZo\u00eb\n".encode("cp1252"), "line 3: it is not valid UTF-8"),
        ("a\r\nZo\u00eb\r\n".encode("mac_roman"), "line 2: it is not valid UTF-8"),
        ("a\nb".encode("utf-16"), "line 1: it is UTF-16"),
        ("a\nb".encode("utf-16-le"), r"line 1: it contains the control character U\+0000"),
        ("a\nb".encode("utf-16-be"), r"line 1: it contains the control character U\+0000"),
        ("a\nb".encode("utf-32"), "line 1: it is UTF-16"),
        (b"PK\x03\x04rest", "line 1: it is a zip archive"),
        (b"a\nb\x00", r"line 2: it contains the control character U\+0000"),
        (b"a\n\n\x1b[0m", r"line 3: it contains the control character U\+001B"),
        ("a\n\ufffe".encode(), r"line 2: it contains the control character U\+FFFE"),
        (b"a\n\xed\xa0\x80", "line 2: it is not valid UTF-8"),
    ],
)
def test_what_is_no_text_is_said_with_its_line(tmp_path: Path, data: bytes, said: str):
    with pytest.raises(TextFileError, match=rf"a\.yaml, {said}"):
        read(tmp_path, data)


def test_what_is_far_too_long_is_not_read(tmp_path: Path):
    (tmp_path / "a.yaml").write_bytes(b"a" * 101)
    with pytest.raises(TextFileError, match="larger than"):
        text_files.read_text(tmp_path / "a.yaml", largest=100)
    assert len(text_files.read_text(tmp_path / "a.yaml", largest=101)) == 101


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_the_marks_of_a_merge_that_failed_are_told_with_their_line(end: str):
    text = end.join(["a: 1", "<<<<<<< HEAD", "b: 2", "=======", "b: 3", ">>>>>>> theirs", ""])
    (said,) = text_files.merge_conflicts(text, place="a.yaml")
    assert said.startswith("a.yaml, line 2: unresolved Git merge conflict")
    assert text_files.merge_conflicts("a: x\n=======\n>>>>>>>> no mark\n <<<<<<< nor this\n", place="a.yaml") == []

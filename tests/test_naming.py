import pytest

from pipeline.corpus.document_names import Documents, normal

NAMES = Documents(["P1.txt", "site_a/int 3.docx", "site_b/int 3.docx", "site_b/P2.v2.txt", "x/P1.vtt", "é.txt"])


@pytest.mark.parametrize(
    ("name", "document"),
    [
        ("P1.txt", "P1.txt"),
        ("site_a/int 3.docx", "site_a/int 3.docx"),
        ("site_a/int 3", "site_a/int 3.docx"),
        ("P2.v2", "site_b/P2.v2.txt"),
        ("p2.V2.TXT", "site_b/P2.v2.txt"),
        ("P1.vtt", "x/P1.vtt"),
        (" P2.v2.txt ", "site_b/P2.v2.txt"),
        ("site_b\\P2.v2.txt", "site_b/P2.v2.txt"),
        ("e\u0301", "é.txt"),
        ("P2.v2.docx", "site_b/P2.v2.txt"),
        ("site_a/int 3.mp3", "site_a/int 3.docx"),
        ("P1.PDF", ""),
        ("P2.v2.part", ""),
    ],
)
def test_any_name_that_only_one_document_has(name, document):
    assert NAMES.find(name) == document


def test_a_name_that_several_have_is_none():
    assert NAMES.find("int 3") == ""
    assert "site_a/int 3.docx, site_b/int 3.docx" in NAMES.reason("int 3")


def test_a_whole_path_goes_before_a_stem():
    assert Documents(["P1", "P1.txt"]).find("P1") == "P1"


@pytest.mark.parametrize(("name", "said"), [("", "No document is named"), ("P9", "No readable document 'P9'")])
def test_unknown_names_have_a_reason(name, said):
    assert NAMES.find(name) == ""
    assert said in NAMES.reason(name)


def test_accents_and_slashes_are_levelled():
    assert normal(" a\\e\u0301 ") == "a/é"


@pytest.mark.parametrize(
    "name", ["D1: P1", "1: P1.docx", "P 1: P1", "Internals\\P1", "<Files\\P1>", "Sheds > P1", "D12: Internals\\P1.pdf"]
)
def test_what_programs_put_before_a_name_does_not_count(name):
    assert Documents(["P1.txt", "D2.txt"]).find(name) == "P1.txt"


def test_a_folder_of_the_study_counts():
    assert Documents(["site_b/P1.txt", "P2.txt"]).find("site_a/P1") == ""
    assert Documents(["site_a/P1.txt", "site_b/P1.txt"]).find("Files/P1") == ""

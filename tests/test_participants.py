import pytest

from pipeline.core import study_template
from pipeline.corpus import participants
from pipeline.corpus.participants import ParticipantsError

HEADER = "document,speaker,case,part,role,site\n"


def read(tmp_path, text):
    (tmp_path / "participants.csv").write_text(text, encoding="utf-8")
    return participants.read_participants(tmp_path / "participants.csv")


def test_rows_are_people(tmp_path):
    (one, two) = read(
        tmp_path, "# who\n" + HEADER + "P1,Anna  Bell,a1,Participant,nurse,North\n# not this\nP1,Dan,,interviewer,,\n"
    )
    assert (one.line, one.document, one.speaker, one.case, one.part) == (3, "P1", "Anna Bell", "a1", "participant")
    assert one.attributes == {"role": "nurse", "site": "North"}
    assert two.part == "interviewer"


def test_the_template_names_nobody(tmp_path):
    assert read(tmp_path, study_template.PARTICIPANTS) == []


def test_no_file_is_nobody(tmp_path):
    assert participants.read_participants(tmp_path / "participants.csv") == []
    (tmp_path / "participants.csv").touch()
    assert participants.read_participants(tmp_path / "participants.csv") == []


def test_every_problem_is_said_at_once(tmp_path):
    with pytest.raises(ParticipantsError) as caught:
        read(
            tmp_path,
            "document,speaker,case,part,role,source_type\nP1,Anna,a,guest,nurse,\n,Bo,b,,,\nP1,anna ,a,,doctor,\nP2,Cy,c,,,podcast\n",
        )
    said = str(caught.value)
    assert said.count("\n") == 4
    for words in (
        "line 2: unknown part 'guest'",
        "line 3: no document is given",
        "line 4: duplicate speaker 'anna' of P1, first given on line 2",
        "role of 'a' is 'doctor'",
        "unknown source_type 'podcast'",
    ):
        assert words in said


def test_missing_columns_are_named(tmp_path):
    with pytest.raises(ParticipantsError, match="missing column: case, part"):
        read(tmp_path, "document,speaker\nP1,Anna\n")


def test_what_is_no_csv_is_said_with_its_name(tmp_path):
    (tmp_path / "participants.csv").write_bytes(b"PK\x03\x04 a spreadsheet")
    with pytest.raises(ParticipantsError, match=r"participants\.csv: The file is actually a zip archive"):
        participants.read_participants(tmp_path / "participants.csv")


def test_rows_find_their_documents(tmp_path):
    people = read(tmp_path, HEADER + "P1,Anna,a,,,\n*,Dan,,interviewer,,\nP2,Dan,d,participant,,\nP9,Eve,e,,,\n")
    found, lost = participants.match_documents(people, ["P1.txt", "P2.docx"])
    assert found["P1.txt", "anna"].case == "a"
    assert found["P1.txt", "dan"].part == "interviewer"
    assert found["P2.docx", "dan"].part == "participant"
    assert [(person.speaker, "No readable document 'P9'" in reason) for person, reason in lost] == [("Eve", True)]


def test_empty_cells_and_empty_headers_do_no_harm(tmp_path):
    (one,) = read(tmp_path, "document,speaker,case,part,,\nP1,Anna,a,,x,y,,\n")
    assert one.attributes == {}


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (HEADER.encode() + b"P1,Anna,a,,,\nP2,Zo\xeb,z,,,\n", "line 3: it is not valid UTF-8"),
        ((HEADER + "P1,Zo\u00eb,a,,,\n").encode("mac_roman"), "line 2: it is not valid UTF-8"),
        ((HEADER + "P1,Anna,a,,,\n").encode("utf-16-le"), r"line 1: it contains the control character U\+0000"),
        (HEADER.encode() + b"P1,An\x00na,a,,,\n\n", r"line 2: it contains the control character U\+0000"),
        (HEADER.encode() + b"P1,Anna,a,,,\n\nP2,A\x07,a,,,\n", r"line 4: it contains the control character U\+0007"),
        (HEADER.encode() + b'P1,Anna,a,,,\nP2,"Bo,b,,,\nP3,Cy,c,,,\n', "line 3: a quotation mark is not closed"),
        (HEADER.encode() + b'P1,"Anna" B,a,,,\n', "line 2: a quotation mark"),
        (HEADER.encode() + b"# who\nP1,Bell, Anna,a,,nurse,north\n", r"line 3: 7 cells in this row"),
        (HEADER.encode() + b"P1,Anna,a\n", r"line 2: 3 cells in this row, but 6 columns in the header"),
        (HEADER.replace("site", "role").encode() + b"P1,Anna,a,,x,y\n", "Line 1: duplicate column 'role'"),
    ],
)
def test_a_damaged_table_is_told_with_its_line(tmp_path, data, said):
    (tmp_path / "participants.csv").write_bytes(data)
    with pytest.raises(ParticipantsError, match=rf"participants\.csv[,:] {said}"):
        participants.read_participants(tmp_path / "participants.csv")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_table_that_says_what_it_is_is_read(tmp_path, encoding, delimiter):
    text = (HEADER + 'P1,"Zo\u00eb ""Z"" B",a,,nurse\n').replace(",", delimiter)
    (tmp_path / "participants.csv").write_bytes(text.encode(encoding))
    (one,) = participants.read_participants(tmp_path / "participants.csv")
    assert (one.speaker, one.attributes["role"]) == ('Zo\u00eb "Z" B', "nurse")


def test_two_source_types_of_a_document_are_a_contradiction(tmp_path):
    head = "document,speaker,case,part,source_type\n"
    with pytest.raises(
        ParticipantsError, match="line 4: source_type of p1 is 'focus_group' here but 'interview' on line 2"
    ):
        read(tmp_path, head + "P1,Anna,a,,interview\nP1,Bo,b,,\np1,Cy,c,,Focus group\n")
    assert len(read(tmp_path, head + "P1,Anna,a,,interview\nP1,Bo,b,,\nP2,Cy,c,,focus_group\n")) == 3


def test_a_row_is_confirmed_unless_it_says_no(tmp_path):
    rows = "".join(f"P{n},,,,{said}\n" for n, said in enumerate(["", "Yes", "x", "TRUE", "No", "0", "false"]))
    found = read(tmp_path, "document,speaker,case,part,Confirmed\n" + rows)
    assert [person.proposed for person in found] == [False] * 4 + [True] * 3
    with pytest.raises(ParticipantsError, match="unknown entry 'soon' in the column confirmed"):
        read(tmp_path, "document,speaker,case,part,confirmed\nP1,,,,soon\n")

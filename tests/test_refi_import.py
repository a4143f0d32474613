"""What becomes of a REFI-QDA project of another program, kind by kind: taken, or left with a reason, never in silence."""

from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

import pandas as pd
import pytest
from refi_files import packed

from pipeline import ingest
from pipeline.commands import checks, import_study, importing
from pipeline.commands.import_plan import Wanted
from pipeline.core import study_template
from pipeline.corpus import imported, memos, taken
from pipeline.deductive import codebook

OPTIONS = {"interviewer_labels": ("int",), "min_label_count": 2}
ANN = "Int: How was it?\nAnn: The rota broke every week.\nInt: And then?\nAnn: We had no time at all.\n"
GROUP = "Int: So?\nAnn: The rota broke.\nBen: The room was cold.\nAnn: No time.\nBen: No heat.\nInt: Thanks.\n"


def g(name: str) -> str:
    return str(uuid5(NAMESPACE_URL, name))


def ref(tag: str, name: str) -> str:
    return f'<{tag} targetGUID="{g(name)}"/>'


def coded(text: str, words: str, code: str, *, user: str = "mia", more: str = "", name: str = "") -> str:
    start = text.index(words)
    return (
        f'<PlainTextSelection guid="{g(f"s{start}{code}")}" name="{name or words}" startPosition="{start}" '
        f'endPosition="{start + len(words)}" creatingUser="{g(user)}">'
        f'<Coding guid="{g(f"c{start}{code}{user}")}" creatingUser="{g(user)}">{ref("CodeRef", code)}{more}</Coding>'
        "</PlainTextSelection>"
    )


def marked(text: str, words: str, inside: str = "", *, guid: str = "mark") -> str:
    start = text.index(words)
    return (
        f'<PlainTextSelection guid="{g(guid)}" startPosition="{start}" endPosition="{start + len(words)}" '
        f'creatingUser="{g("mia")}">{inside}</PlainTextSelection>'
    )


def source(name: str, inside: str = "", *, path: str = "") -> str:
    return f'<TextSource guid="{g(name)}" name="{name}" plainTextPath="internal://{path or name}.txt">{inside}</TextSource>'


def value(variable: str, content: str, kind: str = "Text") -> str:
    return f"<VariableValue>{ref('VariableRef', variable)}<{kind}Value>{content}</{kind}Value></VariableValue>"


def variable(name: str, kind: str = "Text") -> str:
    return f'<Variable guid="{g(name)}" name="{name}" typeOfVariable="{kind}"/>'


def xml(
    sources: str,
    *,
    codes: str = "",
    cases: str = "",
    variables: str = "",
    notes: str = "",
    links: str = "",
    sets: str = "",
    graphs: str = "",
    end: str = "",
    users: str = "",
    origin: str = "NVivo",
) -> str:
    codes = codes or f'<Code guid="{g("Rota")}" name="Rota" isCodable="true"/>'
    users = users or f'<User guid="{g("mia")}" name="mia"/><User guid="{g("noa")}" name="noa"/>'
    parts = {"Users": users, "CodeBook": f"<Codes>{codes}</Codes>", "Variables": variables, "Cases": cases}
    parts |= {"Sources": sources, "Notes": notes, "Links": links, "Sets": sets, "Graphs": graphs}
    held = "".join(f"<{tag}>{inside}</{tag}>" for tag, inside in parts.items() if inside)
    return f'<Project xmlns="urn:QDA-XML:project:1.0" name="p" origin="{origin}">{held}{end}</Project>'


class Study:
    """A study into which a project was imported, and what was said."""

    def __init__(self, folder: Path, project: str, files: dict[str, bytes] | None = None) -> None:
        self.path, self.folder = folder / "project.qdpx", folder / "study"
        texts = {"ann.txt": ANN.encode()} if files is None else files
        self.path.write_bytes(packed(project, texts))
        self.lines = importing.run(self.path, self.folder)
        self.tables = ingest.ingest(self.folder, **OPTIONS)
        self.told = {row.kind: row for row in taken.load((self.folder / "imported" / imported.TAKEN).read_bytes())}

    @property
    def memos(self) -> list[memos.Memo]:
        place = self.folder / "imported" / memos.NAME
        return memos.load(place.read_bytes()) if place.exists() else []

    @property
    def book(self) -> codebook.Codebook:
        return codebook.load_codebook(self.folder / "codebook.yaml")

    @property
    def cases(self) -> pd.DataFrame:
        return self.tables["cases"].set_index("case")


def test_nvivo_links_an_annotation_to_its_passage_and_a_memo_to_its_text(tmp_path: Path) -> None:
    notes = "".join(
        f'<Note guid="{g(name)}" name="{name}" creatingUser="{g("noa")}"><PlainTextContent>on {name}</PlainTextContent></Note>'
        for name in ("n1", "n2", "n3", "n4")
    )
    links = "".join(
        f'<Link guid="{g("l" + a + b)}" originGUID="{g(a)}" targetGUID="{g(b)}"/>'
        for a, b in (("n1", "mark"), ("ann", "n2"), ("n3", "Rota"))
    )
    held = source("ann", coded(ANN, "The rota broke every week.", "Rota") + marked(ANN, "no time"))
    study = Study(tmp_path, xml(held, notes=notes, links=links))
    found = {memo.memo: memo for memo in study.memos}
    assert (found["on n1"].about, found["on n1"].text, found["on n1"].author) == ("passage", "no time", "noa")
    assert (found["on n2"].about, found["on n2"].document) == ("document", "ann")
    assert (found["on n3"].about, found["on n3"].code, found["on n4"].about) == ("code", "Rota", "journal")
    assert study.book["Rota"].definition == "on n3"
    assert study.told["links"].taken == 3 and study.told["annotations"].taken == 1


def test_qualcoder_annotations_lie_in_the_note_and_mean_the_text_that_refers_to_it(tmp_path: Path) -> None:
    start = ANN.index("no time")
    note = (
        f'<Note guid="{g("n")}" modifyingUser="{g("noa")}" modifiedDateTime="2000-01-01T00:00:00Z"><PlainTextContent>why?'
        f'</PlainTextContent><PlainTextSelection guid="{g("p")}" startPosition="{start}" endPosition="{start + 7}"/></Note>'
    )
    held = source("ann", coded(ANN, "The rota broke every week.", "Rota") + ref("NoteRef", "n"))
    (memo,) = Study(tmp_path, xml(held, notes=note, origin="QualCoder")).memos
    assert (memo.about, memo.text, memo.memo, memo.author, memo.date) == ("passage", "no time", "why?", "noa", "")


def test_descriptions_are_memos_of_what_they_describe(tmp_path: Path) -> None:
    held = source("ann", "<Description>met at noon</Description>" + coded(ANN, "The rota", "Rota"))
    cases = f'<Case guid="{g("c")}" name="Ann"><Description>tired</Description>{ref("SourceRef", "ann")}</Case>'
    sets = f'<Set guid="{g("set")}" name="North"><Description>two sites</Description>{ref("MemberSource", "ann")}</Set>'
    end = "<Description>all of it</Description>" + ref("NoteRef", "n")
    note = f'<Note guid="{g("n")}" name="plan"><PlainTextContent>ask more</PlainTextContent></Note>'
    study = Study(tmp_path, xml(held, cases=cases, sets=sets, notes=note, end=end))
    assert {(memo.about, memo.document or memo.case or memo.title, memo.memo) for memo in study.memos} == {
        ("document", "ann", "met at noon"),
        ("case", "Ann", "tired"),
        ("set", "North", "two sites"),
        ("project", "", "all of it"),
        ("project", "plan", "ask more"),
    }
    assert study.cases.loc["Ann", "north"] == "yes"


def test_a_memo_of_a_code_is_added_to_its_description_once(tmp_path: Path) -> None:
    codes = (
        f'<Code guid="{g("Rota")}" name="Rota" isCodable="true"><Description>What they say of it.</Description>'
        f"{ref('NoteRef', 'n1')}{ref('NoteRef', 'n2')}</Code>"
    )
    notes = "".join(
        f'<Note guid="{g(name)}"><PlainTextContent>{said}</PlainTextContent></Note>'
        for name, said in (("n1", "What they say of it."), ("n2", "See also time."))
    )
    study = Study(tmp_path, xml(source("ann", coded(ANN, "The rota", "Rota")), codes=codes, notes=notes))
    assert study.book["Rota"].definition == "What they say of it. See also time."


@pytest.mark.parametrize("places", ["selections", "codings of its code"])
def test_cases_of_a_focus_group_are_the_speakers_whose_turns_they_hold(tmp_path: Path, places: str) -> None:
    spans = {"P1 Maria": ("The rota broke.", "No time."), "P2 Paul": ("The room was cold.", "No heat.")}
    codes = cases = inside = ""
    for name, words in spans.items():
        refs = ""
        for said in words:
            if places == "selections":
                inside += marked(GROUP, said, guid=said)
                refs += ref("SelectionRef", said)
            else:
                inside += coded(GROUP, said, name)
        codes += f'<Code guid="{g(name)}" name="{name}" isCodable="true"/>' if places != "selections" else ""
        cases += f'<Case guid="{g(name)}" name="{name}">{value("role", name[-1])}{refs}</Case>'
    codes += f'<Code guid="{g("Rota")}" name="Rota" isCodable="true"/>'
    inside += coded(GROUP, "The rota broke.", "Rota")
    project = xml(source("group", inside), codes=codes, cases=cases, variables=variable("role"))
    study = Study(tmp_path, project, {"group.txt": GROUP.encode()})
    turns = study.tables["turns"]
    assert set(turns.loc[turns["speaker"] == "Ann", "case"]) == {"P1 Maria"}
    assert set(turns.loc[turns["speaker"] == "Ben", "case"]) == {"P2 Paul"}
    assert study.cases.loc["P2 Paul", "role"] == "l" and len(study.cases) == 2
    assert list(study.tables["codings"]["code"]) == ["Rota"] and study.book.names == ("Rota",)
    assert "annotations" not in study.told and "to be confirmed" in study.told["cases"].why


def test_a_case_that_refers_to_a_code_of_its_name_is_no_code_but_one_of_another_name_stays(tmp_path: Path) -> None:
    codes = f'<Code guid="{g("folder")}" name="Cases" isCodable="false"><Code guid="{g("code")}" name="ann" isCodable="true"/></Code>'
    codes += f'<Code guid="{g("Rota")}" name="Rota" isCodable="true"/>'
    cases = f'<Case guid="{g("case")}" name="Ann">{ref("CodeRef", "code")}{ref("CodeRef", "Rota")}</Case>'
    inside = coded(ANN, "The rota", "Rota") + f'<Coding guid="{g("w")}">{ref("CodeRef", "code")}</Coding>'
    study = Study(tmp_path, xml(source("ann", inside), codes=codes, cases=cases))
    assert study.book.names == ("Rota",) and list(study.cases.index) == ["Ann"]
    assert study.tables["codings"][["code", "parent_code"]].to_numpy().tolist() == [["Rota", ""]]


def test_a_case_with_several_possible_speakers_is_left_by_name(tmp_path: Path) -> None:
    cases = f'<Case guid="{g("c")}" name="The ward">{ref("SourceRef", "group")}</Case>'
    cases += f'<Case guid="{g("d")}" name="Nobody"/>'
    study = Study(tmp_path, xml(source("group"), cases=cases), {"group.txt": GROUP.encode()})
    assert study.told["cases"].left == 2
    assert "cannot be told" in study.told["cases"].why and "'The ward'" in study.told["cases"].why
    assert "no speaker has its name ('Nobody')" in study.told["cases"].why
    assert not (study.tables["ingest_problems"]["kind"] == "refused").any()


def test_values_of_every_type_arrive_as_they_are_written(tmp_path: Path) -> None:
    kinds = {
        "Boolean": "true",
        "Integer": "34",
        "Float": "1.50",
        "Date": "2000-01-01",
        "DateTime": "2020-02-03T10:00:00Z",
    }
    cases = "".join(value(f"v{kind}", content, kind) for kind, content in kinds.items())
    cases = f'<Case guid="{g("c")}">{cases}{value("vEmpty", "")}{ref("SourceRef", "ann")}</Case>'
    variables = (
        "".join(variable(f"v{kind}", kind) for kind in kinds) + variable("vEmpty") + variable("Candidate theme: x")
    )
    study = Study(tmp_path, xml(source("ann"), cases=cases, variables=variables))
    (row,) = study.tables["cases"].to_dict("records")
    assert {name: found for name, found in row.items() if name != "case"} == {
        f"v{kind.lower()}": content for kind, content in kinds.items()
    }
    assert (study.told["variables"].taken, study.told["variables"].left) == (5, 2)


def test_a_value_that_differs_between_the_texts_of_one_case_is_left_and_said(tmp_path: Path) -> None:
    cases = f'<Case guid="{g("c")}" name="Ann">{ref("SourceRef", "ann")}{ref("SourceRef", "late")}</Case>'
    held = source("ann", value("when", "March")) + source("late", value("when", "May"))
    project = xml(held, cases=cases, variables=variable("when"))
    study = Study(tmp_path, project, {"ann.txt": ANN.encode(), "late.txt": ANN.replace("rota", "plan").encode()})
    assert (
        "when" not in study.tables["cases"] and "they differ between the texts of one case" in study.told["values"].why
    )


def test_sets_of_texts_are_attributes_and_sets_of_codes_headings_unless_the_codes_have_one(tmp_path: Path) -> None:
    codes = (
        f'<Code guid="{g("Rota")}" name="Rota" isCodable="true"/><Code guid="{g("Time")}" name="Time" isCodable="true">'
    )
    codes += f'<Code guid="{g("Late")}" name="Late" isCodable="true"/></Code>'
    sets = f'<Set guid="{g("a")}" name="Site A">{ref("MemberSource", "ann")}</Set>'
    sets += f'<Set guid="{g("b")}" name="Logistics">{ref("MemberCode", "Rota")}</Set>'
    sets += f'<Set guid="{g("d")}" name="Lateness">{ref("MemberCode", "Late")}</Set>'
    sets += f'<Set guid="{g("e")}" name="Notes">{ref("MemberNote", "n")}</Set>'
    held = source("ann", coded(ANN, "The rota", "Rota")) + source("ben")
    files = {"ann.txt": ANN.encode(), "ben.txt": ANN.replace("Ann", "Ben").replace("rota", "plan").encode()}
    study = Study(tmp_path, xml(held, codes=codes, sets=sets), files)
    assert [(c.name, c.parent, c.codable) for c in study.book.codes] == [
        ("Logistics", "", False), ("Rota", "Logistics", True), ("Time", "", True), ("Late", "Time", True),
    ]  # fmt: skip
    assert sorted(study.tables["cases"]["site a"]) == [
        "no",
        "yes",
    ]
    assert (study.told["sets"].taken, study.told["sets"].left) == (2, 2)
    assert "'Lateness'" in study.told["sets"].why and "'Notes'" in study.told["sets"].why


def test_a_heading_that_was_applied_is_a_code_and_one_that_was_not_is_none(tmp_path: Path) -> None:
    codes = f'<Code guid="{g("A")}" name="A" isCodable="false"><Code guid="{g("Rota")}" name="Rota" isCodable="true"/></Code>'
    codes += f'<Code guid="{g("B")}" name="B" isCodable="false" color="red"/>'
    held = source("ann", coded(ANN, "The rota", "Rota") + coded(ANN, "no time", "B"))
    study = Study(tmp_path, xml(held, codes=codes))
    assert [(c.name, c.codable) for c in study.book.codes] == [("A", False), ("Rota", True), ("B", True)]
    assert "kept as a code: 'B'" in study.told["headings"].why and "colour" in study.told["codes"].why


def test_pictures_recordings_and_files_outside_are_counted_and_named(tmp_path: Path) -> None:
    codings = f'<Coding guid="{g("k")}">{ref("CodeRef", "Rota")}</Coding>'
    held = (
        source("ann")
        + f'<PictureSource guid="{g("i")}" name="wall.png" path="internal://i.png"><PictureSelection guid="{g("ps")}" firstX="1" '
        f'firstY="1" secondX="2" secondY="2">{codings}</PictureSelection></PictureSource>'
        + f'<AudioSource guid="{g("t")}" name="tape.m4a" path="relative:///tape.m4a"/>'
        + f'<VideoSource guid="{g("v")}" name="film.mp4" path="absolute:///film.mp4"/>'
        + f'<PDFSource guid="{g("p")}" name="plan.pdf" path="internal://p.pdf"/>'
        + f'<TextSource guid="{g("x")}" name="lost" plainTextPath="internal://lost.txt"/>'
    )
    graphs = f'<Graph guid="{g("m")}" name="map of it"/>'
    study = Study(tmp_path, xml(held, graphs=graphs), {"ann.txt": ANN.encode(), "p.pdf": b"%PDF-1.4\n"})
    for kind, name in (("pictures", "wall.png"), ("PDF files", "plan.pdf"), ("texts", "lost"), ("graphs", "map of it")):
        assert study.told[kind].left == 1 and f"'{name}'" in study.told[kind].why, kind
    assert study.told["recordings"].left == 2 and study.told["external files"].left == 2
    assert study.told["codings"].left == 1 and "page, picture or recording" in study.told["codings"].why


def test_a_quote_on_a_page_is_placed_by_its_words(tmp_path: Path) -> None:
    held = (
        f'<PDFSource guid="{g("p")}" name="ann.pdf"><PDFSelection guid="{g("s")}" page="0" firstX="1" firstY="1" secondX="2" '
        f'secondY="2"><Representation guid="{g("r")}"><PlainTextContent>no time at all</PlainTextContent></Representation>'
        f'<Coding guid="{g("c")}" creatingUser="{g("noa")}">{ref("CodeRef", "Rota")}</Coding></PDFSelection>'
        f'<Representation guid="{g("q")}" plainTextPath="internal://ann.txt"/></PDFSource>'
    )
    codings = Study(tmp_path, xml(held)).tables["codings"]
    assert codings[["text", "coder"]].to_numpy().tolist() == [["no time at all", "noa"]]


def test_two_users_of_one_name_stay_two_coders_and_a_coding_without_a_code_is_left(tmp_path: Path) -> None:
    users = "".join(f'<User guid="{g(name)}" name="Mia"/>' for name in ("mia", "noa", "never active"))
    nothing = coded(ANN, "no time", "gone", user="noa")
    held = source("ann", coded(ANN, "The rota", "Rota") + coded(ANN, "We had", "Rota", user="noa") + nothing)
    study = Study(tmp_path, xml(held, users=users))
    assert set(study.tables["codings"]["coder"]) == {"Mia", "Mia (2)"}
    assert "kept apart" in study.told["coders"].why
    assert "their code is not in the file" in study.told["codings"].why


def test_names_of_any_form_and_length_arrive(tmp_path: Path) -> None:
    names = ["Work / life > balance", 'a, "b"; c', "😀 glad", "x" * 500, "=1+1", "#tag", "Straße", "(none)"]
    codes = "".join(
        f'<Code guid="{g(name)}" name="{name.replace("&", "&amp;").replace(chr(34), "&quot;")}" isCodable="true"/>'
        for name in names
    )
    words = ["Int", "How", "The", "rota", "broke", "every", "week", "And"]
    held = source("ann", "".join(coded(ANN, word, name) for word, name in zip(words, names, strict=True)))
    study = Study(tmp_path, xml(held, codes=codes))
    assert list(study.book.names) == names
    assert sorted(study.tables["codings"]["code"]) == sorted(names)
    assert set(study.tables["codings"]["parent_code"]) == {""}


def test_codes_that_differ_in_capitals_alone_stay_two_and_it_is_said(tmp_path: Path) -> None:
    codes = "".join(f'<Code guid="{g(name)}" name="{name}" isCodable="true"/>' for name in ("Rota", "rota"))
    held = source("ann", coded(ANN, "The rota", "Rota") + coded(ANN, "no time", "rota"))
    study = Study(tmp_path, xml(held, codes=codes))
    assert len(study.book) == 2 and set(study.tables["codings"]["code"]) == set(study.book.names)
    assert "differ in capitals alone" in study.told["codes"].why


def test_ten_thousand_codings_arrive(tmp_path: Path) -> None:
    text = "Int: So?\n" + "".join(f"Ann: Answer {number:05d} is this.\n" for number in range(10_000))
    inside = "".join(
        f'<PlainTextSelection guid="{g(str(n))}" startPosition="{9 + 27 * n + 5}" endPosition="{9 + 27 * n + 17}" '
        f'creatingUser="{g("mia")}"><Coding guid="{g(f"k{n}")}">{ref("CodeRef", "Rota")}</Coding></PlainTextSelection>'
        for n in range(10_000)
    )
    study = Study(tmp_path, xml(source("ann", inside)), {"ann.txt": text.encode()})
    assert study.told["codings"].taken == len(study.tables["codings"]) == 10_000


def test_a_second_import_changes_nothing_and_says_so_also_after_people_edited(tmp_path: Path) -> None:
    cases = f'<Case guid="{g("c")}" name="P1">{value("role", "nurse")}{ref("SourceRef", "ann")}</Case>'
    note = f'<Note guid="{g("n")}" name="plan"><PlainTextContent>ask more</PlainTextContent></Note>'
    project = xml(source("ann", coded(ANN, "The rota", "Rota")), cases=cases, variables=variable("role"), notes=note)
    study = Study(tmp_path, project)
    people = study.folder / "participants.csv"
    people.write_bytes(people.read_bytes().replace(b",no\r\n", b",yes\r\n"))
    notes = study.folder / "imported/memos.csv"
    notes.write_bytes(notes.read_bytes().replace(b"ask more", b"ask much more"))
    before = {path: path.read_bytes() for path in study.folder.rglob("*") if path.is_file()}
    lines = importing.run(study.path, study.folder)
    assert {path: path.read_bytes() for path in study.folder.rglob("*") if path.is_file()} == before
    assert lines[-1] == "Nothing was changed: the study has all of it already."


def test_codings_that_the_study_has_already_are_not_written_again(tmp_path: Path) -> None:
    folder = tmp_path / "study"
    study_template.create(folder)
    (folder / "transcripts/ann.txt").write_text(ANN, encoding="utf-8")
    (folder / "human_codes/mine.csv").write_text("document,text,code,coder\nann,The rota,Rota,mia\n", encoding="utf-8")
    held = source("ann", coded(ANN, "The rota", "Rota", more="") + coded(ANN, "no time", "Rota"))
    study = Study(tmp_path, xml(held))
    assert len(study.tables["codings"]) == 2
    assert any(line.startswith("1 coding is in human_codes/ already") for line in study.lines)
    importing.run(study.path, folder, wanted=Wanted(codebook=True))
    assert len(ingest.ingest(folder, **OPTIONS)["codings"]) == 2


def test_a_project_that_stays_in_human_codes_says_what_was_not_read(tmp_path: Path) -> None:
    folder = tmp_path / "study"
    study_template.create(folder)
    (folder / "transcripts/ann.txt").write_text(ANN, encoding="utf-8")
    cases = f'<Case guid="{g("c")}" name="P1">{ref("SourceRef", "ann")}</Case>'
    note = f'<Note guid="{g("n")}" name="plan"><PlainTextContent>ask more</PlainTextContent></Note>'
    project = xml(source("ann", coded(ANN, "The rota", "Rota")), cases=cases, notes=note)
    (folder / "human_codes/theirs.qdpx").write_bytes(packed(project, {"ann.txt": ANN.encode()}))
    said = ingest.ingest(folder, **OPTIONS)["ingest_problems"]
    (note_row,) = said[said["place"] == "human_codes/theirs.qdpx"].itertuples()
    assert "1 case and 1 memo" in note_row.reason and "counterpoint import" in note_row.reason


def test_times_of_a_transcript_stand_at_their_lines_and_codings_keep_their_words(tmp_path: Path) -> None:
    at = {"Int: How": 0, "Ann: The": 5000, "Int: And": 61000, "Ann: We": 65000, "no time": 66000, "all.\n": 67000}
    syncs = "".join(
        f'<SyncPoint guid="{g(words)}" position="{ANN.index(words)}" timeStamp="{time}"/>' for words, time in at.items()
    )
    selection = (
        f'<TranscriptSelection guid="{g("s")}" name="clip" fromSyncPoint="{g("no time")}" toSyncPoint="{g("all." + chr(10))}">'
        f'<Coding guid="{g("c")}" creatingUser="{g("noa")}">{ref("CodeRef", "Rota")}</Coding></TranscriptSelection>'
    )
    held = (
        f'<VideoSource guid="{g("v")}" name=""><Transcript guid="{g("t")}" name="clip" plainTextPath="internal://ann.txt">'
        f"{syncs}{selection}</Transcript></VideoSource>"
    )
    study = Study(tmp_path, xml(held))
    turns = study.tables["turns"]
    assert list(turns["time_s"]) == [0, 5, 61, 65]
    assert study.tables["codings"][["document", "text"]].to_numpy().tolist() == [["clip.txt", "no time at "]]
    assert (study.told["times"].taken, study.told["times"].left) == (4, 2)
    assert importing.run(study.path, study.folder)[-1].startswith("Nothing was changed")


def test_times_that_are_printed_already_or_all_zero_change_no_text(tmp_path: Path) -> None:
    for time, text in ((0, ANN), (5000, "".join(f"[00:00:0{n}] {line}\n" for n, line in enumerate(ANN.splitlines())))):
        place = text.index("\n") + 1
        sync = f'<SyncPoint guid="{g("p")}" position="{place}" timeStamp="{time}"/>'
        held = f'<AudioSource guid="{g("v")}" name="ann"><Transcript guid="{g("t")}" plainTextPath="internal://ann.txt">{sync}'
        folder = tmp_path / str(time)
        folder.mkdir()
        study = Study(folder, xml(f"{held}</Transcript></AudioSource>"), {"ann.txt": text.encode()})
        assert (study.folder / "transcripts/ann.txt").read_text("utf-8") == text


def test_codes_notes_and_values_without_an_id_or_of_an_unknown_kind_are_no_trap(tmp_path: Path) -> None:
    codes = '<Code name="A" isCodable="true"/><Code name="B" isCodable="true"/>'
    codes += f'<Code guid="{g("Rota")}" name="Rota" isCodable="true"/>'
    notes = "".join(f"<Note><PlainTextContent>{said}</PlainTextContent></Note>" for said in ("one", "two"))
    held = source("ann", coded(ANN, "The rota", "Rota") + value("source_type", "Interviews, spring"))
    study = Study(tmp_path, xml(held, codes=codes, notes=notes, variables=variable("source_type")))
    assert study.book.names == ("A", "B", "Rota") and not any(code.parent for code in study.book.codes)
    assert sorted(memo.memo for memo in study.memos) == ["one", "two"]


def test_texts_are_read_for_their_speakers_only_where_somebody_needs_to_be_found(tmp_path: Path, monkeypatch) -> None:
    def never(self: object) -> None:
        raise AssertionError("read")

    monkeypatch.setattr(import_study.Study, "transcripts", property(never))
    Study(tmp_path, xml(source("ann", coded(ANN, "The rota", "Rota"))))


def test_a_text_whose_name_no_file_may_have_is_known_again_by_its_words(tmp_path: Path) -> None:
    name = "Interview 1: Ann? &quot;late&quot;"
    held = source("x", coded(ANN, "The rota", "Rota"), path="ann").replace('name="x"', f'name="{name}"')
    study = Study(tmp_path, xml(held))
    (text,) = (study.folder / "transcripts").iterdir()
    assert len(study.tables["codings"]) == 1
    assert importing.run(study.path, study.folder)[-1].startswith("Nothing was changed")
    assert list((study.folder / "transcripts").iterdir()) == [text]


def test_check_tells_again_what_imports_left_and_of_codings_on_headings(tmp_path: Path, monkeypatch) -> None:
    links = f'<Link guid="{g("l")}" name="leads to" originGUID="{g("Rota")}" targetGUID="{g("Rota")}"/>'
    study = Study(tmp_path, xml(source("ann", coded(ANN, "The rota", "Rota")), links=links))
    book = study.folder / "codebook.yaml"
    book.write_text("codes:\n- {name: Rota, codable: false}\n", encoding="utf-8")
    params = Path(__file__).parents[1] / "params.yaml"
    monkeypatch.chdir(tmp_path)
    lines = checks.check(Path("study"), params_path=params).lines
    at = lines.index("note: what the import of project.qdpx took and left:")
    assert any(line.startswith("  links: 1 found, none taken. 1 left out") for line in lines[at:])
    assert any("codable: false" in line and "Rota" in line for line in lines)


@pytest.mark.parametrize("name", ["Maria", ""])
def test_a_text_without_labels_is_its_only_case(tmp_path: Path, name: str) -> None:
    plain = "I came late that year.\nThe rota broke every week, and nobody told us.\n"
    named = f' name="{name}"' if name else ""
    cases = f'<Case guid="{g("c")}"{named}>{value("role", "nurse")}{ref("SourceRef", "diary")}</Case>'
    study = Study(
        tmp_path, xml(source("diary"), cases=cases, variables=variable("role")), {"diary.txt": plain.encode()}
    )
    (row,) = study.tables["cases"].to_dict("records")
    assert row["role"] == "nurse" and row["case"] == (name or "diary.txt")


def test_a_place_beside_a_person_is_left_with_its_values_and_the_person_is_taken(tmp_path: Path) -> None:
    cases = f'<Case guid="{g("p")}" name="ANN">{value("role", "nurse")}{ref("SourceRef", "ann")}</Case>'
    cases += f'<Case guid="{g("w")}" name="Ward 3">{value("beds", "20")}{ref("SourceRef", "ann")}</Case>'
    study = Study(tmp_path, xml(source("ann"), cases=cases, variables=variable("role") + variable("beds")))
    assert study.tables["cases"].to_dict("records") == [{"case": "ANN", "role": "nurse"}]
    assert "'Ward 3'" in study.told["cases"].why and study.told["values"].left == 1
    assert study.told["variables"].left == 1

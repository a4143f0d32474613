"""What `counterpoint paper` writes: the same bytes twice, no names, and every edited file kept."""

import io
import re
import shutil
import xml.etree.ElementTree as ET
import zipfile
from fnmatch import fnmatch
from pathlib import Path

import pandas as pd
import pytest
from docx import Document
from docx.enum.section import WD_ORIENT
from PIL import Image

from pipeline.commands import paper
from pipeline.core import store
from pipeline.core.params import Params
from pipeline.core.study_paths import Places
from pipeline.decisions import deciding
from pipeline.paper import (
    documents,
    figure_set,
    figures,
    identities,
    matrix_table,
    methods,
    name_check,
    pack,
    theme_table,
    unlisted_names,
    word,
)
from pipeline.reporting import method
from pipeline.withdrawal import derived_files


def copied(study: Path, root: Path) -> Path:
    return shutil.copytree(study, root / "data" / "small")


@pytest.fixture
def study(small_study, tmp_path) -> Path:
    return copied(small_study, tmp_path)


@pytest.fixture
def undrawn(monkeypatch):
    """Leaves out the figures, which take most of the time."""
    monkeypatch.setattr(figure_set, "draw", lambda *_, **__: figure_set.Set((), ()))


def settings(folder: Path, **options) -> Params:
    return Params(study=str(folder), compare={"frame": ["role", "site"]}, **options)


@pytest.fixture(scope="module")
def written(small_study, tmp_path_factory) -> tuple[Path, list[str]]:
    folder = copied(small_study, tmp_path_factory.mktemp("paper"))
    return folder, paper.write(settings(folder))


def text(place: Path) -> str:
    return name_check.text_of(place.name, place.read_bytes())


def files(folder: Path) -> dict[str, bytes]:
    place = Places(folder).paper
    return {path.relative_to(place).as_posix(): path.read_bytes() for path in sorted(place.rglob("*.*"))}


def accept(folder: Path, theme: int, memo: str = "") -> None:
    """Decide, and let the tables say so as the next run would."""
    deciding.decide(folder, "accept", str(theme), [], who="lea", why="clear")
    if memo:
        deciding.decide(folder, "memo", str(theme), [memo], who="lea", why="")
    states = store.read(folder, "theme_states")
    store.write(folder, "theme_states", states.assign(state=states.state.where(states.theme_id != theme, "accepted")))


def test_every_file_is_there_and_figures_come_in_three_forms(written):
    folder, lines = written
    made = files(folder)
    assert {"themes.docx", "quotes.docx", "methods.docx", "coreq.docx", "srqr.docx", "framework_matrix.docx"} <= set(
        made
    )
    drawn = [name for name in made if name.endswith(".csv")]
    assert {
        "figures/themes_by_role.csv",
        "figures/framework_by_role.csv",
        "figures/agreement.csv",
    } <= set(drawn)
    for name in drawn:
        stem = name.removesuffix(".csv")
        assert any(other.startswith(stem) and other.endswith(".svg") for other in made)
        assert any(other.startswith(stem) and other.endswith(".png") for other in made)
    assert lines[0].startswith(f"wrote {Places(folder).paper}: ")


def test_a_withdrawal_removes_every_file_and_no_figure_of_one_s_own(written):
    places = Places(Path("data/small"))
    patterns = derived_files.names(places)[places.paper]
    for name in files(written[0]):
        assert any(fnmatch(name, pattern) for pattern in patterns), name
    assert not any(fnmatch("figures/mine.png", pattern) for pattern in patterns)
    assert places.paper_key.name in derived_files.names(places)[places.export]


def test_the_same_study_gives_the_same_bytes(written, small_study, tmp_path):
    other = copied(small_study, tmp_path / "elsewhere")
    paper.write(settings(other))
    assert files(other) == files(written[0])
    assert not any(b"20" + b"26-" in data for name, data in files(other).items() if name.endswith(".svg"))


def test_no_file_holds_the_name_of_anybody_who_spoke(written, small_study):
    names = set(store.read(small_study, "cases").case)
    texts = {name: name_check.text_of(name, data) for name, data in files(written[0]).items()}
    assert names == {"Ana", "Ben", "Cleo", "Dev"}
    assert [(name, word) for name, text in texts.items() for word in names if re.search(rf"\b{word}\b", text)] == []
    key = pd.read_csv(Places(written[0]).paper_key)
    assert set(key.case) >= set(store.read(small_study, "cases").case)


def test_a_name_in_what_somebody_said_is_replaced_by_the_code(study, undrawn):
    for table in ("segments", "turns", "speakers", "cases"):
        frame = store.read(study, table)
        columns = [name for name in ("speaker", "case") if name in frame]
        store.write(study, table, frame.assign(**{name: frame[name].replace("Ana", "Sunday") for name in columns}))
    paper.write(settings(study))
    said = text(Places(study).paper / "framework_matrix.docx") + text(Places(study).paper / "quotes.docx")
    assert re.search(r"\[P\d\] afternoons", said)
    assert "Sunday" not in said


def test_a_third_person_and_a_nickname_are_hidden_once_they_are_named(study, undrawn):
    talk = "We call her Bibi, and Maureen's at Fulmar Ward with her child, Tim, who is ill. Time, Bibi."
    cases = pd.DataFrame({"case": ["Ana"], "nickname": ["Bibi"]})
    speakers = pd.DataFrame({"speaker": ["Ana"], "case": ["Ana"], "part": ["participant"]})
    hide = ["Maureen", "Fulmar Ward", "Tim"]
    people = identities.people(speakers=speakers, cases=cases, texts=[talk], describe=[], hide=hide)
    assert people.without_names(talk) == (
        "We call her [P1], and [name]'s at [name] [name] with her child, [name], who is ill. Time, [P1]."
    )
    paper.write(settings(study), hide=["Sunday"])
    said = text(Places(study).paper / "framework_matrix.docx") + text(Places(study).paper / "quotes.docx")
    assert "[name] afternoons" in said and "Sunday" not in said


@pytest.mark.parametrize(
    ("talk", "told"),
    [
        ("Mit der Station war das Haus zufrieden, und die Leute im Dienst hatten Zeit. " * 3, None),
        ("she said tim was ill and we went to the ward. " * 3, None),
        ("I was ill on Monday, and in May. They came. " * 3, []),
        (
            "So we told Tim. Then Tim's mother, who is English, rang us all day about the Mays, and time went by as it does when one is tired. "
            * 3,
            ["Tim", "English"],
        ),
    ],
)
def test_capitals_tell_names_only_where_other_words_have_none(talk, told):
    found = unlisted_names.candidates(
        {"quotes.docx": documents.quotes([documents.Gathered("x", talk, ())], title="t", paper="a4")}, [talk]
    )
    assert found == told


def test_with_names_they_are_shown_and_that_is_said(study, undrawn):
    lines = paper.write(settings(study), names=True)
    case = store.read(study, "cases").case[0]
    assert case in text(Places(study).paper / "framework_matrix.docx")
    assert any("names are shown" in line for line in lines)


def test_a_name_that_would_be_left_is_refused_before_anything_is_written(study, monkeypatch, undrawn):
    monkeypatch.setattr("pipeline.paper.identities.People.without_names", lambda self, text: text)
    monkeypatch.setattr("pipeline.paper.identities.People.cited", lambda self, case, source_type="": case)
    with pytest.raises(paper.PaperError, match="Nothing was written, because names"):
        paper.write(settings(study))
    assert not Places(study).paper.exists()


def test_undecided_themes_are_called_candidates_and_accepted_ones_stand_alone(study, undrawn):
    paper.write(settings(study))
    place = Places(study).paper / "themes.docx"
    assert "Candidate themes" in text(place)
    assert len(Document(str(place)).tables[0].rows) == 3
    accept(study, 0, memo="What holds it together.")
    paper.write(settings(study))
    rows = Document(str(place)).tables[0].rows
    assert "Candidate themes" not in text(place)
    assert "Left out: 1 theme that the researchers have not decided on yet." in text(place)
    assert len(rows) == 2
    assert rows[1].cells[1].text == "What holds it together."


def test_quotes_are_verbatim_by_different_people_and_say_who(study):
    data = paper.gathered(settings(study))
    people = pack.people_of(data, settings(study), shown=True)
    for row in theme_table.rows(data, people, group="role"):
        assert 2 <= len(row.quotes) <= 3
        assert len({quote.who for quote in row.quotes}) == len(row.quotes)
        for quote in row.quotes:
            assert any(quote.text.removesuffix(theme_table.CUT) in other.text for other in data.quoted.values())


def test_long_quotes_are_whole_sentences_with_a_mark_of_the_cut():
    long = "One two three. Four five six. Seven eight nine."
    assert theme_table.shortened(long, 6) == "One two three. Four five six. […]"
    assert theme_table.shortened(long, 60) == long
    assert theme_table.shortened(long, 1) == "One two three. […]"


def test_a_basket_is_quoted_in_its_order_and_unknown_ids_are_refused(study, tmp_path):
    segments = store.read(study, "segments")
    segments["segment_id"] = [f"{number:012x}" for number in range(len(segments))]
    data = paper.gathered(settings(study))
    place = tmp_path / "basket.txt"
    place.write_text("nothing here", encoding="utf-8")
    with pytest.raises(paper.PaperError, match="has no id of a segment"):
        paper._basket(place, data)
    place.write_text("0123456789ab\n", encoding="utf-8")
    with pytest.raises(paper.PaperError, match="no segment of the study has the id 0123456789ab"):
        paper._basket(place, data)


def test_an_edited_file_is_kept_beside_its_new_version(study, undrawn):
    paper.write(settings(study))
    place = Places(study).paper / "themes.docx"
    document = Document(str(place))
    document.add_paragraph("Mine.")
    document.save(str(place))
    lines = paper.write(settings(study))
    assert any("had been edited" in line for line in lines)
    assert "Mine." not in text(place)
    assert any("Mine." in text(path) for path in Places(study).edited.iterdir())


def test_a_figure_the_study_no_longer_has_goes_and_one_of_yours_stays(study):
    paper.write(settings(study))
    folder = Places(study).paper / "figures"
    (folder / "mine.png").write_bytes(b"mine")
    lines = paper.write(settings(study, stance="reflexive"))
    assert not (folder / "agreement.svg").exists()
    assert (folder / "mine.png").exists()
    assert any("Agreement: not drawn" in line for line in lines)


@pytest.mark.parametrize(("paper_size", "wide", "high"), [("a4", 210, 297), ("letter", 215.9, 279.4)])
def test_sheets_are_of_the_size_asked_for_and_the_matrix_lies_across(study, paper_size, wide, high, undrawn):
    paper.write(settings(study, report={"paper": paper_size}))
    upright = Document(str(Places(study).paper / "themes.docx")).sections[0]
    assert (round(upright.page_width.mm, 1), round(upright.page_height.mm, 1)) == (wide, high)
    across = Document(str(Places(study).paper / "framework_matrix.docx")).sections[0]
    assert across.orientation == WD_ORIENT.LANDSCAPE
    assert (round(across.page_width.mm, 1), round(across.page_height.mm, 1)) == (high, wide)


def test_heads_of_tables_are_repeated_and_rows_are_as_tall_as_their_text(written):
    for name in ("themes.docx", "framework_matrix.docx", "coreq.docx"):
        for table in Document(str(Places(written[0]).paper / name)).tables:
            assert "w:tblHeader" in table.rows[0]._tr.xml
            assert all("w:trHeight" not in row._tr.xml for row in table.rows)


def test_blocks_of_the_matrix_keep_a_category_together(small_study):
    data = paper.gathered(settings(small_study))
    assert matrix_table.blocks(data.book.names, data.book)[0][0] == "Motivation"
    assert [code for block in matrix_table.blocks(data.book.names, data.book) for code in block] == list(
        data.book.names
    )
    assert all(
        len(block) <= matrix_table.ABREAST for block in matrix_table.blocks([f"c{n}" for n in range(23)], data.book)
    )


def test_references_are_numbered_as_they_are_cited_and_gaps_are_left_for_people(small_study):
    data = paper.gathered(settings(small_study))
    draft = method.Draft(
        (("One", "A matrix (Gale et al. 2013), kappa (Cohen 1960; on units) and (Gale et al. 2013)."),), ()
    )
    made = methods.build(draft, cases=data.tables["cases"], frame=["role"])
    assert made.sections[-1].paragraphs == ("A matrix [1], kappa ([2]; on units) and [1].",)
    assert [reference[:4] for reference in made.references] == ["Gale", "Cohe"]
    assert made.gaps == 5
    assert any("committee" in paragraph for section in made.sections for paragraph in section.paragraphs)


@pytest.mark.parametrize(
    ("text", "gaps"),
    [
        ("As [P12] said [1] and [2,3].", []),
        ("Time […] and [name].", []),
        ("[State who coded.] Two. [Say how.]", ["[State who coded.]", "[Say how.]"]),
        ("Roles (nurse 3). [Describe the sample by these.]", ["[Describe the sample by these.]"]),
    ],
)
def test_only_what_people_have_to_say_is_marked_as_a_gap(text, gaps):
    assert word.GAP.findall(text) == gaps


def test_the_legend_of_agreement_speaks_of_intervals_only_where_there_are_any(written):
    folder = Places(written[0]).paper
    has_any = bool(pd.read_csv(folder / "figures/agreement.csv").low.notna().any())
    said = text(folder / "methods.docx")
    assert ("(Cohen’s kappa with 95% intervals by resampling whole sources)" in said) is has_any
    assert ("(Cohen’s kappa; too few sources for intervals)" in said) is not has_any


def test_legends_name_the_files_of_their_figures(written):
    said = text(Places(written[0]).paper / "methods.docx")
    made = {name for name in files(written[0]) if name.endswith(".png")}
    named = {
        f"figures/{stem}.png" for found in re.findall(r"Figure \d+ \(([^)]*)\)\.", said) for stem in found.split(", ")
    }
    assert named == made
    assert "[Gaps like this one, " in said


def test_checklists_have_every_item_with_an_answer_or_its_question(written):
    for name, count in (("coreq.docx", 32), ("srqr.docx", 21)):
        rows = Document(str(Places(written[0]).paper / name)).tables[0].rows[1:]
        assert len(rows) == count
        assert all(row.cells[2].text.strip() for row in rows)
        assert sum(row.cells[2].text.endswith("?]") for row in rows) > count / 2


def test_figures_are_drawings_at_print_size_with_text_that_stays_text(written):
    place = Places(written[0]).paper / "figures"
    for path in place.glob("*.png"):
        with Image.open(path) as image:
            assert image.width == pytest.approx(6.85 * 300, abs=2)
            assert image.height <= 9 * 300 + 2
            assert round(image.info["dpi"][0]) == 300
    for path in place.glob("*.svg"):
        root = ET.fromstring(path.read_text(encoding="utf-8"))
        assert root.tag.endswith("svg")
        assert any(element.tag.endswith("}text") for element in root.iter())
        assert "Arial" in path.read_text(encoding="utf-8")


def test_nothing_to_write_about_is_said(tmp_path):
    (tmp_path / "data" / "empty" / "transcripts").mkdir(parents=True)
    with pytest.raises(paper.PaperError, match="no complete results yet"):
        paper.write(settings(tmp_path / "data" / "empty"))


def test_a_document_has_no_time_in_it(written):
    data = (Places(written[0]).paper / "methods.docx").read_bytes()
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        assert {member.date_time[0] for member in package.infolist()} == {1980}
        assert b"2000-01-01" in package.read("docProps/core.xml")


def test_a_transcript_s_line_breaks_are_no_line_breaks_in_a_quote():
    document = Document()
    word.plain(document.add_paragraph(), "“They keep asking me for a\n   password.” ")
    assert [paragraph.text for paragraph in document.paragraphs] == ["“They keep asking me for a password.” "]


@pytest.mark.parametrize(("low", "says"), [(0.2, True), (float("nan"), False)])
def test_intervals_of_agreement_are_spoken_of_only_where_there_are_any(low, says):
    rows = {"name": "Time", "who": "lea and max", "people": True, "kappa": 1.0, "low": low, "high": low, "n": 30}
    drawn = figures.agreement(pd.DataFrame([rows])).svg.decode()
    assert ("with 95% interval" in drawn) is says
    assert "Cohen’s kappa (0: chance, 1: identical)" in drawn

"""NVivo's coding reports, in the forms and languages in which people have them, as human codes and given to `import`."""

import io

import pytest
from docx import Document

from pipeline import ingest
from pipeline.commands import importing
from pipeline.core import study_template
from pipeline.core.errors import CounterpointError
from pipeline.corpus import readers
from pipeline.corpus.readers import code_reports
from pipeline.corpus.readers.model import RefusedError

ANN = "Int: How was it?\nAnn: The rota broke every week.\nAnn: We had no time at all.\n"
BEN = "Int: And you?\nBen: Fine mostly.\nBen: We lost the room twice.\n"
OPTIONS = {"interviewer_labels": ("int",), "min_label_count": 2}
REPORT = """<Files\\\\ann> - § 2 references coded  [ 6.78% Coverage]

Reference 1 - 5.80% Coverage

The rota broke every week.

Reference 2 - 0.98% Coverage

We had no time
at all.

<Files\\\\Ward\\\\ben> - § 1 reference coded  [ 30.10% Coverage]

Reference 1 - 30.10% Coverage

We lost the room twice.
"""


def read(text, stem="Rota", suffix=".txt", encoding="utf-8"):
    return code_reports.read_report(text.encode(encoding), stem, suffix=suffix)


def told(codings):
    return [(one.document, one.code, one.parent_code, " ".join(one.text.split())) for one in codings]


EXPECTED = [
    ("ann", "Rota", "", "The rota broke every week."),
    ("ann", "Rota", "", "We had no time at all."),
    ("ben", "Rota", "", "We lost the room twice."),
]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_the_references_of_a_code_are_read_with_their_sources(encoding):
    codings = read(REPORT, encoding=encoding)
    assert told(codings) == EXPECTED
    assert {one.coder for one in codings} == {"NVivo"}
    assert any("does not say who coded" in remark.text for remark in codings.remarks)


@pytest.mark.parametrize(
    ("source", "reference"),
    [
        ("<Internals\\ann> - § 1 reference coded [4.10% Coverage]", "Reference 1 - 4.10% Coverage"),
        ("Files\\\\ann - § 1 reference coded [ 3.90% Coverage]", "Reference 1 - 3.90% Coverage"),
        ("<Dateien\\\\ann> - § 1 Referenz codiert  [30,10% Abdeckung]", "Referenz 1 - 30,10% Abdeckung"),
        ("<Fichiers\\\\ann> - § 1 référence codée  [couverture 30,10 %]", "Référence 1 - Couverture 30,10 %"),
        ("<Archivos\\\\ann> - § 1 referencia codificada  [Cobertura 30,10%]", "Referencia 1 - Cobertura 30,10%"),
        ("<Arquivos\\\\ann> - § 1 referência codificada  [Cobertura de 30,10%]", "Referência 1 - Cobertura de 30,10%"),
        ("<ファイル\\\\ann> - § 1 コード化参照 [30.10% 範囲]", "参照 1 - 30.10% 範囲"),
        ("<文件\\\\ann> - § 1 参考点编码 [30.10% 覆盖率]", "参考点 1 - 30.10% 覆盖率"),
    ],
)
def test_the_language_and_version_of_the_report_do_not_matter(source, reference):
    codings = read(f"{source}\n\n{reference}\n\nThe rota broke every week.\n")
    assert told(codings) == [EXPECTED[0]]


def test_a_report_may_name_its_codes():
    text = f"Nodes\\\\Work\\\\Rota\n\n{REPORT}\nNodes\\\\Home\n\n" + REPORT.split("<Files\\\\Ward")[0].replace(
        "2 references", "2 references"
    )
    codings = read(text.replace("Nodes\\\\Work\\\\Rota", "Nodes\\\\Rota"), stem="all codes")
    assert told(codings) == [*EXPECTED, *[(document, "Home", "", text) for document, _, _, text in EXPECTED[:2]]]


def test_a_title_that_is_not_the_files_name_is_asked_about():
    assert any("The report begins with 'Rota plans'" in one.text for one in read(f"Rota plans\n\n{REPORT}").remarks)
    assert not any("The report begins with" in one.text for one in read(f"Rota\n\n{REPORT}").remarks)


def test_sources_of_one_name_keep_their_folders():
    codings = read(REPORT.replace("Files\\\\ann", "Files\\\\North\\\\talk").replace("Ward\\\\ben", "South\\\\talk"))
    assert {one.document for one in codings} == {"North/talk", "South/talk"}


def test_a_missing_reference_is_noticed():
    codings = read(REPORT.replace("2 references", "3 references"))
    assert any("1 source with other than the stated number of references: 'ann'" in one.text for one in codings.remarks)


def test_a_line_that_looks_like_a_reference_but_does_not_count_on_is_text():
    codings = read(REPORT.replace("We had no time", "Question 5 - 20% of us\nWe had no time"))
    assert told(codings)[1][3] == "Question 5 - 20% of us We had no time at all."


@pytest.mark.parametrize("text", ["Int: How was it?\nAnn: Fine.\n", "§ 12 says so [50% of it]\n"])
def test_another_text_is_no_report(text):
    with pytest.raises(RefusedError, match="not a coding report"):
        read(text)


def test_a_summary_without_references_says_what_to_export():
    with pytest.raises(RefusedError, match="export it with its references"):
        read("Coding Summary By Code\nFiles\\\\ann\nNo 0.1234 2\n")


def word(text):
    document = Document()
    for paragraph in text.split("\n"):
        document.add_paragraph(paragraph)
    place = io.BytesIO()
    document.save(place)
    return place.getvalue()


def rtf(text):
    lines = "\\par\n".join(line.replace("\\", "\\\\").replace("§", "\\'a7") for line in text.split("\n"))
    return ("{\\rtf1\\ansi " + lines + "}").encode("ascii")


FORMS = {
    ".txt": lambda text: text.encode("utf-16"),
    ".docx": word,
    ".rtf": rtf,
    ".html": lambda text: "".join(
        f"<p>{line.replace('<', '&lt;').replace('>', '&gt;')}</p>" for line in text.split("\n")
    ).encode(),
}


@pytest.mark.parametrize("suffix", FORMS)
def test_a_report_given_to_import_goes_into_human_codes_and_is_read_there(tmp_path, suffix):
    study = tmp_path / "study"
    study_template.create(study)
    (study / "transcripts/ann.txt").write_text(ANN, "utf-8")
    (study / "transcripts/ben.txt").write_text(BEN, "utf-8")
    (tmp_path / f"Rota{suffix}").write_bytes(FORMS[suffix](REPORT))
    lines = importing.run(tmp_path / f"Rota{suffix}", study)
    assert any("3 codings with 1 code by NVivo" in line for line in lines)
    assert (study / f"human_codes/Rota{suffix}").exists()
    tables = ingest.ingest(study, **OPTIONS)
    assert sorted(zip(tables["codings"]["document"], tables["codings"]["code"], strict=True)) == [
        ("ann.txt", "Rota"),
        ("ann.txt", "Rota"),
        ("ben.txt", "Rota"),
    ]
    before = {file: file.read_bytes() for file in study.rglob("*") if file.is_file()}
    assert any("Nothing was changed" in line for line in importing.run(tmp_path / f"Rota{suffix}", study))
    assert {file: file.read_bytes() for file in study.rglob("*") if file.is_file()} == before


def test_a_transcript_given_to_import_is_refused_with_where_it_belongs(tmp_path):
    (tmp_path / "ann.txt").write_text(ANN, "utf-8")
    with pytest.raises(CounterpointError, match="Transcripts go to transcripts/"):
        importing.run(tmp_path / "ann.txt", tmp_path / "study")
    assert not (tmp_path / "study").exists()


def test_every_ending_of_a_report_is_one_of_human_codes():
    assert set(code_reports.ENDINGS) <= set(readers.CODES)


SEGMENTS = {
    "maxqda-en": "Color,Document group,Document name,Code,Beginning,End,Weight score,Segment,Modified by\n,G,ann,Work > Rota,2,2,0,The rota broke every week.,mia\n",
    "maxqda-de": "Farbe;Dokumentgruppe;Dokumentname;Code;Anfang;Ende;Gewicht;Segment;Bearbeitet von\n;G;ann;Work > Rota;2;2;0;The rota broke every week.;mia\n",
    "maxqda-es": "Color;Grupo de documentos;Nombre del documento;Código;Inicio;Fin;Peso;Segmento;Modificado por\n;G;ann;Work > Rota;2;2;0;The rota broke every week.;mia\n",
    "maxqda-fr": "Couleur;Groupe de documents;Nom du document;Code;Début;Fin;Poids;Segment;Modifié par\n;G;ann;Work > Rota;2;2;0;The rota broke every week.;mia\n",
    "dedoose": "Media Title,Excerpt Range,Excerpt Creator,Excerpt Date,Excerpt Copy,Codes Applied Combined,Code: Rota Applied\nann,30-56,mia,1/2/24,The rota broke every week.,Rota,True\n",
    "quirkos": "Source,Quirk,Text,Author,Start,End\nann,Rota,The rota broke every week.,mia,22,48\n",
    "delve": "Transcript,Snippet,Codes,Coder\nann,The rota broke every week.,Rota,mia\n",
    "dovetail": "Highlight,Tags,Note title,Created by\nThe rota broke every week.,Rota,ann,mia\n",
    "atlas-en": "ID,Reference,Quotation Name,Quotation Content,Comment,Codes,Document,Creation Date,Created by\n1:1,2 - 2,The rota,The rota broke every week.,,Rota,ann,1/2/24,mia\n",
    "atlas-de": "ID;Referenz;Zitatname;Zitatinhalt;Kommentar;Kodes;Dokument;Erstellt von\n1:1;2 - 2;Die Rota;The rota broke every week.;;Rota;ann;mia\n",
    "atlas-es": "ID;Referencia;Nombre de cita;Contenido de la cita;Comentario;Códigos;Documento;Creado por\n1:1;2;x;The rota broke every week.;;Rota;ann;mia\n",
    "taguette": "id,document,tag,content\n1,ann,Rota,The rota broke every week.\n",
    "requal": "doc_name,code_name,segment_text,segment_start,segment_end,user_name\nann,Rota,The rota broke every week.,23,48,mia\n",
}


@pytest.mark.parametrize("program", SEGMENTS)
def test_tables_of_coded_segments_given_to_import_go_where_they_belong(tmp_path, program):
    study = tmp_path / "study"
    study_template.create(study)
    (study / "transcripts/ann.txt").write_text(ANN, "utf-8")
    (tmp_path / "coded.csv").write_text(SEGMENTS[program], "utf-8-sig")
    lines = importing.run(tmp_path / "coded.csv", study)
    assert any("1 coding with 1 code" in line for line in lines), lines
    if program == "atlas-en":
        assert any("columns that are not read ('ID' and 'Quotation Name')" in line for line in lines)
    assert any("the file names no coder" in line for line in lines) == (program == "taguette")
    codings = ingest.ingest(study, **OPTIONS)["codings"]
    assert [(one.document, one.code, one.text) for one in codings.itertuples()] == [
        ("ann.txt", "Rota", "The rota broke every week.")
    ]
    if program != "taguette":
        assert codings["coder"].tolist() == ["mia"]
    assert codings["parent_code"].tolist() == ["Work" if program.startswith("maxqda") else ""]


def test_two_columns_that_may_hold_the_text_are_asked_about():
    table = b"Document,Segment,Excerpt,Code\nann,The rota,The rota broke every week.,Rota\nben,x,x,Rota\n"
    codings = readers.CODES[".csv"](table, "coded")
    assert any("'Segment' and 'Excerpt' may each hold the text" in remark.text for remark in codings.remarks)
    assert codings[0].text == "The rota"


def test_columns_that_say_the_same_are_not_asked_about():
    table = b"Document,File,Segment,Code\nann,ann,The rota,Rota\n"
    assert not readers.CODES[".csv"](table, "coded").remarks


def test_who_changed_a_coding_is_its_coder_with_a_question():
    codings = readers.CODES[".csv"](b"Document,Segment,Code,Modified by\nann,The rota,Rota,mia\n", "coded")
    assert codings[0].coder == "mia"
    assert any("'Modified by' was read as the coder" in remark.text for remark in codings.remarks)


@pytest.mark.parametrize(
    "line", [" " * 500_000 + "§", "<" * 500_000 + "§ 1 [1%]", "a" * 500_000 + " - § 1 x [1%", "1" * 500_000]
)
def test_a_long_line_takes_no_time(line):
    with pytest.raises(RefusedError, match="not a coding report"):
        read(line)

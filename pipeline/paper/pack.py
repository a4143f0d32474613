"""All files of a paper, by their path in the paper's folder, from the results of a study."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from pipeline.core import params as settings
from pipeline.core import prose
from pipeline.core.terms import Paper
from pipeline.exchange import csv
from pipeline.paper import documents, figure_data, figure_set, identities, matrix_table, methods, theme_table
from pipeline.paper.identities import People
from pipeline.reporting import checklist_facts, checklists, disclosure, drafted, matrix
from pipeline.reporting.report_tables import ReportData

# At most so many quotes of a theme, each by another person.
PER_THEME = 12
SOURCES = {
    "COREQ": "Consolidated criteria for reporting qualitative research: Tong, Sainsbury and Craig, Int J Qual Health "
    "Care 2007;19:349–357.",
    "SRQR": "Standards for reporting qualitative research: O’Brien, Harris, Beckman, Reed and Cook, Acad Med "
    "2014;89:1245–1251.",
}
KINDS = {"field_note": "Field notes", "document": "Document"}


@dataclass(frozen=True)
class Pack:
    """The files of a paper by path; `left_out`: figures that could not be drawn, with the reason; `key`: who is who."""

    files: Mapping[str, bytes]
    left_out: tuple[str, ...]
    key: bytes


def build(data: ReportData, params: settings.Params, people: People, *, basket: Sequence[str] = ()) -> Pack:
    """Everything for a paper. `basket`: ids of segments to quote instead of those of the themes."""
    paper, frame = params.report.paper, described(data, params)
    reflexive = params.stance == "reflexive"
    drawn = figure_set.draw(data, people, frame=frame, reflexive=reflexive)
    legends = [
        (f"Figure {number}", figure.stems, figure.legend) for number, figure in enumerate(drawn.figures, start=1)
    ]
    draft = drafted.draft(data, reflexive=reflexive)
    facts = checklist_facts.facts(data)
    files = {
        "themes.docx": _themes(data, people, frame, paper),
        "quotes.docx": _quotes(data, people, frame, paper, basket),
        "methods.docx": documents.methods(
            methods.build(draft, cases=data.tables["cases"], frame=frame), legends=legends, paper=paper
        ),
        "coreq.docx": documents.checklist("COREQ", SOURCES["COREQ"], checklists.coreq(facts), paper=paper),
        "disclosure.docx": documents.disclosure(
            disclosure.build(data, settings=params.model_dump(mode="json")), paper=paper
        ),
        "srqr.docx": documents.checklist("SRQR", SOURCES["SRQR"], checklists.srqr(facts), paper=paper),
    }
    if data.cells:
        files["framework_matrix.docx"] = _matrix(data, people, paper)
    for figure in drawn.figures:
        files |= figure.files
    return Pack(files, drawn.left_out, key(people))


def described(data: ReportData, params: settings.Params) -> list[str]:
    """The attributes by which the paper describes and groups participants: those of the sampling frame that exist."""
    columns = [str(name) for name in data.tables["cases"].columns]
    return [name for name in params.compare.frame if name in columns]


def key(people: People) -> bytes:
    """Which case each code stands for, as csv."""
    return csv.table(pd.DataFrame({"code": list(people.code_of.values()), "case": list(people.code_of)}))


def named_cases(cases: Collection[str], documents_table: pd.DataFrame, people: People) -> dict[str, str]:
    """How the rows of the matrix are called: participants by their code, in order, then sources by kind and number."""
    order = {case: number for number, case in enumerate(people.code_of)}
    kind_of = dict(zip(documents_table.document, documents_table.source_type, strict=True))
    named: dict[str, str] = {}
    n_of_kind: dict[str, int] = {}
    for case in sorted(cases, key=lambda case: (order.get(case, len(order)), case)):
        if case in order:
            named[case] = people.cited(case)
        else:
            kind = KINDS.get(kind_of.get(case, ""), "Source")
            n_of_kind[kind] = n_of_kind.get(kind, 0) + 1
            named[case] = case if people.shown else f"{kind} {n_of_kind[kind]}"
    return named


def _themes(data: ReportData, people: People, frame: Sequence[str], paper: Paper) -> bytes:
    _, accepted = theme_table.chosen(data)
    rows = theme_table.rows(data, people, group=_group(data, frame))
    return documents.themes(rows, accepted=accepted, waiting=data.count.waiting, paper=paper)


def _quotes(data: ReportData, people: People, frame: Sequence[str], paper: Paper, basket: Sequence[str]) -> bytes:
    if basket:
        cited = [theme_table.cited(data.quoted[name], people, longest=10**6) for name in basket]
        about = f"{prose.count(len(cited), 'quote').capitalize()}, in the order in which they were chosen."
        return documents.quotes([documents.Gathered("Chosen quotes", about, tuple(cited))], title="Quotes", paper=paper)
    themes, accepted = theme_table.chosen(data)
    group = _group(data, frame)
    members = data.tables["theme_assignments"].groupby("theme_id").segment_id.count()
    gathered = []
    for theme, label in zip(themes.theme_id, themes.label, strict=True):
        best = theme_table.ordered(data, int(theme))
        cited = [
            theme_table.cited(quote, people)
            for quote in theme_table.varied(best, data.tables["cases"], group, PER_THEME)
        ]
        others = f", each by another participant or source (at most {PER_THEME})" if len(cited) > 1 else ""
        about = f"{len(cited)} of {prose.count(int(members[theme]), 'passage')}{others}."
        gathered.append(documents.Gathered(people.without_names(str(label)) or f"Theme {theme}", about, tuple(cited)))
    return documents.quotes(gathered, title="Quotes by theme" if accepted else "Quotes by candidate theme", paper=paper)


def _matrix(data: ReportData, people: People, paper: Paper) -> bytes:
    table = matrix.table(data.cells)
    return matrix_table.document(
        table,
        book=data.book,
        codes=data.codes,
        named=named_cases(set(table.case), data.tables["documents"], people),
        paper=paper,
        summaries=data.summaries,
        clean=people.without_names,
    )


def _group(data: ReportData, frame: Sequence[str]) -> str:
    """The attribute by which the people of a theme are counted: the first of those that make groups."""
    return next(iter(figure_data.attributes(data.tables["cases"], frame)), "")


def people_of(
    data: ReportData,
    params: settings.Params,
    *,
    shown: bool,
    keep: Collection[str] = (),
    hide: Collection[str] = (),
) -> People:
    """How the participants of a study appear. `keep`, `hide`: as for `identities.people`."""
    tables = data.tables
    return identities.people(
        speakers=tables["speakers"],
        cases=tables["cases"],
        texts=tables["segments"].text,
        describe=described(data, params),
        shown=shown,
        keep=keep,
        hide=hide,
    )

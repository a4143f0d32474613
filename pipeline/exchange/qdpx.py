"""Exports a study as REFI-QDA project (.qdpx): texts, codebook, codings, cases, themes and memos.

The same study gives the same bytes. Every file is validated before it is returned (`refi_check`).
"""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, Literal

import pandas as pd

from pipeline.core import coders, table_rows
from pipeline.corpus import refi
from pipeline.decisions import states
from pipeline.decisions.ledger import Decision
from pipeline.deductive.codebook import Codebook
from pipeline.exchange import code_tree, markup, refi_check, refi_memos, refi_notes, refi_people
from pipeline.reporting.views import states_view

Offsets = Literal["codepoints", "utf16"]
TABLES = (
    *("documents", "turns", "cases", "codings", "memos", "segments"),
    *("themes", "theme_states", "theme_assignments", "code_assignments"),
)
NAME_LENGTH = 60
# What the scores of a method are, which other programs show as they stand.
SCORED = "scores"
SCORES = {
    "zero_shot": "scores, not probabilities",
    "few_shot": "scores; the report says whether they serve as probabilities",
}


@dataclass(frozen=True)
class _Applied:
    """Codes that one coder applied to one span. `date`: as in the table codings, or ''."""

    start: int
    end: int
    coder: str
    memo: str
    date: str
    codes: tuple[str, ...]


def project(
    tables: Mapping[str, pd.DataFrame],
    *,
    codebook: Codebook,
    decisions: Sequence[Decision] = (),
    study_name: str,
    offsets: Offsets = "codepoints",
    cases_as_codes: bool = False,
) -> bytes:
    """Return a study as a .qdpx file.

    `tables`: those in TABLES. `study_name`: its name, from which ids are derived. `offsets`: unit of positions: code
    points, as the format says, or UTF-16 units, as NVivo counts; ends are exclusive. `cases_as_codes`: write each case
    as a code too, as NVivo does, because QualCoder learns only so what belongs to a case. Characters that XML cannot
    represent are replaced by U+FFFD in names and memos, never in texts. Raises ExchangeError if the file would not be
    valid.
    """
    codes = code_tree.codes(codebook, tables["codings"], study_name=study_name)
    become = tables["theme_states"]
    about_themes = states_view.sentences(states.counted(become, tables["theme_assignments"]), become)
    trees, nodes = code_tree.themes(
        tables["themes"],
        used_names=set(codes.guids),
        study_name=study_name,
        sentences=about_themes,
        status_of=states_view.in_words(become),
    )
    names = source_names(tables["documents"]["document"])
    sources = {document: refi.guid(study_name, "source", document) for document in names}
    notes = refi_notes.notes(decisions, nodes, study_name=study_name)
    about = refi_memos.memos(tables["memos"], codes.guids, set(tables["cases"].columns), study_name=study_name)
    for tree in codes.trees:
        tree.refer(about.of_codes)
    applied = _by_people(tables["codings"], codes.guids)
    for document, candidates in _by_pipeline(tables, codes.guids, nodes).items():
        applied[document] += candidates
    people = refi_people.People(tables["turns"], tables["cases"], tables["documents"], study_name)
    texts = dict(zip(tables["documents"]["document"], tables["documents"]["text"], strict=True))
    coded_by = {
        application.coder
        for applications in applied.values()
        for application in applications
        if application.coder != coders.MODEL
    }
    form = (offsets, cases_as_codes)
    written = [
        _source((names[document], document, texts[document]), applied[document], people, about, form=form)
        for document in sorted(texts)
    ]
    of_cases = people.codes(codes.guids) if cases_as_codes else []
    listed = [xml for xml in [markup.some("Codes", [one.xml() for one in [*codes.trees, *of_cases, *trees]])] if xml]
    inside = [
        markup.some(
            "Users",
            refi_people.users(
                coded_by | about.authors | {decision.who for decision in decisions}, study_name=study_name
            ),
        ),
        markup.some("CodeBook", listed),
        markup.some("Variables", people.variables(about.of_attributes)),
        markup.some("Cases", people.cases(sources, about.of_cases)),
        markup.some("Sources", written),
        markup.some("Notes", [note.xml for note in [*notes, *about.notes]]),
        markup.some("Sets", refi_notes.sets(tables, codes, nodes, sources, notes, study_name=study_name)),
        markup.text("Description", _about(offsets)),
        *about.of_project,
    ]
    attributes = {"xmlns": refi.PROJECT, "name": study_name, "origin": refi.ORIGIN}
    attributes["creatingUserGUID"] = coders.MODEL_GUID
    xml = (markup.HEAD + markup.element("Project", attributes, *inside)).encode()
    files = {f"sources/{guid}.txt": texts[document].encode() for document, guid in sources.items()}
    files |= {note.path: note.text for note in [*notes, *about.notes]}
    refi_check.check(xml, files, units=offsets)
    return markup.archive({"project.qde": xml, **dict(sorted(files.items()))})


def source_names(documents: Iterable[str]) -> dict[str, str]:
    """Return each document's name in other programs: its file name, or its path if file names are not unique."""
    short = {str(document): PurePosixPath(str(document)).name for document in documents}
    shared = Counter(name.casefold() for name in short.values())
    return {document: name if shared[name.casefold()] == 1 else document for document, name in sorted(short.items())}


def _source(
    source: tuple[str, str, str],
    applied: list[_Applied],
    people: refi_people.People,
    about: refi_memos.Memos,
    *,
    form: tuple[Offsets, bool],
) -> str:
    """Return a text as XML, with its selections, annotations, speakers, memos and source type.

    `source`: its name in other programs, its document and its text. `form`: the unit of positions, and whether cases
    are codes too.
    """
    name, document, text = source
    offsets, cases_as_codes = form
    guid = refi.guid(people.study, "source", document)
    place = _places(text, offsets)
    selections = [
        _selection(people.study, document, text, application, place) for application in sorted(applied, key=_order)
    ]
    selections += [
        refi_memos.annotation(people.study, document, text, memo, place) for memo in about.annotations[document]
    ]
    spoken = people.belonging(document, len(text)) if cases_as_codes else people.spoken(document)
    coded = cases_as_codes
    selections += [_turn(people, (document, text), one, place, coded=coded) for one in dict.fromkeys(spoken)]
    attributes = {
        "guid": guid,
        "name": name,
        "plainTextPath": f"internal://{guid}.txt",
        "creatingUser": coders.MODEL_GUID,
    }
    said = [people.description(document), *about.of_documents[document]]
    description = markup.text("Description", "\n".join(said))
    return markup.element("TextSource", attributes, description, *selections, people.source_values(document))


def _by_people(codings: pd.DataFrame, guids: Mapping[str, str]) -> dict[str, list[_Applied]]:
    """Return human codings by document; codes with the same coder, span, memo and date form one selection."""
    groups: dict[tuple[Any, ...], set[str]] = defaultdict(set)
    for row in table_rows.each(codings):
        groups[row.document, row.start, row.end, row.coder, row.memo, row.date].add(guids[str(row.code)])
    by_document: dict[str, list[_Applied]] = defaultdict(list)
    for (document, start, end, coder, memo, date), codes in groups.items():
        by_document[document].append(_Applied(start, end, coder, memo, date, tuple(sorted(codes))))
    return by_document


def _by_pipeline(
    tables: Mapping[str, pd.DataFrame], guids: Mapping[str, str], nodes: Mapping[int, code_tree.Node]
) -> dict[str, list[_Applied]]:
    """Return the pipeline's codes and themes by document: one selection per segment, with scores in its description."""
    method, scores = _scores(tables["code_assignments"], set(guids))
    in_theme = {str(row.segment_id): row for row in table_rows.each(tables["theme_assignments"])}
    by_document: dict[str, list[_Applied]] = defaultdict(list)
    for segment in table_rows.each(tables["segments"]):
        codes = scores.get(str(segment.segment_id), [])
        applied = [guids[code] for code, _ in codes]
        listed = "; ".join(f"{code} {score:.2f}" for code, score in codes)
        lines = [f"{refi.CANDIDATE[0]}{method}; {SCORES.get(method, SCORED)}): {listed}"] if codes else []
        theme = in_theme.get(str(segment.segment_id))
        if theme is not None and theme.theme_id in nodes:
            lines.append(f"{refi.CANDIDATE[1]}{nodes[theme.theme_id].name} (strength {theme.strength:.2f} of 1)")
            applied += [nodes[number].guid for number in (theme.theme_id, theme.subtheme_id) if number in nodes]
        if applied:
            application = _Applied(segment.start, segment.end, coders.MODEL, "\n".join(lines), "", tuple(applied))
            by_document[str(segment.document)].append(application)
    return by_document


def _scores(assigned: pd.DataFrame, codes: set[str]) -> tuple[str, dict[str, list[tuple[str, float]]]]:
    """Return the primary method, and each segment's assigned codes with scores, sorted by code name."""
    method = coders.primary(assigned["method"])
    given = assigned[assigned["accepted"] & (assigned["method"] == method) & assigned["code"].isin(sorted(codes))]
    by_segment: dict[str, list[tuple[str, float]]] = defaultdict(list)
    for row in table_rows.each(given.sort_values(["segment_id", "code"])):
        by_segment[str(row.segment_id)].append((str(row.code), float(row.score)))
    return method, by_segment


def _selection(
    study_name: str, document: str, text: str, application: _Applied, offset_of: Callable[[int], int]
) -> str:
    """Return a passage with one coder's codes as XML, named by its first words."""
    identity = (document, application.start, application.end, application.coder, application.memo, application.date)
    user = refi.user(study_name, application.coder)
    when = refi.moment(application.date)
    codings = [
        markup.element(
            "Coding",
            {"guid": refi.guid(study_name, "coding", *identity, code), "creatingUser": user, "creationDateTime": when},
            markup.element("CodeRef", {"targetGUID": code}),
        )
        for code in application.codes
    ]
    attributes = {
        "guid": refi.guid(study_name, "selection", *identity),
        "name": " ".join(text[application.start : application.end].split())[:NAME_LENGTH],
        "startPosition": offset_of(application.start),
        "endPosition": offset_of(application.end),
        "creatingUser": user,
        "creationDateTime": when or refi.UNDATED,
    }
    return markup.element("PlainTextSelection", attributes, markup.text("Description", application.memo), *codings)


def _turn(
    people: refi_people.People,
    source: tuple[str, str],
    turn: tuple[int, int, str],
    place: Callable[[int], int],
    *,
    coded: bool,
) -> str:
    """Return a turn in a focus group as a passage, which its case refers to; with the case's code if `coded`."""
    (document, text), (start, end, case) = source, turn
    attributes = {
        "guid": people.turn(document, start, end, case),
        "name": " ".join(text[start:end].split())[:NAME_LENGTH],
        "startPosition": place(start),
        "endPosition": place(end),
        "creationDateTime": refi.UNDATED,
    }
    coding = {"guid": refi.guid(people.study, "turn's coding", document, *turn), "creatingUser": coders.MODEL_GUID}
    reference = markup.element("CodeRef", {"targetGUID": people.code(case)})
    inside = markup.element("Coding", coding, reference) if coded else ""
    return markup.element("PlainTextSelection", attributes, markup.text("Description", refi.TURN + case), inside)


def _order(application: _Applied) -> tuple[Any, ...]:
    return (
        application.start,
        application.end,
        application.coder == coders.MODEL,
        application.coder,
        application.memo,
        application.date,
    )


def _places(text: str, offsets: Offsets) -> Callable[[int], int]:
    """Return a function from code points to the requested unit; in UTF-16, characters beyond U+FFFF count as two."""
    wide = [index for index, character in enumerate(text) if character > "\uffff"] if offsets == "utf16" else []
    return lambda index: index + bisect_left(wide, index)


def _about(offsets: Offsets) -> str:
    unit = "code points" if offsets == "codepoints" else "UTF-16 units"
    return (
        f"Codings by the user '{coders.MODEL}' are candidates proposed by a program; the score, and what it means, "
        f"is in the selection's description. {refi.counting(unit)} {refi.UNDATED[:10]} stands for an unknown date."
    )

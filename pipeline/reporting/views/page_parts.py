"""The report page: builds what its views show, renders the page and compares its texts with the documents."""

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd

from pipeline.core import params as settings
from pipeline.core.table_rows import each, groups, lookup
from pipeline.corpus import exchanges
from pipeline.decisions import page_data, states
from pipeline.reporting import checklist_facts, checklists, disclosure, drafted, method, prompting, quotes
from pipeline.reporting.report_tables import PROBLEMS, ReportData
from pipeline.reporting.views import (
    agreement_view,
    alternatives_view,
    fates_view,
    first_screen,
    framework_data,
    further_view,
    guide_view,
    mapping_view,
    memos_view,
    overview,
    page,
    passages,
    people_view,
    quality_data,
    reading_view,
    reflexivity_view,
    saturation_view,
    speakers_view,
    states_view,
    steady_view,
    theme_data,
    theme_view,
    trail_view,
    waiting_view,
)

NO_CODES = (
    "This study has no framework: codebook.yaml contains no codes. Add codes to compare the candidate themes with them "
    "and to see people by codes."
)
NOT_MAPPED = (
    "No text could be mapped to the codebook, so there is nothing to compare. Quality says what was left out and why."
)
# Settings that change no result and re-run no stage.
UNTOLD = {"study", "engine", "workers"}


def build_page(data: ReportData, params: settings.Params, models_used: Sequence[tuple[str, str, str]]) -> str:
    """The page as HTML; raises QuoteError if a text in it differs from its document's."""
    documents = data.tables["documents"]
    shown = _shown(data, params)
    screen = _screen(data, params)
    context = {
        "study": params.folder.name,
        "reflexive": params.stance == "reflexive",
        "models": models_used,
        "settings": method.settings(params.model_dump(mode="json", exclude=UNTOLD)),
        "versions": method.versions(data.records),
        "draft": _draft(data, params),
        "checklists": _checklists(data),
        "disclosure": disclosure.build(data, settings=params.model_dump(mode="json", exclude=UNTOLD)),
        "disclosure_source": disclosure.SOURCE,
        "reflexivity": reflexivity_view.build(data),
        "digests": sorted(lookup(documents, "document", "sha256").items()),
        "screen": screen,
        **shown,
    }
    html = page.render(context, data=_data(data, params, shown, screen), decide=_decide(data))
    quotes.verify_page(html, documents)
    return html


def _shown(data: ReportData, params: settings.Params) -> dict[str, Any]:
    """What the view modules make of the tables, for the template and for the script."""
    tables, codes = data.tables, data.codes
    reflexive = params.stance == "reflexive"
    ranked = states.ranked(tables["themes"])
    names = {row.theme_id: str(row.label) for row in each(ranked)}
    mapping = mapping_view.build(tables, codes=codes, quotes=data.quoted, reflexive=reflexive)
    return {
        "overview": overview.build(
            documents=tables["documents"],
            speakers=tables["speakers"],
            cases=tables["cases"],
            segments=tables["segments"],
            codings=tables["codings"],
            problems={name: tables[table] for name, table in PROBLEMS.items()},
        ),
        "speakers": speakers_view.build(tables),
        "themes_lead": theme_view.lead(tables["themes"], data.count),
        "imported": memos_view.build(tables["memos"], tables["imports"]),
        "guide": guide_view.build(
            tables["guide"], tables["theme_guide"], tables["themes"], n_used=int(tables["segments"].substantive.sum())
        ),
        "agreement": agreement_view.build(tables["agreement"], tables["theme_agreement"], codes),
        "contrasts": agreement_view.contrasts(tables["codings"]),
        "further": further_view.build(
            valence=tables["valence"],
            saturation=tables["saturation_verdict"],
            triangulation=tables["triangulation"],
            accepted=data.accepted,
            codes=codes,
        ),
        "steady": _steady(data, params),
        "mapping": mapping,
        "fates": fates_view.build(
            tables, accepted=data.accepted, codes=codes, names=names, quotes=data.quoted, reflexive=reflexive
        ),
        "cut": _cutter(data),
        "people": people_view.build(tables, codes=codes, names=names, reflexive=reflexive),
        "growth": saturation_view.build(tables["saturation"]),
        "growth_columns": saturation_view.COLUMNS,
        "waiting": waiting_view.build(tables, count=data.count, n_review=mapping.n_review),
        "unshown": states_view.unshown(tables["theme_states"]),
        "trail": trail_view.build(
            data.decisions,
            themes=tables["themes"],
            theme_states=tables["theme_states"],
            assignments=tables["theme_assignments"],
            quotes=data.quoted,
        ),
        "alternatives": alternatives_view.build(
            data.readings, themes=tables["themes"], theme_states=tables["theme_states"], decisions=data.decisions
        ),
        "reading": reading_view.build(
            tables["theme_assignments"], count=data.count, ledger=data.ledger, decisions=data.decisions
        ),
    }


def _cutter(data: ReportData) -> Callable[[quotes.Quote], str]:
    """For the template: where a part of a passage begins and ends in its document, in UTF-16 units; else nothing."""
    texts = lookup(data.tables["documents"], "document", "text")
    units = functools.cache(lambda document: quotes.utf16_offsets(texts[document]))

    def cut(quote: quotes.Quote) -> str:
        whole = data.quoted[quote.segment_id]
        if (quote.start, quote.end) == (whole.start, whole.end):
            return ""
        return f"{units(quote.document)[quote.start]}:{units(quote.document)[quote.end]}"

    return cut


def _steady(data: ReportData, params: settings.Params) -> steady_view.Steady:
    """How robust the themes are."""
    tables = data.tables
    return steady_view.build(
        themes=tables["themes"],
        count=data.count,
        stability=tables["theme_stability"],
        choice=tables["theme_choice"],
        dependence=tables["theme_dependence"],
        unassigned=tables["theme_unassigned"],
        notes=states_view.notes(tables["theme_assignments"], tables["theme_states"]),
        quotes=data.quoted,
        n_themes=params.themes.n_themes,
        reflexive=params.stance == "reflexive",
    )


def _screen(data: ReportData, params: settings.Params) -> dict[str, Any]:
    """The words of the first screen."""
    tables, reflexive = data.tables, params.stance == "reflexive"
    disputes = quality_data.disputes(tables["disagreements"], tables["segments"], data.quoted, _known_codes(data))
    return {
        "line": first_screen.study_line(tables),
        "found": first_screen.found(data.count),
        "since": first_screen.since(tables, data.decisions, data.count.waiting if data.count.touched else 0),
        "first": first_screen.read_first(tables, data.quoted, disputes),
        "careful": first_screen.careful(tables, reflexive=reflexive),
        "stability": first_screen.stability(tables),
        "reliable": "" if reflexive else first_screen.reliable_codes(tables["agreement"], most=4),
        "disputes": disputes,
    }


def _known_codes(data: ReportData) -> list[str]:
    """Every code that the pipeline or a person could have given, by name."""
    return [*data.codes, *sorted(set(data.tables["codings"].code))]


def _data(
    data: ReportData, params: settings.Params, shown: Mapping[str, Any], screen: Mapping[str, Any]
) -> dict[str, Any]:
    """The data of the page's script."""
    tables, codes, reflexive = data.tables, data.codes, params.stance == "reflexive"
    themes = theme_data.order_of(tables["themes"])
    people = passages.people(tables["cases"], tables["segments"])
    cards = theme_view.cards(themes=tables["themes"], theme_states=tables["theme_states"], quotes=data.quoted)
    notes = {
        "framework": shown["fates"].by_theme,
        "answers": shown["guide"].by_theme,
        "trail": shown["trail"].by_theme,
        "reading": shown["reading"].by_theme,
        "questions": {
            one.theme_id: [other.question for other in shown["waiting"].questions if other.theme_id == one.theme_id]
            for one in shown["waiting"].questions
        },
    }
    return {
        **_passages(data, themes),
        "study": params.folder.name,
        "reflexive": reflexive,
        "noFramework": NOT_MAPPED if len(data.book) else NO_CODES,
        "screen": {"first": screen["first"]},
        "themes": theme_data.build(
            cards,
            tables,
            quoted=data.quoted,
            codes=codes,
            steady=shown["steady"],
            notes=notes,
            readings=shown["alternatives"].by_theme,
        ),
        "framework": framework_data.build(
            tables,
            codes=codes,
            book=data.book,
            quoted=data.quoted,
            leanings=shown["further"].leanings,
            themes=themes,
        ),
        "matrix": framework_data.matrix(
            data.cells, tables=tables, codes=codes, quoted=data.quoted, people=people, written=data.summaries
        ),
        "guide": _guide(tables),
        "lines": quality_data.lines(tables["agreement"], codes, reflexive=reflexive),
        "disputes": screen["disputes"],
        "disputed": len(tables["disagreements"]),
        "quotesPerTheme": params.report.quotes_per_theme,
    }


def _guide(tables: Mapping[str, pd.DataFrame]) -> dict[str, Any]:
    """The questions of the guide, and which of them each turn asks: turns and numbers of questions, in pairs."""
    order = {name: number for number, name in enumerate(tables["guide"].guide_id)}
    place = {turn: number for number, turn in enumerate(quotes.in_order(tables["turns"]).turn_id)}
    asked = tables["prompts"][tables["prompts"].guide_id.isin(list(order))]
    pairs = [[place[row.prompt_id], order[row.guide_id]] for row in each(asked) if row.prompt_id in place]
    return {"questions": [str(text) for text in tables["guide"].question], "asked": sorted(pairs)}


def _passages(data: ReportData, themes: Sequence[int]) -> dict[str, Any]:
    """The texts, and what is said about every passage."""
    tables = data.tables
    assigned = tables["theme_assignments"]
    given = exchanges.codes_of_talk(tables["segments"], tables["codings"])
    known = _known_codes(data)
    mapped = frozenset(data.codes)
    differ = {
        row.segment_id: quality_data.who_differ(row.says, quality_data.codes_in(row.disputed, known), known, mapped)
        for row in each(tables["disagreements"])
    }
    marks = passages.Marks(
        theme_of=lookup(assigned, "segment_id", "theme_id"),
        strength_of=lookup(assigned, "segment_id", "strength"),
        left_out=states_view.left_out(assigned),
        codes_of=passages.codes_with_scores(data.accepted),
        people_of={
            str(segment): list(zip(rows.coder, rows.code, strict=True))
            for segment, rows in groups(given, "segment_id").items()
        },
        valence_of=lookup(tables["valence"], "segment_id", "valence"),
        differ=differ,
        asked_for=prompting.asked_for(tables),
    )
    return passages.build(
        documents=tables["documents"],
        turns=tables["turns"],
        cases=tables["cases"],
        segments=tables["segments"],
        embeddings=tables["embeddings"],
        places=tables["theme_map"],
        marks=marks,
        themes=themes,
        codes=data.codes,
    )


def _decide(data: ReportData) -> dict[str, Any]:
    """The data that the page's script needs for decisions."""
    return page_data.build(
        themes=data.tables["themes"],
        assignments=data.tables["theme_assignments"],
        segments=data.tables["segments"],
        questions=data.tables["theme_questions"],
        decisions=data.decisions,
        numbers={name: quote.number for name, quote in data.quoted.items()},
    )


def _draft(data: ReportData, params: settings.Params) -> method.Draft:
    """A draft methods section from what every stage recorded."""
    return drafted.draft(data, reflexive=params.stance == "reflexive")


def _checklists(data: ReportData) -> list[tuple[str, str, tuple[checklists.Item, ...]]]:
    """The reporting checklists: name, a sentence on how much is filled in, and the items."""
    facts = checklist_facts.facts(data)
    lists = (("COREQ", checklists.coreq(facts)), ("SRQR", checklists.srqr(facts)))
    return [(name, checklists.missing(items), items) for name, items in lists]

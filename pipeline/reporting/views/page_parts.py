"""The report page: builds every section from its view module, renders the page and verifies its quotes."""

from collections.abc import Sequence
from typing import Any

from pipeline.core import params as settings
from pipeline.core.table_rows import each, groups, lookup
from pipeline.decisions import page_data, states
from pipeline.reporting import checklist_facts, checklists, disclosure, drafted, method, quotes
from pipeline.reporting.report_tables import PROBLEMS, ReportData
from pipeline.reporting.views import (
    agreement_view,
    alternatives_view,
    fates_view,
    further_view,
    guide_view,
    map_view,
    mapping_view,
    matrix_view,
    memos_view,
    overview,
    page,
    people_view,
    reading_view,
    reflexivity_view,
    saturation_view,
    speakers_view,
    states_view,
    steady_view,
    theme_view,
    trail_view,
    waiting_view,
)

# Settings that change no result and re-run no stage.
UNTOLD = {"study", "engine", "workers"}


def build_page(data: ReportData, params: settings.Params, models_used: Sequence[tuple[str, str, str]]) -> str:
    """The page as HTML; raises QuoteError if a quote in it differs from its document's text."""
    documents = data.tables["documents"]
    context = {
        "study": params.folder.name,
        "reflexive": params.stance == "reflexive",
        "document_number": {name: number for number, name in enumerate(sorted(documents.document))},
        "models": models_used,
        "settings": method.settings(params.model_dump(mode="json", exclude=UNTOLD)),
        "versions": method.versions(data.records),
        "draft": _draft(data, params),
        "checklists": _checklists(data),
        "disclosure": disclosure.build(data, settings=params.model_dump(mode="json", exclude=UNTOLD)),
        "disclosure_source": disclosure.SOURCE,
        "reflexivity": reflexivity_view.build(data),
        "digests": sorted(lookup(documents, "document", "sha256").items()),
        **_shown(data, params),
        **_argued(data, params),
    }
    html = page.render(context, data=_data(data), decide=_decide(data))
    quotes.verify_page(html, documents)
    return html


def _shown(data: ReportData, params: settings.Params) -> dict[str, Any]:
    """The sections that show results."""
    tables, codes = data.tables, data.codes
    segments, themes = tables["segments"], tables["themes"]
    used = int(segments.substantive.sum())
    reflexive = params.stance == "reflexive"
    return {
        "overview": overview.build(
            documents=tables["documents"],
            cases=tables["cases"],
            segments=segments,
            codings=tables["codings"],
            problems={name: tables[table] for name, table in PROBLEMS.items()},
        ),
        "speakers": speakers_view.build(tables),
        "imported": memos_view.build(tables["memos"], tables["imports"]),
        "themes_lead": theme_view.lead(themes, data.count),
        "cards": theme_view.cards(
            themes=themes,
            theme_states=tables["theme_states"],
            theme_quotes=tables["theme_quotes"],
            theme_attributes=tables["theme_attributes"],
            quotes=data.quoted,
            n_used=used,
            per_theme=params.report.quotes_per_theme,
        ),
        "guide": guide_view.build(tables["guide"], tables["theme_guide"], themes, n_used=used),
        "map": map_view.build(
            places=tables["theme_map"],
            assignments=tables["theme_assignments"],
            theme_ids=states.ranked(themes).theme_id.to_list(),
            quotes=data.quoted,
        ),
        "grids": [
            theme_grid
            for table in (tables["theme_code"], tables["theme_human_code"])
            for coder in sorted(set(table.coder))
            if (
                theme_grid := theme_view.grid(
                    themes=themes, crossed=table, coder=coder, codes=codes, counts_only=reflexive
                )
            )
        ],
        "matrix": matrix_view.build(
            data.cells,
            codes=codes,
            book=data.book,
            quotes=data.quoted,
            questions=lookup(tables["turns"], "turn_id", "text"),
            about=quotes.described(tables["cases"]),
            people=page.people(tables["cases"], segments),
            documents=sorted(tables["documents"].document),
            written=data.summaries,
        ),
        "agreement": agreement_view.build(tables["agreement"], tables["theme_agreement"], codes),
        "contrasts": agreement_view.contrasts(tables["codings"]),
        "further": further_view.build(
            valence=tables["valence"],
            disagreements=tables["disagreements"],
            saturation=tables["saturation_verdict"],
            triangulation=tables["triangulation"],
            accepted=data.accepted,
            codes=codes,
            quotes=data.quoted,
        ),
    }


def _argued(data: ReportData, params: settings.Params) -> dict[str, Any]:
    """The sections on how robust the results are, and on what is left to decide."""
    tables, reflexive = data.tables, params.stance == "reflexive"
    ranked = states.ranked(tables["themes"])
    names = {row.theme_id: f"T{row.number} {row.label}" for row in each(ranked)}
    mapping = mapping_view.build(tables, codes=data.codes, quotes=data.quoted, reflexive=reflexive)
    return {
        "steady": steady_view.build(
            themes=tables["themes"],
            count=data.count,
            stability=tables["theme_stability"],
            choice=tables["theme_choice"],
            dependence=tables["theme_dependence"],
            unassigned=tables["theme_unassigned"],
            notes=states_view.notes(tables["theme_assignments"], tables["theme_states"]),
            quotes=data.quoted,
            n_themes=params.themes.n_themes,
            reflexive=reflexive,
        ),
        "mapping": mapping,
        "fates": fates_view.build(
            tables,
            accepted=data.accepted,
            codes=data.codes,
            names=names,
            quotes=data.quoted,
            reflexive=reflexive,
        ),
        "people": people_view.build(tables, codes=data.codes, names=names, reflexive=reflexive),
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


def _data(data: ReportData) -> dict[str, Any]:
    """The data that the page's script searches and opens."""
    tables = data.tables
    ranked = states.ranked(tables["themes"])
    return page.explore_data(
        documents=tables["documents"],
        turns=tables["turns"],
        cases=tables["cases"],
        segments=tables["segments"],
        theme_of=lookup(tables["theme_assignments"], "segment_id", "theme_id"),
        left_out=states_view.left_out(tables["theme_assignments"]),
        themes=list(lookup(ranked, "theme_id", "label").items()),
        codes_of={segment: group.code.to_list() for segment, group in groups(data.accepted, "segment_id").items()},
        codes=data.codes,
        valence_of=lookup(tables["valence"], "segment_id", "valence"),
    )


def _decide(data: ReportData) -> dict[str, Any]:
    """The data that the page's script needs for decisions."""
    return page_data.build(
        themes=data.tables["themes"],
        assignments=data.tables["theme_assignments"],
        segments=data.tables["segments"],
        questions=data.tables["theme_questions"],
        decisions=data.decisions,
    )


def _draft(data: ReportData, params: settings.Params) -> method.Draft:
    """A draft methods section from what every stage recorded."""
    return drafted.draft(data, reflexive=params.stance == "reflexive")


def _checklists(data: ReportData) -> list[tuple[str, str, tuple[checklists.Item, ...]]]:
    """The reporting checklists: name, a sentence on how much is filled in, and the items."""
    facts = checklist_facts.facts(data)
    lists = (("COREQ", checklists.coreq(facts)), ("SRQR", checklists.srqr(facts)))
    return [(name, checklists.missing(items), items) for name, items in lists]

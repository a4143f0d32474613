"""The last stage: the page a researcher opens, the workbook, the framework matrix and the metrics.

Every quote is compared with its document, letter for letter, in the finished page: one that is not verbatim fails the
build.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from pipeline import (
    agreement_view,
    asked,
    checklists,
    decide_view,
    decisions,
    fates_view,
    further_view,
    map_view,
    mapping_view,
    matrix,
    matrix_view,
    method,
    metrics,
    models,
    overview,
    page,
    people_view,
    projection,
    quotes,
    saturation_view,
    stage,
    steady_view,
    store,
    theme_view,
    waiting_view,
    written,
)
from pipeline import codebook as codebooks
from pipeline import params as settings
from pipeline.exchange import qdpx, xlsx
from pipeline.rows import each, groups, lookup

PROBLEMS = {
    "ingest": "ingest_problems",
    "segment": "segment_problems",
    "themes": "themes_problems",
    "map_codes": "map_codes_problems",
    "compare": "compare_problems",
}


@dataclass(frozen=True)
class Study:
    """Everything the report shows: the tables by name, the codebook, and what is worked out from them once.

    `accepted`: the candidate codes of segments (segment_id, code, score); `codes`: those that were mapped, in the order
    of the codebook; `cells`: the framework matrix; `quoted`: every segment as a quote; `taken`: people's decisions;
    `said`: what people wrote in cells of the matrix.
    """

    tables: Mapping[str, pd.DataFrame]
    book: codebooks.Codebook
    accepted: pd.DataFrame
    codes: tuple[str, ...]
    cells: tuple[matrix.Cell, ...]
    quoted: Mapping[str, quotes.Quote]
    taken: Sequence[decisions.Decision] = ()
    said: Mapping[tuple[str, str], written.Summary] = field(default_factory=dict)


def gather(
    tables: Mapping[str, pd.DataFrame],
    book: codebooks.Codebook,
    taken: Sequence[decisions.Decision] = (),
    said: Sequence[written.Summary] = (),
) -> Study:
    """Work out what page, workbook and metrics share; raises QuoteError where a segment is not verbatim."""
    segments, assigned = tables["segments"], tables["code_assignments"]
    accepted = accepted_codes(assigned)
    mapped = set(assigned.code)
    codes = tuple(code for code in book.names if code in mapped)
    known = {code: book[code] for code in codes}
    questions = asked.asked(turns=tables["turns"], rows=matrix.rows_of(segments), codes=known)
    cells = matrix.cells(segments=segments, accepted=accepted, codes=codes, asked=questions)
    quoted = quotes.collect(
        documents=tables["documents"], turns=tables["turns"], cases=tables["cases"], segments=segments
    )
    return Study(tables, book, accepted, codes, tuple(cells), quoted, tuple(taken), written.standing(said))


def accepted_codes(code_assignments: pd.DataFrame) -> pd.DataFrame:
    """The candidate codes of each segment by the primary method (columns segment_id, code, score), each once."""
    method = metrics.primary(code_assignments)
    given = method[method.accepted]
    best = given.sort_values(["segment_id", "code", "score"], ascending=[True, True, False])
    return best.drop_duplicates(["segment_id", "code"])[["segment_id", "code", "score"]].reset_index(drop=True)


def build_page(study: Study, params: settings.Params, models_used: Sequence[tuple[str, str, str]]) -> str:
    """The whole page; raises QuoteError where a quote in it is not what its document says."""
    documents = study.tables["documents"]
    context = {
        "study": params.folder.name,
        "reflexive": params.stance == "reflexive",
        "document_number": {name: number for number, name in enumerate(sorted(documents.document))},
        "models": models_used,
        "settings": method.settings(params.model_dump(mode="json", exclude={"study"})),
        "versions": method.versions(),
        "draft": _draft(study, params),
        "checklists": _checklists(study),
        "digests": sorted(lookup(documents, "document", "sha256").items()),
        **_shown(study, params),
        **_argued(study, params),
    }
    html = page.render(context, data=_data(study), decide=_decide(study))
    quotes.verify_page(html, documents)
    return html


def _shown(study: Study, params: settings.Params) -> dict[str, Any]:
    """The parts of the page that come from the tables."""
    tables, codes = study.tables, study.codes
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
        "themes_lead": theme_view.lead(themes, tables["theme_assignments"], n_used=used),
        "cards": theme_view.cards(
            themes=themes,
            theme_quotes=tables["theme_quotes"],
            theme_attributes=tables["theme_attributes"],
            quotes=study.quoted,
            n_used=used,
            per_theme=params.report.quotes_per_theme,
        ),
        "map": map_view.build(
            places=projection.places(
                segments, tables["embeddings"], neighbours=params.themes.context, decay=params.themes.context_decay
            ),
            assignments=tables["theme_assignments"],
            theme_ids=theme_view.ranked(themes).theme_id.to_list(),
            quotes=study.quoted,
        ),
        "grids": [
            made
            for table in (tables["theme_code"], tables["theme_human_code"])
            for coder in sorted(set(table.coder))
            if (made := theme_view.grid(themes=themes, crossed=table, coder=coder, codes=codes, counts_only=reflexive))
        ],
        "matrix": matrix_view.build(
            study.cells,
            codes=codes,
            book=study.book,
            quotes=study.quoted,
            questions=lookup(tables["turns"], "turn_id", "text"),
            about=quotes.described(tables["cases"]),
            people=page.people(tables["cases"], segments),
            documents=sorted(tables["documents"].document),
            written=study.said,
        ),
        "agreement": agreement_view.build(tables["agreement"], tables["theme_agreement"], codes),
        "contrasts": agreement_view.contrasts(tables["codings"]),
        "further": further_view.build(
            valence=tables["valence"],
            disagreements=tables["disagreements"],
            saturation=tables["saturation_verdict"],
            triangulation=tables["triangulation"],
            accepted=study.accepted,
            codes=codes,
            quotes=study.quoted,
        ),
    }


def _argued(study: Study, params: settings.Params) -> dict[str, Any]:
    """The parts of the page that say how far the others can be leaned on, and what waits for people."""
    tables, reflexive = study.tables, params.stance == "reflexive"
    ranked = theme_view.ranked(tables["themes"])
    names = {row.theme_id: f"T{row.number} {row.label}" for row in each(ranked)}
    mapping = mapping_view.build(tables, codes=study.codes, quotes=study.quoted, reflexive=reflexive)
    return {
        "steady": steady_view.build(
            themes=tables["themes"],
            stability=tables["theme_stability"],
            choice=tables["theme_choice"],
            dependence=tables["theme_dependence"],
            unassigned=tables["theme_unassigned"],
            quotes=study.quoted,
            n_themes=params.themes.n_themes,
            reflexive=reflexive,
        ),
        "mapping": mapping,
        "fates": fates_view.build(
            tables,
            accepted=study.accepted,
            codes=study.codes,
            names=names,
            quotes=study.quoted,
            reflexive=reflexive,
        ),
        "people": people_view.build(tables, codes=study.codes, names=names, reflexive=reflexive),
        "growth": saturation_view.build(tables["saturation"]),
        "growth_columns": saturation_view.COLUMNS,
        "waiting": waiting_view.build(tables, n_review=mapping.n_review),
    }


def _data(study: Study) -> dict[str, Any]:
    """What the page's script searches and opens."""
    tables = study.tables
    ranked = theme_view.ranked(tables["themes"])
    return page.explore_data(
        documents=tables["documents"],
        turns=tables["turns"],
        cases=tables["cases"],
        segments=tables["segments"],
        theme_of=lookup(tables["theme_assignments"], "segment_id", "theme_id"),
        themes=list(lookup(ranked, "theme_id", "label").items()),
        codes_of={segment: group.code.to_list() for segment, group in groups(study.accepted, "segment_id").items()},
        codes=study.codes,
        valence_of=lookup(tables["valence"], "segment_id", "valence"),
    )


def _decide(study: Study) -> dict[str, Any]:
    """What the page's script needs for deciding."""
    return decide_view.build(
        themes=study.tables["themes"],
        assignments=study.tables["theme_assignments"],
        segments=study.tables["segments"],
        questions=study.tables["theme_questions"],
        taken=study.taken,
    )


def _draft(study: Study, params: settings.Params) -> tuple[str, ...]:
    """The first sentences of a methods section."""
    return method.draft(
        sources=overview.sources_in_words(study.tables["documents"]),
        n_segments=int(study.tables["segments"].substantive.sum()),
        n_themes=int((study.tables["themes"].level == 1).sum()),
        n_codes=len(study.codes),
        coders=sorted(set(study.tables["codings"].coder)),
        params=params.model_dump(),
    )


def _checklists(study: Study) -> list[tuple[str, str, tuple[checklists.Item, ...]]]:
    """The reporting checklists: name, how much of each is filled, and the items."""
    tables = study.tables
    first = tables["themes"][tables["themes"].level == 1]
    installed = dict(method.versions())
    named = ("counterpoint", "bertopic", "sentence-transformers", "spacy")
    facts = checklists.Facts(
        sources=overview.sources_in_words(tables["documents"]),
        n_field_notes=int((tables["documents"].source_type == "field_note").sum()),
        n_cases=len(tables["cases"]),
        attributes=[str(name) for name in tables["cases"].columns if name != "case"],
        n_segments=int(tables["segments"].substantive.sum()),
        n_codes=len(study.codes),
        coders=sorted(set(tables["codings"].coder)),
        n_themes=len(first),
        n_accepted=int((first.status == "accepted").sum()),
        n_decisions=len(decisions.standing(study.taken)),
        deciders=sorted({one.who for one in study.taken}),
        saturation=not tables["saturation_verdict"].empty,
        software=", ".join(f"{name} {installed[name]}" for name in named) + ".",
    )
    lists = (("COREQ", checklists.coreq(facts)), ("SRQR", checklists.srqr(facts)))
    return [(name, checklists.missing(items), items) for name, items in lists]


def fingerprints(params: settings.Params) -> list[tuple[str, str, str]]:
    """The models of the run: name, what it is for, and the sha256 of its files."""
    vectors = models.find(params.embed.model, kind="sentence-transformers", revision=params.embed.revision)
    sentences = models.find(params.segment.model, kind="spacy")
    return [
        (Path(params.embed.model).name, "vectors of segments", vectors.fingerprint),
        (Path(params.segment.model).name, "sentences", sentences.fingerprint),
    ]


def write_out(out: Path, study: Study, *, html: str, reflexive: bool) -> None:
    """Write the files of the report folder: page, workbook, metrics, plot."""
    tables = study.tables
    (out / "plots").mkdir(parents=True, exist_ok=True)
    (out / "index.html").write_text(html, encoding="utf-8", newline="\n")
    xlsx.write_matrix(
        out / "framework_matrix.xlsx",
        cells=study.cells,
        codes=study.codes,
        quotes=study.quoted,
        attributes=xlsx.attributes_of(tables["cases"]),
        themes=theme_view.ranked(tables["themes"]),
        said=study.said,
    )
    problems = pd.concat([tables[table] for table in PROBLEMS.values()])
    numbers = metrics.build(tables, problems=problems, cells=study.cells, reflexive=reflexive)
    (out / "metrics.json").write_text(json.dumps(numbers, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    (out / "plots" / "theme_sizes.csv").write_text(metrics.theme_sizes(tables["themes"]), encoding="utf-8")


def read(folder: Path) -> dict[str, pd.DataFrame]:
    """Every table the report shows, by name."""
    return {
        "documents": store.read(folder, "documents"),
        "turns": store.read(folder, "turns"),
        "cases": store.read(folder, "cases"),
        "codings": store.read(folder, "codings"),
        "segments": store.read(folder, "segments"),
        "embeddings": store.read(folder, "embeddings"),
        "themes": store.read(folder, "themes"),
        "theme_questions": store.read(folder, "theme_questions"),
        "theme_news": store.read(folder, "theme_news"),
        "theme_stability": store.read(folder, "theme_stability"),
        "theme_choice": store.read(folder, "theme_choice"),
        "theme_dependence": store.read(folder, "theme_dependence"),
        "theme_unassigned": store.read(folder, "theme_unassigned"),
        "theme_assignments": store.read(folder, "theme_assignments"),
        "theme_quotes": store.read(folder, "theme_quotes"),
        "theme_attributes": store.read(folder, "theme_attributes"),
        "code_assignments": store.read(folder, "code_assignments"),
        "valence": store.read(folder, "valence"),
        "segment_codes": store.read(folder, "segment_codes"),
        "mapping_quality": store.read(folder, "mapping_quality"),
        "code_reliability": store.read(folder, "code_reliability"),
        "code_themes": store.read(folder, "code_themes"),
        "theme_code_quotes": store.read(folder, "theme_code_quotes"),
        "negative_cases": store.read(folder, "negative_cases"),
        "theme_code": store.read(folder, "theme_code"),
        "agreement": store.read(folder, "agreement"),
        "agreement_of_all": store.read(folder, "agreement_of_all"),
        "agreement_by_attribute": store.read(folder, "agreement_by_attribute"),
        "missed": store.read(folder, "missed"),
        "code_recovery": store.read(folder, "code_recovery"),
        "theme_mapping": store.read(folder, "theme_mapping"),
        "saturation": store.read(folder, "saturation"),
        "theme_agreement": store.read(folder, "theme_agreement"),
        "theme_human_code": store.read(folder, "theme_human_code"),
        "disagreements": store.read(folder, "disagreements"),
        "saturation_verdict": store.read(folder, "saturation_verdict"),
        "triangulation": store.read(folder, "triangulation"),
        **{table: store.read(folder, table) for table in PROBLEMS.values()},
    }


def main() -> None:
    """Read every table of the study; write the framework matrix and the report."""
    with stage.opened("report") as params:
        taken = decisions.load(params.folder / "decisions.yaml")
        said = written.load(params.folder / "summaries.yaml")
        study = gather(read(params.folder), codebooks.load(params.folder / "codebook.yaml"), taken, said)
        html = build_page(study, params, fingerprints(params))
        store.write(params.folder, "framework_matrix", matrix.table(study.cells))
        write_out(params.folder / "report", study, html=html, reflexive=params.stance == "reflexive")
        coded = qdpx.project(study.tables, codebook=study.book, decisions=taken, study=params.folder.name)
        (params.folder / "report" / "coded.qdpx").write_bytes(coded)


if __name__ == "__main__":
    main()

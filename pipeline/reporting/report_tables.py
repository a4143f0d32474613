"""The tables behind the report, and the results that page, workbook and metrics share."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from pipeline.core.stage_record import Record
from pipeline.decisions import alternative_readings, before_themes, outcomes, reading_ledger, reflexivity
from pipeline.decisions.ledger import Decision
from pipeline.decisions.states import Count, counted
from pipeline.deductive import codebook
from pipeline.reporting import asked_about, matrix, method, metrics, quotes, written_summaries

PROBLEMS = {
    "ingest": "ingest_problems",
    "segment": "segment_problems",
    "themes": "themes_problems",
    "map_codes": "map_codes_problems",
    "compare": "compare_problems",
}


@dataclass(frozen=True)
class ReportData:
    """Everything the report shows: the tables by name, the codebook, and shared results.

    `accepted`: the candidate codes of segments (segment_id, code, score); `codes`: those that were mapped, in the order
    of the codebook; `cells`: the framework matrix; `quoted`: every segment as a quote; `decisions`: people's decisions;
    `count`: how many themes there are of each state;
    `summaries`: what people wrote in cells of the matrix; `ledger`: what people have read;
    `readings`: how others read the themes; `statements`: what the researchers say of themselves; `notes`: what people
    noted before themes were shown to them.
    """

    tables: Mapping[str, pd.DataFrame]
    book: codebook.Codebook
    accepted: pd.DataFrame
    codes: tuple[str, ...]
    cells: tuple[matrix.Cell, ...]
    quoted: Mapping[str, quotes.Quote]
    count: Count
    decisions: Sequence[Decision] = ()
    summaries: Mapping[tuple[str, str], written_summaries.Summary] = field(default_factory=dict)
    ledger: Sequence[reading_ledger.Read] = ()
    readings: Sequence[alternative_readings.Reading] = ()
    statements: Sequence[reflexivity.Statement] = ()
    notes: Sequence[before_themes.Note] = ()

    @property
    def outcomes(self) -> outcomes.Outcomes:
        """What became of the candidate themes in people's hands."""
        return outcomes.count(self.decisions, self.tables["theme_states"], found=self.count.found)

    @property
    def readers(self) -> list[before_themes.Reader]:
        """What each person read before and after themes were shown to them."""
        return before_themes.readers(self.ledger, self.notes, self.tables["theme_assignments"].segment_id)

    @property
    def records(self) -> dict[str, Record]:
        """The record of each stage."""
        return method.records(self.tables)


def gather(
    tables: Mapping[str, pd.DataFrame],
    book: codebook.Codebook,
    decisions: Sequence[Decision] = (),
    summaries: Sequence[written_summaries.Summary] = (),
    *,
    ledger: Sequence[reading_ledger.Read] = (),
    readings: Sequence[alternative_readings.Reading] = (),
    statements: Sequence[reflexivity.Statement] = (),
    notes: Sequence[before_themes.Note] = (),
) -> ReportData:
    """Compute what page, workbook and metrics share; raise QuoteError if a segment is not verbatim."""
    segments, assigned = tables["segments"], tables["code_assignments"]
    accepted = accepted_codes(assigned)
    mapped = set(assigned.code)
    codes = tuple(code for code in book.names if code in mapped)
    mapped_codes = {code: book[code] for code in codes}
    questions = asked_about.asked(
        tables["prompts"], tables["guide"], cases=matrix.rows_of(segments), codes=mapped_codes
    )
    unread = matrix.unread(segments, mapped_ids=set(assigned.segment_id))
    cells = matrix.cells(
        segments=segments,
        accepted=matrix.content(segments=segments, codings=tables["codings"], candidates=accepted, book=book),
        codes=codes,
        asked=questions,
        unread=unread,
        texts=dict(zip(tables["documents"].document, tables["documents"].text, strict=True)),
    )
    quoted = quotes.collect(
        documents=tables["documents"], turns=tables["turns"], cases=tables["cases"], segments=segments
    )
    return ReportData(
        tables=tables,
        book=book,
        accepted=accepted,
        codes=codes,
        cells=tuple(cells),
        quoted=quoted,
        count=counted(tables["theme_states"], tables["theme_assignments"]),
        decisions=tuple(decisions),
        summaries=written_summaries.standing(summaries),
        ledger=tuple(ledger),
        readings=tuple(readings),
        statements=tuple(statements),
        notes=tuple(notes),
    )


def accepted_codes(code_assignments: pd.DataFrame) -> pd.DataFrame:
    """Return the candidate codes of each segment by the primary method (segment_id, code, score), each once."""
    method = metrics.primary(code_assignments)
    given = method[method.accepted]
    best = given.sort_values(["segment_id", "code", "score"], ascending=[True, True, False])
    return best.drop_duplicates(["segment_id", "code"])[["segment_id", "code", "score"]].reset_index(drop=True)

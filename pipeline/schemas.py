"""The tables, one class each: its docstring says what one row is, its fields what they hold and in which unit.

`start` and `end` are code points into `documents.text`, end exclusive, and `text == document_text[start:end]` always.
Joins are by id, never by position.
"""

import pandera.pandas as pa
from pandera.typing.pandas import Series

UNASSIGNED = -1


class Table(pa.DataFrameModel):
    """What every table shares: no column beyond those named, types as named."""

    class Config:
        strict = True
        coerce = True
        ordered = True


class Documents(Table):
    """A source file that could be read. `document` is its path below transcripts/, with forward slashes."""

    document: Series[str] = pa.Field(unique=True)
    source_type: Series[str] = pa.Field(isin=["interview", "focus_group", "field_note", "document"])
    path: Series[str]
    sha256: Series[str]
    n_words: Series[int] = pa.Field(ge=0)
    text: Series[str]


class Turns(Table):
    """A speaker's turn, in the order of the talk. `time_s`: seconds from the start of the recording, where known."""

    document: Series[str]
    turn_id: Series[str] = pa.Field(unique=True)
    speaker: Series[str]
    case: Series[str]
    part: Series[str] = pa.Field(isin=["participant", "interviewer", "none"])
    start: Series[int] = pa.Field(ge=0)
    end: Series[int]
    time_s: Series[float] = pa.Field(nullable=True)
    text: Series[str]


class Cases(Table):
    """A participant; the columns beyond `case` are the attributes of participants.csv, as text."""

    case: Series[str] = pa.Field(unique=True)

    class Config:
        strict = False
        ordered = False


class Codings(Table):
    """A coder applied a code to a span."""

    document: Series[str]
    start: Series[int] = pa.Field(ge=0)
    end: Series[int]
    text: Series[str]
    code: Series[str]
    parent_code: Series[str]
    coder: Series[str]
    memo: Series[str]
    date: Series[str]


class Segments(Table):
    """A unit of analysis: whole sentences of one turn.

    `case`: empty where the speaker is no participant. `prompt_id`: the turn_id of the interviewer's turn it answers, or
    empty. `substantive`: a participant's (or an unattributed) segment that says something, so that it takes part in
    clustering and mapping; `set_aside`: why it does not ("interviewer", "backchannel", ...), or empty.
    """

    segment_id: Series[str] = pa.Field(unique=True)
    document: Series[str]
    case: Series[str]
    speaker: Series[str]
    part: Series[str] = pa.Field(isin=["participant", "interviewer", "none"])
    turn_id: Series[str]
    prompt_id: Series[str]
    start: Series[int] = pa.Field(ge=0)
    end: Series[int]
    time_s: Series[float] = pa.Field(nullable=True)
    n_words: Series[int] = pa.Field(ge=0)
    substantive: Series[bool]
    set_aside: Series[str]
    text: Series[str]


class Embeddings(Table):
    """A segment's vector: float32, unit length."""

    segment_id: Series[str] = pa.Field(unique=True)
    vector: Series[object]


class Problems(Table):
    """Something a stage could not process, had to guess, or wants known.

    `kind`: refused (left out), guessed (used, and may be wrong) or note. `place`: line, row or span, where known.
    `reason`: a sentence that says what is the matter and what to do.
    """

    kind: Series[str] = pa.Field(isin=["refused", "guessed", "note"])
    document: Series[str]
    place: Series[str]
    reason: Series[str]


class Themes(Table):
    """A candidate theme. Level 1 are themes, level 2 their sub-themes (`parent_id`: the theme, else -1)."""

    theme_id: Series[int] = pa.Field(unique=True, ge=0)
    parent_id: Series[int]
    level: Series[int] = pa.Field(isin=[1, 2])
    label: Series[str]
    keywords: Series[object]
    n_segments: Series[int] = pa.Field(ge=1)
    n_cases: Series[int] = pa.Field(ge=0)
    n_documents: Series[int] = pa.Field(ge=1)


class ThemeAssignments(Table):
    """A substantive segment's theme and sub-theme (-1: unassigned); `strength`: 0 to 1, how well it fits."""

    segment_id: Series[str] = pa.Field(unique=True)
    theme_id: Series[int]
    subtheme_id: Series[int]
    strength: Series[float]


class ThemeQuotes(Table):
    """A segment that shows a theme; `kind`: typical, diverse, borderline or contrasting; `rank`: 1 is read first."""

    theme_id: Series[int]
    kind: Series[str] = pa.Field(isin=["typical", "diverse", "borderline", "contrasting"])
    rank: Series[int] = pa.Field(ge=1)
    segment_id: Series[str]
    score: Series[float]


class ThemeAttributes(Table):
    """How much of a theme comes from the cases that share one value of an attribute (role: nurse)."""

    theme_id: Series[int]
    attribute: Series[str]
    value: Series[str]
    n_segments: Series[int]
    n_cases: Series[int]


class ThemeChoice(Table):
    """One point of the curve from which the number of themes was read."""

    n_themes: Series[int]
    score: Series[float] = pa.Field(nullable=True)
    chosen: Series[bool]


class CodeAssignments(Table):
    """A code on a segment, long form: every substantive segment against every code of the codebook."""

    segment_id: Series[str]
    code: Series[str]
    score: Series[float] = pa.Field(ge=0, le=1)
    accepted: Series[bool]
    method: Series[str] = pa.Field(isin=["zero_shot", "few_shot", "human"])


class ThemeCode(Table):
    """A theme against a code as one coder (or `pipeline`) applied it.

    `n_overlap`: segments in both; `overlap`: Jaccard index; `precision`: share of the theme that has the code;
    `recall`: share of the code that lies in the theme; `verdict`: in words.
    """

    theme_id: Series[int]
    code: Series[str]
    coder: Series[str]
    n_theme: Series[int]
    n_code: Series[int]
    n_overlap: Series[int]
    overlap: Series[float] = pa.Field(nullable=True)
    precision: Series[float] = pa.Field(nullable=True)
    recall: Series[float] = pa.Field(nullable=True)
    verdict: Series[str]


class Agreement(Table):
    """One code (or a category, or all pooled) and one pair of coders over the units both could have coded.

    `level`: code, category or pooled. `unit`: character, segment or turn. `low` and `high`: 95% interval of kappa.
    A coefficient that is undefined is missing, and `note` says why.
    """

    unit: Series[str] = pa.Field(isin=["character", "segment", "turn", "span"])
    level: Series[str] = pa.Field(isin=["code", "category", "pooled"])
    code: Series[str]
    coder_a: Series[str]
    coder_b: Series[str]
    n: Series[int]
    n_documents: Series[int]
    n_a: Series[int]
    n_b: Series[int]
    n_both: Series[int]
    prevalence: Series[float] = pa.Field(nullable=True)
    percent: Series[float] = pa.Field(nullable=True)
    kappa: Series[float] = pa.Field(nullable=True)
    low: Series[float] = pa.Field(nullable=True)
    high: Series[float] = pa.Field(nullable=True)
    alpha: Series[float] = pa.Field(nullable=True)
    ac1: Series[float] = pa.Field(nullable=True)
    f1: Series[float] = pa.Field(nullable=True)
    note: Series[str]


class ThemeAgreement(Table):
    """One measure (ami, ari, v_measure, homogeneity, completeness) of themes against a coder's codes or categories."""

    coder: Series[str]
    level: Series[str] = pa.Field(isin=["code", "category"])
    measure: Series[str]
    n: Series[int]
    value: Series[float] = pa.Field(nullable=True)
    low: Series[float] = pa.Field(nullable=True)
    high: Series[float] = pa.Field(nullable=True)
    note: Series[str]


class FrameworkMatrix(Table):
    """A case by a code: an extractive summary, the number of segments, and the segments it quotes."""

    case: Series[str]
    code: Series[str]
    summary: Series[str]
    n_segments: Series[int]
    excerpts: Series[object]

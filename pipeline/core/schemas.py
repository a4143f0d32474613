"""The tables, one class each: its docstring says what one row is, its fields what they hold and in which unit.

`start` and `end` are code points into `documents.text`, end exclusive, and `text == document_text[start:end]` always.
Joins are by id, never by position.
"""

from collections.abc import Iterable
from typing import Any

from pipeline.core import coders, lean, terms

# pandera asks once which kinds of frames there are, and loads Dask's where it is installed: most of a second a stage.
# Its checks come with ways to make up data, which load hypothesis: another fifth of a second.
with lean.without("dask", "geopandas", "hypothesis", "modin", "pyspark"):
    import pandera.pandas as pa
    from pandera import dtypes
    from pandera.engines import pandas_engine
    from pandera.typing import get_dataframe_types, get_index_types, get_series_types
    from pandera.typing.pandas import Series

    _ = get_dataframe_types(), get_index_types(), get_series_types()


@pandas_engine.Engine.register_dtype(equivalents=["str", str])
@dtypes.immutable(init=True)
class Text(pandas_engine.STRING):
    """Text. A column of pandas' own type for it holds nothing else: pandera's would look at every cell to say so."""

    def check(self, pandera_dtype: dtypes.DataType, data_container: Any | None = None) -> bool | Iterable[bool]:
        """Whether a column is of this type; of any other type, which of its cells are."""
        of_type = data_container is not None and data_container.dtype == self.type
        return of_type or super().check(pandera_dtype, data_container)


class Table(pa.DataFrameModel):
    """What every table shares: no column beyond those named, types as named."""

    class Config:
        strict = True
        coerce = True
        ordered = True


class Documents(Table):
    """A source file that could be read. `document` is its path below transcripts/, with forward slashes.

    `language`: what its participants speak (ISO 639-1: en, pt), or unknown; `language_share`: the share of its words in
    it, missing where it is unknown; `other_languages`: those it holds besides, most first, a space between them.
    """

    document: Series[str] = pa.Field(unique=True)
    source_type: Series[str] = pa.Field(isin=terms.SOURCE_TYPES)
    path: Series[str]
    sha256: Series[str]
    n_words: Series[int] = pa.Field(ge=0)
    language: Series[str]
    language_share: Series[float] = pa.Field(nullable=True, ge=0, le=1)
    other_languages: Series[str]
    text: Series[str]


class Turns(Table):
    """A speaker's turn, in the order of the talk.

    `time_s`: seconds from the start of the recording, where known. `place`: where it stands in the original (page 3,
    cues 12 to 14, row 7, paragraph 5), or empty where the original is only text.
    """

    document: Series[str]
    turn_id: Series[str] = pa.Field(unique=True)
    speaker: Series[str]
    case: Series[str]
    part: Series[str] = pa.Field(isin=terms.PARTS)
    start: Series[int] = pa.Field(ge=0)
    end: Series[int]
    time_s: Series[float] = pa.Field(nullable=True)
    place: Series[str]
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
    clustering and mapping; `set_aside`: why it does not ("interviewer", "backchannel", ...), or empty. `time_s` and
    `place`: its turn's. `language`: its document's; where that holds several, the one that it is most probably in.
    """

    segment_id: Series[str] = pa.Field(unique=True)
    document: Series[str]
    case: Series[str]
    speaker: Series[str]
    part: Series[str] = pa.Field(isin=terms.PARTS)
    turn_id: Series[str]
    prompt_id: Series[str]
    start: Series[int] = pa.Field(ge=0)
    end: Series[int]
    time_s: Series[float] = pa.Field(nullable=True)
    place: Series[str]
    n_words: Series[int] = pa.Field(ge=0)
    language: Series[str]
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


class Record(Table):
    """Something a stage did or was set to, from which the methods paragraph is written.

    `value`: text, or what is not text as JSON (12, true, ["a", "b"]).
    """

    key: Series[str] = pa.Field(unique=True)
    value: Series[str]


class Themes(Table):
    """A candidate theme. Level 1 are themes, level 2 their sub-themes (`parent_id`: the theme, else -1).

    `effective_cases`: how many cases it would be if all said equally much of it (inverse Simpson index); `main_case`
    says most of it, `main_case_share` of the segments. `prompt_id`, `prompt_text`: the question most of it answers,
    `prompt_share` of the segments; `unprompted_share`: the share that no question asked for in the theme's own words.
    `stability`: mean Jaccard index with its like when a share of the documents is left out, missing where not measured.
    `label_source`: words (from the segments' own words) or the name of the language model that wrote the label; empty
    where there is none but the name of a language.
    `passport`: all of this in a sentence. `language`: what most of its words are in, or unknown; of a theme in another
    language than English there are no keywords, no `unprompted_share`, and no label but one that people gave.
    `status`: accepted where the researchers accepted it, else candidate; `decided`: the ids of the decisions about it,
    in order, a space between them. `label_source` is people where they gave the label, or accepted it, and kept where
    the theme keeps it because something else was decided about it.
    """

    theme_id: Series[int] = pa.Field(unique=True, ge=0)
    parent_id: Series[int]
    level: Series[int] = pa.Field(isin=[1, 2])
    label: Series[str]
    keywords: Series[object]
    language: Series[str]
    n_segments: Series[int] = pa.Field(ge=1)
    n_cases: Series[int] = pa.Field(ge=0)
    n_documents: Series[int] = pa.Field(ge=1)
    effective_cases: Series[float] = pa.Field(nullable=True)
    main_case: Series[str]
    main_case_share: Series[float] = pa.Field(nullable=True)
    prompt_id: Series[str]
    prompt_text: Series[str]
    prompt_share: Series[float] = pa.Field(nullable=True)
    unprompted_share: Series[float] = pa.Field(nullable=True)
    stability: Series[float] = pa.Field(nullable=True)
    label_source: Series[str]
    passport: Series[str]
    status: Series[str] = pa.Field(isin=["candidate", "accepted"])
    decided: Series[str]


class ThemeQuestions(Table):
    """Something that shifted under a decision, for people to settle: nothing changes under a decision in silence.

    `kind`: joined (new talk came to it, or is left out with it where it is rejected), claimed (known talk now sits with
    it), contested (two decisions want the same segments), shifted, vanished, merged (the clusters see it otherwise),
    gone (segments left the study), empty, or lost (a decision is about no theme). `n_segments`: how many segments it is
    about. `settles`: what accepting the theme as it is (a rejected one: rejecting it again) must name as answered.
    """

    theme_id: Series[int]
    kind: Series[str] = pa.Field(
        isin=["joined", "claimed", "contested", "shifted", "vanished", "merged", "gone", "empty", "lost"]
    )
    n_segments: Series[int] = pa.Field(ge=0)
    sentence: Series[str]
    settles: Series[object]


class ThemeNews(Table):
    """What talk that came after a theme was accepted says of it.

    `verdict`: fits, stretches, silent (none of it belongs to the theme), untold (the theme rests on too few segments to
    say), or asks (it forms a candidate theme of its own, `candidate_id`, to which this accepted theme is nearest).
    `n_segments`, `n_documents`: the new talk meant; `candidate_id` is -1 but for asks.
    """

    theme_id: Series[int]
    verdict: Series[str] = pa.Field(isin=["fits", "stretches", "silent", "untold", "asks"])
    candidate_id: Series[int]
    n_segments: Series[int] = pa.Field(ge=0)
    n_documents: Series[int] = pa.Field(ge=1)
    sentence: Series[str]


class ThemeAssignments(Table):
    """A substantive segment's theme and sub-theme (-1: unassigned); `strength`: 0 to 1, how well it fits.

    `cluster_id`: the candidate that the clusters of the run put it in, before any decision (-1: none). `outside`: why
    it is in no theme, empty where it is in one: unlike (it fitted none), rejected (left out with the theme
    `rejected_id`, else -1), moved (people moved it out of every theme) or beside (it sits with a theme that was decided
    on without it, and with too few others for a theme of their own).
    """

    segment_id: Series[str] = pa.Field(unique=True)
    theme_id: Series[int]
    subtheme_id: Series[int]
    strength: Series[float]
    cluster_id: Series[int]
    outside: Series[str] = pa.Field(isin=["", *terms.OUTSIDE])
    rejected_id: Series[int]


class ThemeStates(Table):
    """A theme that there is, or that decisions speak of, and what has become of it.

    `label`: what it is called, or was last called. `state`: candidate, open (worked on, neither accepted nor rejected),
    accepted, rejected, merged (into the theme `into`, else -1) or empty (no segment is left); see
    pipeline/decisions/states.py.
    `split_from`: the theme it was split off, else -1. `n_segments`: in it now, or left out with it where it is
    rejected; `n_clusters`: how many clusters of the run continue it, 0 where it was not found again. `settled`: the id
    of the decision that made it what it is, with who took it (`settled_by`), on which day (`settled_on`) and both in
    words (`settled_as`); empty for a candidate.
    """

    theme_id: Series[int] = pa.Field(unique=True, ge=0)
    label: Series[str]
    state: Series[str] = pa.Field(isin=terms.THEME_STATES)
    into: Series[int]
    split_from: Series[int]
    n_segments: Series[int] = pa.Field(ge=0)
    n_clusters: Series[int] = pa.Field(ge=0)
    settled: Series[str]
    settled_by: Series[str]
    settled_on: Series[str]
    settled_as: Series[str]


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


class ThemeUnassigned(Table):
    """A substantive segment that is in no theme; `rank` 1 is the least like anything else, and is read first.

    `likeness`: mean cosine with the segments most like it.
    """

    rank: Series[int] = pa.Field(unique=True, ge=1)
    segment_id: Series[str] = pa.Field(unique=True)
    likeness: Series[float]


class ThemeMap(Table):
    """Where a substantive segment lies on the map, in the order of the talk; `x` and `y` are 0 to 1.

    Segments that are near each other there are alike; distances across the map mean little.
    """

    segment_id: Series[str] = pa.Field(unique=True)
    x: Series[float] = pa.Field(ge=0, le=1)
    y: Series[float] = pa.Field(ge=0, le=1)


class ThemeStability(Table):
    """A run without some documents: `agreement` is the adjusted Rand index with the full run, on the segments in both.

    `left_out`: the names of the documents.
    """

    run: Series[int] = pa.Field(unique=True, ge=1)
    left_out: Series[object]
    n_segments: Series[int]
    n_themes: Series[int]
    agreement: Series[float]


class ThemeDependence(Table):
    """What is left of a theme without one case, or without the cases that share a value of an attribute.

    `kind`: "case" or the attribute; `name`: the case or value; `share`: the share of the theme's segments it says;
    `jaccard`: how much of the rest is in the most like theme without it, as the runs that left it out tell, or where
    those are few the rest clustered anew; `remains`: at least half.
    """

    theme_id: Series[int]
    kind: Series[str]
    name: Series[str]
    share: Series[float]
    jaccard: Series[float]
    remains: Series[bool]


class ThemeChoice(Table):
    """One point of the curve from which the number of themes was read.

    `score`: mean adjusted Rand index of that many themes with the runs of the consensus, missing where there were none.
    """

    n_themes: Series[int]
    score: Series[float] = pa.Field(nullable=True)
    chosen: Series[bool]


class CodeAssignments(Table):
    """A code on a segment by one method, long form: every substantive segment against every code.

    `method`: zero_shot (by the codebook's words; codes of the codebook) or few_shot (by what people coded; also codes
    that only coders used), which is the study's primary one where it is there. `accepted`: given, by that method's own
    thresholds. `score`: few_shot, the calibrated probability of the code; zero_shot, a rank on a scale on which 0.5 is
    the threshold. A code with sub-codes scores as the best of itself and them, and is given itself where it fits and
    none of them does. Few-shot rows of a document come from a model that saw no coding of it (see segment_codes).
    """

    segment_id: Series[str]
    code: Series[str]
    score: Series[float] = pa.Field(ge=0, le=1)
    accepted: Series[bool]
    method: Series[str] = pa.Field(isin=[*coders.METHODS, "human"])


class SegmentCodes(Table):
    """What one method makes of a substantive segment as a whole.

    `status`: accepted (it has a code), uncertain (none, and one comes near: for review) or none (of these codes).
    `best_code`: the code most above its threshold, or nearest to it, with its score and threshold. `source`: what the
    prediction was made from: codebook, out of fold (coded documents without those of its own fold) or all coded
    documents (nobody coded this one). `fold`: the fold left out, -1 where none had to be. `review_rank`: 1 is reviewed
    first, 0 needs no review.
    """

    segment_id: Series[str]
    method: Series[str] = pa.Field(isin=list(coders.METHODS))
    status: Series[str] = pa.Field(isin=["accepted", "uncertain", "none"])
    n_codes: Series[int] = pa.Field(ge=0)
    best_code: Series[str]
    best_score: Series[float] = pa.Field(ge=0, le=1)
    threshold: Series[float] = pa.Field(ge=0, le=1)
    source: Series[str] = pa.Field(isin=["codebook", "out of fold", "all coded documents"])
    fold: Series[int] = pa.Field(ge=-1)
    review_rank: Series[int] = pa.Field(ge=0)


class MappingQuality(Table):
    """How one method does on one code, over the segments that people read; `code` "(all codes)" pools all.

    A code with sub-codes counts where it or any of them was given, except in the pooled row. `n_coded`: segments to
    which people gave it; `n_given`: to which the method did; `n_right`: both. `coverage`: share of segments with it (or
    with any code). `threshold`: mean over folds. `ece`: expected calibration error of the scores, 0 to 1; zero-shot
    scores are no probabilities and are not expected to do well by it.
    """

    method: Series[str] = pa.Field(isin=list(coders.METHODS))
    code: Series[str]
    n_segments: Series[int]
    n_coded: Series[int]
    n_given: Series[int]
    n_right: Series[int]
    coverage: Series[float] = pa.Field(nullable=True)
    precision: Series[float] = pa.Field(nullable=True)
    recall: Series[float] = pa.Field(nullable=True)
    f1: Series[float] = pa.Field(nullable=True)
    threshold: Series[float] = pa.Field(nullable=True)
    ece: Series[float] = pa.Field(nullable=True)


class CodeReliability(Table):
    """A bin of the reliability curve of one method: of `n` scores from `low` to `high`, `share` were right."""

    method: Series[str] = pa.Field(isin=list(coders.METHODS))
    low: Series[float]
    high: Series[float]
    n: Series[int]
    mean_score: Series[float]
    share: Series[float]


class Valence(Table):
    """How a segment to which a code was given speaks of it: as a facilitator, a barrier, both or neither.

    `score`: 0 to 1, how sure; `facilitator` and `barrier`: 0 to 1 each. `evidence_start`, `evidence_end`: the sentence
    that says it most, as code points into the document's text; equal where no sentence does. `method`: zero_shot
    (from wording alone) or few_shot (learned from codes that say it, other documents only).
    """

    segment_id: Series[str] = pa.Field(unique=True)
    valence: Series[str] = pa.Field(isin=terms.VALENCES)
    score: Series[float] = pa.Field(ge=0, le=1)
    facilitator: Series[float] = pa.Field(ge=0, le=1)
    barrier: Series[float] = pa.Field(ge=0, le=1)
    evidence_start: Series[int] = pa.Field(ge=0)
    evidence_end: Series[int] = pa.Field(ge=0)
    method: Series[str] = pa.Field(isin=list(coders.METHODS))


class NegativeCases(Table):
    """A segment to read against a code, by the study's primary method; `rank` 1 is read first.

    `kind`: near (nearest to the code of those that were not given it, nor a code above or below it) or contradicts
    (given the code, in a theme whose passages with this code mostly say the opposite). `theme_id`: that theme, else -1.
    """

    code: Series[str]
    kind: Series[str] = pa.Field(isin=["near", "contradicts"])
    rank: Series[int] = pa.Field(ge=1)
    segment_id: Series[str]
    score: Series[float] = pa.Field(ge=0, le=1)
    theme_id: Series[int]
    reason: Series[str]


class CodeThemes(Table):
    """What became of a code, as the pipeline gave it, in the candidate themes.

    `verdict`: recovered (a theme holds at least half of it and is at least half made of it), merged (a theme holds half
    of it, among other things), fragmented (no theme holds half, though it marks some), invisible (it marks none) or too
    few. `theme_id`: the theme that holds most of it, else -1, with `precision` (share of the theme that has the code)
    and `recall` (share of the code that is in the theme). `themes`: those it marks, most of it first.
    """

    code: Series[str] = pa.Field(unique=True)
    verdict: Series[str] = pa.Field(isin=["recovered", "merged", "fragmented", "invisible", "too few"])
    n_segments: Series[int]
    theme_id: Series[int]
    precision: Series[float] = pa.Field(nullable=True)
    recall: Series[float] = pa.Field(nullable=True)
    themes: Series[str]


class ThemeCodeQuotes(Table):
    """A segment to read for a theme and a code that marks it: in both, in the theme_only, or given the code_only."""

    theme_id: Series[int]
    code: Series[str]
    side: Series[str] = pa.Field(isin=["both", "theme_only", "code_only"])
    rank: Series[int] = pa.Field(ge=1)
    segment_id: Series[str]


class ThemeCode(Table):
    """A theme against a code as one coder (or `pipeline`) applied it.

    `n_overlap`: segments in both; `overlap`: Jaccard index; `precision`: share of the theme that has the code;
    `recall`: share of the code that lies in the theme; `verdict`: in words. Of the pipeline's codes: fits (the one code
    that marks the theme), ambiguous (one of several), orphan (none marks it: a candidate for the framework) or other.
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

    `level`: code, category or pooled; a pooled row's `code` is "(all codes)", "(all categories)" or "(any code)"
    (whether to code at all). `n`: units (or characters); `n_a`, `n_b`, `n_both`: those with the code; `prevalence`:
    their mean share. `low` and `high`: 95% interval of kappa over draws of documents. Precision and recall take coder a
    as the reference. Pooled over codes, kappa and ac1 are pooled (De Vries 2008), alpha is of the sets of codes (MASI),
    f1, precision, recall and jaccard count all codes together. `ceiling`: beside the pipeline, the mean kappa of people
    with each other on that code. A coefficient that is undefined or refused is missing, and `note` says why.
    """

    unit: Series[str] = pa.Field(isin=terms.COMPARED_UNITS)
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
    pabak: Series[float] = pa.Field(nullable=True)
    f1: Series[float] = pa.Field(nullable=True)
    precision: Series[float] = pa.Field(nullable=True)
    recall: Series[float] = pa.Field(nullable=True)
    jaccard: Series[float] = pa.Field(nullable=True)
    ceiling: Series[float] = pa.Field(nullable=True)
    note: Series[str]


class AgreementOfAll(Table):
    """One code (or a category, or all pooled) and all people together.

    `coders`: their names; `n_complete`: units that every one of them answered, on which percent, fleiss and ac1 rest;
    `n`: units with at least two answers, on which alpha rests. `low` and `high`: 95% interval of alpha over draws of
    documents. Pooled over codes, alpha is of the sets of codes (MASI) and the others have no value.
    """

    unit: Series[str] = pa.Field(isin=terms.COMPARED_UNITS)
    level: Series[str] = pa.Field(isin=["code", "category", "pooled"])
    code: Series[str]
    coders: Series[str]
    n: Series[int]
    n_complete: Series[int]
    n_documents: Series[int]
    prevalence: Series[float] = pa.Field(nullable=True)
    percent: Series[float] = pa.Field(nullable=True)
    alpha: Series[float] = pa.Field(nullable=True)
    low: Series[float] = pa.Field(nullable=True)
    high: Series[float] = pa.Field(nullable=True)
    fleiss: Series[float] = pa.Field(nullable=True)
    ac1: Series[float] = pa.Field(nullable=True)
    note: Series[str]


class AgreementByAttribute(Table):
    """Pooled kappa of one pair of coders on the talk of the cases that share a value of an attribute (role: nurse).

    `rest`: pooled kappa on everybody else's talk; `difference`: kappa less rest, with its 95% interval over draws of
    documents (`low`, `high`). Missing where cases or units are too few, and `note` says so.
    """

    attribute: Series[str]
    value: Series[str]
    coder_a: Series[str]
    coder_b: Series[str]
    n: Series[int]
    n_cases: Series[int]
    n_documents: Series[int]
    percent: Series[float] = pa.Field(nullable=True)
    kappa: Series[float] = pa.Field(nullable=True)
    kappa_low: Series[float] = pa.Field(nullable=True)
    kappa_high: Series[float] = pa.Field(nullable=True)
    rest: Series[float] = pa.Field(nullable=True)
    difference: Series[float] = pa.Field(nullable=True)
    low: Series[float] = pa.Field(nullable=True)
    high: Series[float] = pa.Field(nullable=True)
    note: Series[str]


class ThemeAgreement(Table):
    """One measure (ami, ari, v_measure, homogeneity, completeness) of themes against one coder's codes or categories.

    `n`: applications, a segment with one code each. `low` and `high`: 95% interval, leaving out a document at a time.
    """

    coder: Series[str]
    level: Series[str] = pa.Field(isin=["code", "category"])
    measure: Series[str]
    n: Series[int]
    value: Series[float] = pa.Field(nullable=True)
    low: Series[float] = pa.Field(nullable=True)
    high: Series[float] = pa.Field(nullable=True)
    note: Series[str]


class CodeRecovery(Table):
    """What became of one coder's code (or category) in the candidate themes, and the theme that fits it best.

    recovered: a theme holds at least half of it and is at least half made of it. merged: a theme holds half of it among
    other things. fragmented: no theme holds half, though in some it is more frequent than chance. invisible: in none it
    is. too few: not said. `theme_id`: the best theme, else -1; `themes`: all in which it is more frequent than chance,
    most of it first. `precision`: share of the best theme that has the code; `recall`: share of the code that is in it.
    """

    coder: Series[str]
    level: Series[str] = pa.Field(isin=["code", "category"])
    code: Series[str]
    n_segments: Series[int]
    n_documents: Series[int]
    verdict: Series[str] = pa.Field(isin=["recovered", "merged", "fragmented", "invisible", "too few"])
    theme_id: Series[int]
    precision: Series[float] = pa.Field(nullable=True)
    precision_low: Series[float] = pa.Field(nullable=True)
    precision_high: Series[float] = pa.Field(nullable=True)
    recall: Series[float] = pa.Field(nullable=True)
    recall_low: Series[float] = pa.Field(nullable=True)
    recall_high: Series[float] = pa.Field(nullable=True)
    themes: Series[str]
    note: Series[str]


class ThemeMapping(Table):
    """What one coder's codes (or categories) say of a candidate theme.

    mapped: one code is more frequent in it than chance, or one at least twice as frequent as the next. ambiguous:
    several are. orphan: none is. too few: not said. `n_segments`: of the theme, in documents this coder coded; `coded`:
    the share of them with any code; `code`: the first of `codes`; `precision`: share of the theme that has it.
    """

    coder: Series[str]
    level: Series[str] = pa.Field(isin=["code", "category"])
    theme_id: Series[int]
    n_segments: Series[int]
    coded: Series[float]
    verdict: Series[str] = pa.Field(isin=["mapped", "ambiguous", "orphan", "too few"])
    code: Series[str]
    precision: Series[float] = pa.Field(nullable=True)
    precision_low: Series[float] = pa.Field(nullable=True)
    precision_high: Series[float] = pa.Field(nullable=True)
    codes: Series[str]
    note: Series[str]


class Disagreements(Table):
    """A passage on which coders differ, most worth discussing first (`rank` 1).

    `worth`: 0 to 1, how sure two coders are who differ. `agreed`: codes that all gave; `disputed`: codes that some
    gave; `says`: each coder's codes, in words; `question`, `before`, `after`: the talk around it. `resolution` is
    empty: people fill it in the exported list, and it comes back as the codings of the coder "consensus".
    """

    rank: Series[int] = pa.Field(unique=True, ge=1)
    worth: Series[float] = pa.Field(ge=0, le=1)
    segment_id: Series[str] = pa.Field(unique=True)
    document: Series[str]
    start: Series[int]
    end: Series[int]
    case: Series[str]
    speaker: Series[str]
    question: Series[str]
    before: Series[str]
    text: Series[str]
    after: Series[str]
    agreed: Series[str]
    disputed: Series[str]
    says: Series[str]
    resolution: Series[str]


class Missed(Table):
    """Of the passages that one method of the pipeline left without any code, how many one person coded.

    `n_left`: passages left; `n_read`: of these, read by the person; `n_missed`: of these, coded with a code that the
    method maps; `share`: missed of read, with its 95% interval. Right for whole documents and for random samples.
    """

    coder: Series[str]
    method: Series[str]
    n_left: Series[int]
    n_read: Series[int]
    n_missed: Series[int]
    share: Series[float] = pa.Field(nullable=True)
    low: Series[float] = pa.Field(nullable=True)
    high: Series[float] = pa.Field(nullable=True)
    note: Series[str]


class Saturation(Table):
    """New codes (or themes) by how many documents have been read, in one order (Guest, Namey & Chen 2020).

    `source`: a coder, or "themes"; `cell`: of the sampling frame ("nurse, site B"), or "(all)"; `order`: interviewing
    (dates or the order column), file names, or random (mean over random orders; `low` and `high` hold 95% of them).
    `n_new`: first met in this document; `n_known`: met so far; `ratio`: new in the last run of documents, as a share of
    the base (the first documents); missing until base and run are complete.
    """

    source: Series[str]
    cell: Series[str]
    order: Series[str] = pa.Field(isin=["interviewing", "file names", "random"])
    position: Series[int] = pa.Field(ge=1)
    document: Series[str]
    n_new: Series[float]
    n_known: Series[float]
    known_low: Series[float] = pa.Field(nullable=True)
    known_high: Series[float] = pa.Field(nullable=True)
    ratio: Series[float] = pa.Field(nullable=True)
    ratio_low: Series[float] = pa.Field(nullable=True)
    ratio_high: Series[float] = pa.Field(nullable=True)


class SaturationVerdict(Table):
    """Whether one source has reached saturation in one cell of the sampling frame, and a plain sentence.

    `reached_at`: documents read when a run first brought no more than the threshold, -1 where none did; `random`: the
    share of random orders in which one did by the end.
    """

    source: Series[str]
    cell: Series[str]
    n_documents: Series[int]
    n_known: Series[int]
    reached_at: Series[int]
    ratio: Series[float] = pa.Field(nullable=True)
    random: Series[float] = pa.Field(nullable=True)
    sentence: Series[str]


class Triangulation(Table):
    """One code as one coder (or the pipeline) found it in one kind of source (interview, focus_group, ...).

    `per_1000`: segments with the code for every 1,000 segments. `reading`: converges (found here and in another kind),
    complements (found here alone), silent (found elsewhere, not here), alone (the study has one kind of source).
    """

    coder: Series[str]
    code: Series[str]
    source_type: Series[str] = pa.Field(isin=terms.SOURCE_TYPES)
    n_documents: Series[int]
    n_with: Series[int]
    n_segments: Series[int]
    per_1000: Series[float]
    reading: Series[str] = pa.Field(isin=["converges", "complements", "silent", "alone"])


class FrameworkMatrix(Table):
    """A case by a code: an extractive summary, the number of segments, and their ids, the most certain first.

    A document in which nobody is named as speaking stands as a case under its own name. `state`: spoken; asked (a
    question, the turn_id in `question`, came near the code, and nothing was found); not_asked; unknown; not_available
    (the case speaks a language that the mapping does not read). A summary is empty where passages are not in English.
    """

    case: Series[str]
    code: Series[str]
    summary: Series[str]
    n_segments: Series[int]
    excerpts: Series[object]
    state: Series[str] = pa.Field(isin=["spoken", "asked", "not_asked", "unknown", "not_available"])
    question: Series[str]

"""Tables of the map_codes stage: candidate codes of segments, and how reliable they are."""

import pandera.pandas as pa
from pandera.typing.pandas import Series

from pipeline.core import coders, terms
from pipeline.core.schemas.base import Table


class CodeAssignments(Table):
    """A code on a segment by one method, long form: every substantive segment against every code.

    `method`: zero_shot (by the codebook's words; codes of the codebook) or few_shot (by what people coded; also codes
    that only coders used), which is the study's primary one where it is there. `accepted`: given, by that method's own
    thresholds. `score`: few_shot, the calibrated probability of the code; zero_shot, no probability: it orders the
    segments of a code, on a scale on which 0.5 is the threshold. A code with sub-codes scores as the best of itself and
    them, and is given itself where it fits and none of them does. Few-shot rows of a document come from a model that
    saw no coding of it (see segment_codes).
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
    with any code). `threshold`: mean over folds. How well scores serve as probabilities: `ece`, their expected
    calibration error, 0 to 1; `brier`, their Brier score, and `base_brier`, that of giving each code its own share.
    These are missing for zero-shot scores, which are no probabilities.
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
    brier: Series[float] = pa.Field(nullable=True)
    base_brier: Series[float] = pa.Field(nullable=True)


class CodeReliability(Table):
    """A bin of the reliability curve of few-shot mapping: of `n` scores from `low` to `high`, `share` were right."""

    method: Series[str] = pa.Field(isin=list(coders.METHODS))
    low: Series[float]
    high: Series[float]
    n: Series[int]
    mean_score: Series[float]
    share: Series[float]


class LearningCurve(Table):
    """Agreement with coders by the number of coded documents that mapping learned from: kappa pooled over codes.

    `kind`: measured (on held-out documents after learning from `n_documents`; `kappa` is pooled over `n_draws` parts of
    the documents, `low` and `high` their range), now (the few-shot mapping itself, out of fold) or expected (what the
    run after more documents will tell, with an 80% interval; missing where that cannot be told).
    """

    kind: Series[str] = pa.Field(isin=["measured", "now", "expected"])
    n_documents: Series[int] = pa.Field(ge=1)
    kappa: Series[float] = pa.Field(nullable=True)
    low: Series[float] = pa.Field(nullable=True)
    high: Series[float] = pa.Field(nullable=True)
    n_draws: Series[int] = pa.Field(ge=0)


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
    """What becomes of a code (or category), as the pipeline gave it, in the candidate themes.

    The columns are those of code_recovery, without intervals: `verdict` is recovered, merged, fragmented, invisible or
    "cannot tell", and `note` says why; see docs/codes.md. `theme_id`: the theme that holds most of it, else -1.
    """

    level: Series[str] = pa.Field(isin=["code", "category"])
    code: Series[str]
    parent: Series[str]
    verdict: Series[str] = pa.Field(isin=terms.VERDICTS)
    n_segments: Series[int]
    n_documents: Series[int]
    theme_id: Series[int]
    precision: Series[float] = pa.Field(nullable=True)
    recall: Series[float] = pa.Field(nullable=True)
    expected: Series[float] = pa.Field(nullable=True)
    p: Series[float] = pa.Field(nullable=True)
    power: Series[float] = pa.Field(nullable=True)
    themes: Series[str]
    half_in: Series[str]
    note: Series[str]


class ThemeCodeQuotes(Table):
    """A segment to read for a theme and a code that marks it: in both, in the theme_only, or given the code_only."""

    theme_id: Series[int]
    code: Series[str]
    side: Series[str] = pa.Field(isin=["both", "theme_only", "code_only"])
    rank: Series[int] = pa.Field(ge=1)
    segment_id: Series[str]


class ThemeCode(Table):
    """A theme against a code as one coder (or `pipeline`) applied it.

    `n_theme`: segments of the theme; `n_coded`: those with any code, of which `precision` is the share that has this
    one; `n_overlap`: segments in both; `overlap`: Jaccard index of n_coded and n_code; `recall`: share of the code that
    lies in the theme; `verdict`: in words. Of the pipeline's codes: fits (the one code that marks the theme), ambiguous
    (one of several), orphan (none marks it: a candidate for the framework) or other. Of people's: same, within, part,
    more than chance or apart.
    """

    theme_id: Series[int]
    code: Series[str]
    coder: Series[str]
    n_theme: Series[int]
    n_coded: Series[int]
    n_code: Series[int]
    n_overlap: Series[int]
    overlap: Series[float] = pa.Field(nullable=True)
    precision: Series[float] = pa.Field(nullable=True)
    recall: Series[float] = pa.Field(nullable=True)
    verdict: Series[str]

"""Tables of the compare stage: people's codes with each other, with the pipeline's, and with candidate themes."""

import pandera.pandas as pa
from pandera.typing.pandas import Series

from pipeline.core import terms
from pipeline.core.schemas.base import Table


class Agreement(Table):
    """One code (or a category, or all pooled) and one pair of coders over the units both could have coded.

    `level`: code, category or pooled; a pooled row's `code` is "(all codes)", "(all categories)" or "(any code)"
    (whether to code at all). `n`: units (or characters); `n_a`, `n_b`, `n_both`: those with the code; `given_a`,
    `given_b`: those in the whole study, whether or not the other coder coded there; `prevalence`: the mean share of n_a
    and n_b in n. Below 0.1 a code is rare, and kappa low even where coders agree: `ac1` and `f1` (positive specific
    agreement, Hripcsak & Rothschild 2005) belong beside it. `low` and `high`: 95% interval of kappa over draws of
    documents. Precision and recall take coder a as the reference. Pooled over codes, kappa and ac1 are pooled (De Vries
    2008), alpha is of the sets of codes (MASI), f1, precision, recall and jaccard count all codes together. `ceiling`:
    beside the pipeline, the mean kappa of people with each other on that code. A coefficient that is undefined or
    refused is missing, and `note` says why.
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
    given_a: Series[int]
    given_b: Series[int]
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
    `n`: units with at least two answers, on which alpha rests. `given`: units to which each of them gave the code, in
    the order of `coders` ("118; 14"); `n_every`: units to which all of them did. `low` and `high`: 95% interval of
    alpha over draws of documents. Pooled over codes, alpha is of the sets of codes (MASI) and the others have no value.
    """

    unit: Series[str] = pa.Field(isin=terms.COMPARED_UNITS)
    level: Series[str] = pa.Field(isin=["code", "category", "pooled"])
    code: Series[str]
    coders: Series[str]
    n: Series[int]
    n_complete: Series[int]
    n_documents: Series[int]
    given: Series[str]
    n_every: Series[int]
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

    `n_a`, `n_b`, `n_both`: units with any code; `rest`: pooled kappa on everybody else's talk; `difference`: kappa less
    rest, with its 95% interval over draws of documents (`low`, `high`). Missing where cases or units are too few, and
    `note` says so.
    """

    attribute: Series[str]
    value: Series[str]
    coder_a: Series[str]
    coder_b: Series[str]
    n: Series[int]
    n_cases: Series[int]
    n_documents: Series[int]
    n_a: Series[int]
    n_b: Series[int]
    n_both: Series[int]
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
    """What becomes of a code (or category) in the candidate themes, among what `coder` (or "(anyone)") coded.

    `verdict`: recovered (a theme holds at least half of it and is at least half made of it), merged (a theme holds half
    of it among other codes), fragmented (no theme holds half, but it lies in some more often than by chance), invisible
    (in none, and the study would have shown it) or "cannot tell", and `note` says why; see docs/codes.md. `parent`: its
    category, if another. `theme_id`: the theme that holds most of it, else -1; `recall`: the share of the code in that
    theme; `precision`: the share of what was coded in that theme that has the code; `expected`: the share of all that
    was coded in that theme. `p`: of lying among the themes as it does by chance; `power`: the probability of noticing
    half of it gathered in two themes. `themes`: all in which it is more frequent than by chance, `half_in`: the fewest
    that together hold half of it, each most of it first.
    """

    coder: Series[str]
    level: Series[str] = pa.Field(isin=["code", "category"])
    code: Series[str]
    parent: Series[str]
    n_segments: Series[int]
    n_documents: Series[int]
    verdict: Series[str] = pa.Field(isin=terms.VERDICTS)
    theme_id: Series[int]
    precision: Series[float] = pa.Field(nullable=True)
    precision_low: Series[float] = pa.Field(nullable=True)
    precision_high: Series[float] = pa.Field(nullable=True)
    recall: Series[float] = pa.Field(nullable=True)
    recall_low: Series[float] = pa.Field(nullable=True)
    recall_high: Series[float] = pa.Field(nullable=True)
    expected: Series[float] = pa.Field(nullable=True)
    p: Series[float] = pa.Field(nullable=True)
    power: Series[float] = pa.Field(nullable=True)
    themes: Series[str]
    half_in: Series[str]
    note: Series[str]


class ThemeMapping(Table):
    """What the codes (or categories) of `coder` (or "(anyone)") say of a candidate theme.

    mapped: one code is more frequent in it than by chance, or one at least twice as frequent as the next. ambiguous:
    several are. orphan: none is. cannot tell: too little of it. `n_segments`: of the theme, where the coder's answer is
    known; `n_coded`: those with any code; `coded`: their share; `code`: the first of `codes`; `precision`: the share of
    `n_coded` that has it.
    """

    coder: Series[str]
    level: Series[str] = pa.Field(isin=["code", "category"])
    theme_id: Series[int]
    n_segments: Series[int]
    n_coded: Series[int]
    coded: Series[float]
    verdict: Series[str] = pa.Field(isin=["mapped", "ambiguous", "orphan", terms.CANNOT_TELL])
    code: Series[str]
    precision: Series[float] = pa.Field(nullable=True)
    precision_low: Series[float] = pa.Field(nullable=True)
    precision_high: Series[float] = pa.Field(nullable=True)
    codes: Series[str]
    note: Series[str]


class ThemeFacets(Table):
    """How far themes follow the guide's questions, the documents or the codes, and how far the codes follow the guide.

    `of`: themes (all of them together), theme (`theme_id`, against the rest), or codes (all codes; `facet` is question
    or document). `value`: the share of what tells the groups apart that the facet explains, corrected for chance (1:
    all, 0 or less: no more than by chance), with its 95% interval leaving out a document at a time. `follows`: the
    facet explains something, and clearly more than each of the others. `n`: applications of codes to segments that have
    a theme and, where the facet question is there, a question. `coder`: "(anyone)", or the only person who coded.
    """

    coder: Series[str]
    level: Series[str] = pa.Field(isin=["code", "category"])
    of: Series[str] = pa.Field(isin=["themes", "theme", "codes"])
    theme_id: Series[int]
    facet: Series[str] = pa.Field(isin=["question", "document", "code"])
    n: Series[int]
    value: Series[float] = pa.Field(nullable=True)
    low: Series[float] = pa.Field(nullable=True)
    high: Series[float] = pa.Field(nullable=True)
    follows: Series[bool]
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

    `reached_at`: documents read when a run first brought no more than the threshold and all later ones did not either,
    -1 where none did; `random`: the share of random orders in which one did by the end.
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

"""Tables of the themes stage: candidate themes, what they rest on, and what decisions made of them."""

import pandera.pandas as pa
from pandera.typing.pandas import Series

from pipeline.core import terms
from pipeline.core.schemas.base import Table


class Themes(Table):
    """A candidate theme. Level 1 are themes, level 2 their sub-themes (`parent_id`: the theme, else -1).

    `in_vivo`: a participant's own clause that says what the theme is about, verbatim from `in_vivo_start` to
    `in_vivo_end` of the document of `in_vivo_segment`; empty, and 0, where none is complete and clear by itself.
    `effective_cases`: how many cases it would be if all said equally much of it (inverse Simpson index); `main_case`
    says most of it, `main_case_share` of the segments; `effective_documents`, `main_document` and
    `main_document_share` are the same for documents. `prompt_id`, `prompt_text`: the question most of it answers,
    `prompt_share` of the segments; `unprompted_share`: the share that no question asked for in the theme's own words,
    or because the theme answers it mostly or partly. Loosely connected talk has neither.
    `stability`: mean Jaccard index with its like when a share of the documents is left out, missing where not measured.
    `label_source`: words (of the segments, and of the questions they answer) or the name of the language model that
    wrote the label; empty where there is none but the name of a language. `words_label`: the label made of these
    words, which stands beside one that people gave or a language model proposed.
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
    words_label: Series[str]
    keywords: Series[object]
    in_vivo: Series[str]
    in_vivo_segment: Series[str]
    in_vivo_start: Series[int] = pa.Field(ge=0)
    in_vivo_end: Series[int] = pa.Field(ge=0)
    language: Series[str]
    n_segments: Series[int] = pa.Field(ge=1)
    n_cases: Series[int] = pa.Field(ge=0)
    n_documents: Series[int] = pa.Field(ge=1)
    effective_cases: Series[float] = pa.Field(nullable=True)
    main_case: Series[str]
    main_case_share: Series[float] = pa.Field(nullable=True)
    effective_documents: Series[float] = pa.Field(nullable=True)
    main_document: Series[str]
    main_document_share: Series[float] = pa.Field(nullable=True)
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


class ThemeGuide(Table):
    """How much of a theme, or sub-theme, answers a question of the guide; only where some of it does.

    `share_of_theme`: of the theme's segments; `share_of_answers`: of the answers to the question.
    """

    theme_id: Series[int]
    guide_id: Series[str]
    n_segments: Series[int] = pa.Field(ge=1)
    share_of_theme: Series[float] = pa.Field(ge=0, le=1)
    share_of_answers: Series[float] = pa.Field(ge=0, le=1)


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

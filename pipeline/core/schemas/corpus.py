"""Tables of ingest, segment and embed: documents, turns, cases, codings, segments and their vectors."""

import pandera.pandas as pa
from pandera.typing.pandas import Series

from pipeline.core import terms
from pipeline.core.schemas.base import Table


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


class Speakers(Table):
    """A speaker of a document. `speaker` is empty for words without a speaker label.

    `why`: what the part rests on, as it would follow "because"; empty where nothing had to be decided. `share`: of the
    words of the document's turns.
    """

    document: Series[str]
    speaker: Series[str]
    part: Series[str] = pa.Field(isin=terms.PARTS)
    case: Series[str]
    why: Series[str]
    n_turns: Series[int] = pa.Field(ge=1)
    n_words: Series[int] = pa.Field(ge=0)
    share: Series[float] = pa.Field(ge=0, le=1)


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


class Memos(Table):
    """A memo, note, annotation or journal that an import brought; memos of codings are in the table codings.

    `about`: what it belongs to, named by `document`, `code` or `case`; `title` names an attribute or a set, and is
    otherwise its own name. `start`, `end`, `text`: of a passage, missing or empty for all others.
    """

    memo_id: Series[str]
    about: Series[str] = pa.Field(isin=terms.MEMOS_ABOUT)
    document: Series[str]
    code: Series[str]
    case: Series[str]
    start: Series[float] = pa.Field(nullable=True)
    end: Series[float] = pa.Field(nullable=True)
    text: Series[str]
    title: Series[str]
    memo: Series[str]
    author: Series[str]
    date: Series[str]


class Imports(Table):
    """So many things of a kind in an imported file: found, taken over, left out, and why."""

    file: Series[str]
    kind: Series[str]
    found: Series[int] = pa.Field(ge=0)
    taken: Series[int] = pa.Field(ge=0)
    left: Series[int] = pa.Field(ge=0)
    why: Series[str]


class Segments(Table):
    """A unit of analysis: whole sentences of one turn.

    `case`: empty where the speaker is no participant. `prompt_id`: the turn_id of the interviewer's turn it answers,
    the last that asks for something of its own ("Anyone else?" does not), or empty. `substantive`: a participant's (or
    an unattributed) segment that says something, so that it takes part in clustering and mapping; `set_aside`: why it
    does not ("interviewer", "backchannel", "procedure" for talk about the interview itself, ...), or empty. `time_s`
    and `place`: its turn's. `language`: its document's; where that holds several, the one it is most probably in.
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


class Guide(Table):
    """A question of the interview guide. `guide_id`: Q1 for the first; it changes when questions come before it.

    `question`: its name or words; `source`: people (from guide.yaml) or found (asked again and again); `wordings`: as
    it was asked, in alphabetical order; `n_prompts`, `n_documents`: how often and where; `n_segments`, `n_cases`: the
    substantive answers to it, and who gave them.
    """

    guide_id: Series[str] = pa.Field(unique=True)
    question: Series[str]
    source: Series[str] = pa.Field(isin=["people", "found"])
    wordings: Series[object]
    n_prompts: Series[int] = pa.Field(ge=0)
    n_documents: Series[int] = pa.Field(ge=0)
    n_segments: Series[int] = pa.Field(ge=0)
    n_cases: Series[int] = pa.Field(ge=0)


class Prompts(Table):
    """A turn that somebody answers: segments refer to it by `prompt_id`, its turn_id.

    `wording`: the sentences of it that ask; empty where it has no words of its own. `guide_id`: the guide's question
    that it is; empty for a follow-up. `likeness`: how like the other wordings of that question it is (1: the same
    words), missing for a follow-up.
    """

    prompt_id: Series[str] = pa.Field(unique=True)
    document: Series[str]
    wording: Series[str]
    guide_id: Series[str]
    likeness: Series[float] = pa.Field(nullable=True)

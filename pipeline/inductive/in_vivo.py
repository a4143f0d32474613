"""In-vivo lines: for each theme a verbatim clause by a participant that says what the theme is about.

An in-vivo code is a participant's own words (Saldaña 2021), never the interviewer's or an observer's. The clause is
complete, understandable by itself, from a segment of middling typicality, and like what other cases say.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from pipeline.core import languages
from pipeline.corpus import formalities, role_words, text_layout
from pipeline.inductive import labels, phrases

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

FEWEST, MOST = 3, 12
DANGLING = text_layout.word_list(
    "it its this that these those they them their he him his she her hers which who whom such there here one ones "
    "themselves itself himself herself both then neither either"
)
FILLED = text_layout.word_list(
    "neither either um uh er erm hmm mm mhm yeah yep okay ok oh ah like basically gonna wanna kinda sorta"
)
# Those of whom an observer writes: "The participant reads the task again."
OBSERVED = text_layout.word_list("participant interviewee respondent interviewer moderator")
INLINE_LABEL = re.compile(r"(?:^|\s)([^\W\d_]{2,20}):\s")
# Verbs that leave a clause open where nothing follows.
SAYING = text_layout.word_list("say tell think guess mean suppose know see believe feel ask")
# Marks of speech that breaks off, of remarks, of quotations and of lists; numbered items; headings run into the text.
BROKEN = re.compile(r"^\d|[A-Z]{2}[a-z]{3}|…|\.\.|--|\s{2}| - |[\[\]()?\n_“”\":;]")
OPENING = frozenset(["cc", "mark", "punct", "intj", "discourse", "preconj"])
LEADING = text_layout.word_list("so well now actually also then because and but or though again yes no")
UNFINISHED = frozenset(["ADP", "DET", "CCONJ", "SCONJ", "AUX", "PART", "PUNCT"])
# Before a clause, these make it a part of another.
CONDITIONS = text_layout.word_list("if unless whether when while until although though where which who than")
LAST = text_layout.word_list("a an the my our your their his her and or but also of to very so as than not")
FINITE = frozenset(["VBD", "VBZ", "VBP", "MD"])
# What is said under these is not what somebody holds.
DOUBTED = text_layout.word_list(
    "doubt doubted doubting deny denied denying wonder wondered wondering pretend pretended hope hoped hoping wish "
    "wished wishing unsure uncertain unless if whether no hardly never"
)
SUBJECTS = frozenset(["nsubj", "nsubjpass", "expl", "csubj"])


class Clause(NamedTuple):
    """A clause: the place of its segment, start and end within it, and the words that say what it is about."""

    place: int
    start: int
    end: int
    content: frozenset[str]


def quotable(segments: pd.DataFrame, sources: Mapping[str, str]) -> np.ndarray:
    """Return whether each segment is in a participant's own words, (n,). `sources`: each document's type.

    Where no speaker of the study is known as a participant, all words count but the interviewer's and field notes.
    """
    participants = (segments["part"] == "participant").to_numpy()
    if participants.any():
        return participants
    observed = segments["document"].map(sources).eq("field_note")
    return (~observed & (segments["part"] != "interviewer")).to_numpy()


def clauses(
    doc: "Doc", text: str, *, place: int, lemma_of: Mapping[str, str], stop: Collection[str]
) -> Iterator[Clause]:
    """Yield the clauses of a parsed segment that can be understood alone. `text`: the segment as it stands."""
    for head in doc:
        if head.pos_ not in ("VERB", "AUX") or head.dep_ not in ("ROOT", "conj", "ccomp", "advcl"):
            continue
        tokens = _span(head)
        if tokens is None or not _alone(head, tokens):
            continue
        start, end = tokens[0].idx, tokens[-1].idx + len(tokens[-1].text)
        words = labels.words(text[start:end])
        if _of_others(head, text, start) or formalities.kind(text[start:end], language=languages.ENGLISH, tasks=True):
            continue
        if doc.text[start:end] == text[start:end] and FEWEST <= len(words) <= MOST and _fluent(text[start:end], words):
            content = {lemma for lemma in phrases.lemmas(text[start:end], lemma_of) if labels.naming(lemma, stop)}
            yield Clause(place, start, end, frozenset(content))


def _of_others(head: "Token", text: str, start: int) -> bool:
    """Return whether a clause is not the participant's: in brackets, on the participant, or after "MODERATOR:"."""
    before = text[:start]
    in_brackets = any(before.count(opened) > before.count(closed) for opened, closed in ("()", "[]", "{}"))
    observed = any(child.dep_ in SUBJECTS and child.lemma_.lower() in OBSERVED for child in head.children)
    spoken_by = INLINE_LABEL.findall(before)
    return in_brackets or observed or (bool(spoken_by) and role_words.kind(spoken_by[-1]) == "asks")


def _span(head: "Token") -> "list[Token] | None":
    """Return a clause's tokens without what joins it to others; None if it has no subject or no finite verb."""
    subject = next((child for child in head.children if child.dep_ in SUBJECTS), None)
    finite = head.tag_ in FINITE or any(
        child.dep_ in ("aux", "auxpass") and child.tag_ in FINITE for child in head.children
    )
    marks = {child.lower_ for child in head.children if child.dep_ == "mark"}
    if subject is None or not finite or subject.i > head.i or marks - {"that", "because"}:
        return None
    if head.dep_ == "advcl" and "because" not in marks:
        return None
    left, right = head.left_edge.i, head.right_edge.i
    for child in head.children:
        if child.i > head.i and (
            child.dep_ in ("conj", "parataxis", "advcl") or (child.dep_ == "ccomp" and _dashed(child))
        ):
            right = min(right, child.left_edge.i - 1)
        if child.i < subject.i and child.dep_ in ("advcl", "ccomp", "parataxis"):
            left = max(left, child.right_edge.i + 1)
    tokens = list(head.doc[left : right + 1])
    while tokens and (
        tokens[0].dep_ in OPENING or tokens[0].is_space or tokens[0].is_punct or tokens[0].lower_ in LEADING
    ):
        tokens = tokens[1:]
    while tokens and (tokens[-1].is_punct or tokens[-1].is_space or tokens[-1].dep_ in ("cc", "intj")):
        tokens = tokens[:-1]
    return tokens or None


def _dashed(child: "Token") -> bool:
    return child.left_edge.i > 0 and child.doc[child.left_edge.i - 1].is_punct


def _alone(head: "Token", tokens: "Sequence[Token]") -> bool:
    """Return whether a clause is understandable without what surrounds it."""
    inside = {token.i for token in tokens}
    after = next((token for token in head.doc[tokens[-1].i + 1 :] if token.text.strip()), None)
    subject = next(child for child in head.children if child.dep_ in SUBJECTS)
    hedge = head.lemma_ in phrases.HEDGES and any(child.dep_ in ("ccomp", "xcomp") for child in head.children)
    asked = head.sent.text.rstrip().endswith("?")
    if head.i not in inside or subject.i not in inside or hedge or asked or _doubted(head) or _continued(head, tokens):
        return False
    objects = any(child.dep_ in ("dobj", "attr", "acomp", "oprd") for child in head.children)
    if not objects and (head.lemma_ in SAYING or (head.i == tokens[-1].i and head.tag_ in FINITE)):
        return False
    before = [token for token in tokens if token.i < subject.left_edge.i]
    if (before and not _introduces(before)) or (tokens[1].text == "," and tokens[0].pos_ in ("PRON", "DET", "NOUN")):
        return False
    if (
        tokens[0].dep_ == "neg"
        or tokens[-1].lower_ in LAST
        or tokens[-1].lemma_ in SAYING
        or tokens[0].tag_ in ("WDT", "WP", "WRB", "WP$")
        or tokens[-1].pos_ in UNFINISHED
        or tokens[0].pos_ == "AUX"
    ):
        return False
    conditional = tokens[0].i and head.doc[tokens[0].i - 1].lower_ in CONDITIONS
    if conditional or (after is not None and after.text in ("-", "--", "–", "—", "…", "...")):
        return False
    return not any(
        token.lower_ in DANGLING and token.pos_ in ("PRON", "DET", "ADV") and not _refers(token, tokens[0].i)
        for token in tokens
    )


def _introduces(before: "Sequence[Token]") -> bool:
    """Return whether what stands before the subject belongs to the clause: "In modern life,", but no stray noun."""
    if before[-1].text != ",":
        return before[-1].pos_ == "ADV" and len(before) == 1
    return len(before) > 2 or before[0].pos_ in ("ADV", "ADP", "ADJ")


def _doubted(head: "Token") -> bool:
    """Return whether a clause says what somebody denies, doubts or supposes: "I don't think I used it"."""
    while head.dep_ != "ROOT" and not (head.dep_ == "conj" and any(own.dep_ in SUBJECTS for own in head.children)):
        head = head.head
        words = {child.lower_ for child in head.children} | {head.lower_, head.lemma_.lower()}
        if any(child.dep_ == "neg" for child in head.children) or words & DOUBTED:
            return True
    return False


def _continued(head: "Token", tokens: "Sequence[Token]") -> bool:
    """Return whether a verb without a subject of its own goes on where the clause is cut off: "created or modified"."""
    return any(
        child.dep_ == "conj"
        and child.pos_ in ("VERB", "AUX")
        and child.i > tokens[-1].i
        and not any(own.dep_ in SUBJECTS for own in child.children)
        for child in head.children
    )


def _refers(token: "Token", first: int) -> bool:
    """Return whether a pronoun refers to something within the clause, or to nothing."""
    if token.dep_ == "expl" or token.tag_ == "WDT" or (token.pos_ == "DET" and token.head.pos_ in ("NOUN", "PROPN")):
        return token.dep_ == "expl" or token.tag_ == "WDT"
    before = token.doc[first : token.i]
    plural = token.lower_ in ("their", "they", "them", "themselves")
    return plural and any(word.tag_ in ("NNS", "NNPS") for word in before)


def _fluent(text: str, words: Sequence[str]) -> bool:
    """Return whether a clause is free of fillers, stutters, remarks, broken-off words and stand-ins for names."""
    if BROKEN.search(text):
        return False
    repeated = any(first == second for first, second in pairwise(words))
    masked = any(len(word) > 1 and len(set(word)) == 1 for word in words)
    joined = " ".join(words)
    spoken = any(phrase in joined for phrase in ("you know", "i mean", "sort of", "kind of", "i think", "i guess"))
    return not (repeated or masked or spoken or FILLED & set(words))

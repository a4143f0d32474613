"""Finds the span of a human coding in its document: by its offsets if they match its text, otherwise by its text."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.core.names import written
from pipeline.corpus import quoted_passages
from pipeline.corpus.document_names import Documents
from pipeline.corpus.neighbouring_codings import Anchor, Neighbours
from pipeline.corpus.readers import line_numbers
from pipeline.corpus.readers.coding import Coding
from pipeline.corpus.text_folding import Folded, Span, letters, levelled, line_heads, occurrences, with_marks

# A row of codings: document, start, end, text, code, parent_code, coder, memo, date.
Row = tuple[str, int, int, str, str, str, str, str, str]

# Ways of finding a passage that are said beside "offsets" and "text".
TOLD = {
    "letters": "by their letters and digits alone",
    "pieces": "from their first to their last piece, with other words between",
    "paragraph": "by their paragraph numbers, because their words occur more than once",
    "document": "in the only document that has their words, because no document is named",
    "order": "between the codings beside them in the file, because their words occur more than once",
}
TWICE = (
    "The coded text occurs more than once, and the offsets do not say which occurrence is meant, nor do paragraph "
    "numbers or the codings beside it. Correct start and end."
)


@dataclass(frozen=True)
class Placed:
    """A coding with its document and span. `how`: "offsets", "text" if found by its words, or as in `TOLD`."""

    document: str
    start: int
    end: int
    how: str
    coding: Coding


@dataclass(frozen=True)
class Misplaced:
    """A coding that could not be placed. `kind`: why, in a few words; `reason`: why, and what to do."""

    document: str
    reason: str
    coding: Coding
    kind: str


@dataclass(frozen=True)
class _Found:
    """The spans where a coding's passage occurs and how they were found; if there are none, why."""

    document: str
    spans: Sequence[Span] = ()
    how: str = ""
    kind: str = ""
    reason: str = ""


class _Text:
    """A document, folded as far as it was needed."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._made: dict[str, Folded] = {}

    def folded(self, how: str) -> Folded:
        """Return the text "levelled", as "letters", or as letters of the "speech" without what stands before it."""
        if how not in self._made:
            heads = line_heads(self.text) if how == "speech" else []
            self._made[how] = levelled(self.text) if how == "levelled" else letters(self.text, heads)
        return self._made[how]


def place_codings(codings: Sequence[Coding], texts: Mapping[str, str]) -> tuple[list[Placed], list[Misplaced]]:
    """Place codings in a study's documents; return the placed and the unplaced ones, each in input order.

    Offsets are used if they match the coding's text, or if it has none. Otherwise the text is searched in its document:
    exactly, then normalised, then without line numbers from a PDF's margin or quotation marks around it, then by its
    letters and digits, then by its pieces where words are left out. Of several matches the one is taken that the
    coding's own copy of the document, its paragraph number or the order of the file shows to be meant.
    """
    names = Documents(texts)
    found = _all_found(codings, names, texts)
    neighbours = _neighbours(codings, found, texts)
    placed: list[Placed] = []
    misplaced: list[Misplaced] = []
    for row, (coding, one) in enumerate(zip(codings, found, strict=True)):
        chosen = _chosen(row, coding, one, neighbours)
        if chosen:
            placed.append(Placed(one.document, *chosen, coding))
            continue
        kind, reason = ("their words occur more than once", TWICE) if one.spans else (one.kind, one.reason)
        misplaced.append(Misplaced(one.document or coding.document, reason, coding, kind))
    return placed, misplaced


def coding_row(placed: Placed, text: str) -> Row:
    """Return a placed coding as a row of the table codings, with the document's own text."""
    coding, words = placed.coding, text[placed.start : placed.end]
    at = (placed.document, placed.start, placed.end, words)
    return (*at, coding.code, coding.parent_code, written(coding.coder), coding.memo, coding.date)


def share_placed(placed: int, misplaced: Sequence[Misplaced]) -> str:
    """Return what share of a study's codings was placed, and the three commonest reasons why others were not.

    '' if all were placed.
    """
    if not misplaced:
        return ""
    total = placed + len(misplaced)
    reasons = Counter(one.kind for one in misplaced).most_common()
    listed = "; ".join(f"{kind} ({count:,})" for kind, count in reasons[:3])
    more = sum(count for _, count in reasons[3:])
    return (
        f"{placed:,} of {total:,} human codings were placed ({int(100 * placed / total)}%). The others were not: "
        f"{listed}{f'; other reasons ({more:,})' if more else ''}. Each is listed with its line."
    )


def _all_found(codings: Sequence[Coding], names: Documents, texts: Mapping[str, str]) -> list[_Found]:
    """Return where each coding may lie; documents are folded one after another, because folded texts are large."""
    named = [names.find(coding.document or coding.file) for coding in codings]
    found = [_Found("")] * len(codings)
    nowhere = [row for row, coding in enumerate(codings) if coding.file and not coding.document and not named[row]]
    current, text = "", _Text("")
    for row in sorted(range(len(codings)), key=lambda row: named[row]):
        coding, document = codings[row], named[row]
        if document != current:
            current, text = document, _Text(texts[document])
        if not coding.code.strip():
            reason = "No code is given. Add one, or remove the row."
            found[row] = _Found(document, kind="no code is given", reason=reason)
        elif not document:
            kind = "their document was not found" if coding.document.strip() else "no document is named"
            found[row] = _Found("", kind=kind, reason=names.reason(coding.document))
        else:
            found[row] = _search(coding, document, text)
    for row, one in _anywhere({row: codings[row] for row in nowhere if codings[row].code.strip()}, texts).items():
        found[row] = one
    return found


def _anywhere(codings: Mapping[int, Coding], texts: Mapping[str, str]) -> dict[int, _Found]:
    """Return, for codings without a document, the one place in all documents that has their words."""
    wanted = {row: coding.text.strip() for row, coding in codings.items()}
    wanted = {row: words for row, words in wanted.items() if len(letters(words).text) >= quoted_passages.FEWEST}
    places: dict[int, list[tuple[str, Span]]] = defaultdict(list)
    for document, words in sorted(texts.items()) if wanted else []:
        text = _Text(words)
        for row, quote in wanted.items():
            places[row] += [(document, span) for span in _occurrences(quote, text)[0]]
    return {row: _Found(found[0][0], [found[0][1]], "document") for row, found in places.items() if len(found) == 1}


def _neighbours(codings: Sequence[Coding], found: Sequence[_Found], texts: Mapping[str, str]) -> dict[str, Neighbours]:
    """Return the neighbours in each document that has a coding with several possible places."""
    unclear = {one.document for one in found if len(one.spans) > 1}
    anchors: dict[str, list[Anchor]] = defaultdict(list)
    for row, (coding, one) in enumerate(zip(codings, found, strict=True)):
        if one.document in unclear and len(one.spans) == 1:
            anchors[one.document].append(Anchor(row, coding.paragraphs, one.spans[0][0]))
    return {document: Neighbours(texts[document], anchors[document]) for document in sorted(unclear)}


def _chosen(row: int, coding: Coding, one: _Found, beside: Mapping[str, Neighbours]) -> tuple[int, int, str] | None:
    """Return the span that is meant, and how that is known; None if there is none or no telling."""
    if len(one.spans) < 2:
        return (*one.spans[0], one.how) if one.spans else None
    neighbours = beside[one.document]
    span = neighbours.by_paragraph(coding.paragraphs, one.spans) if coding.paragraphs else None
    if span:
        return *span, "paragraph"
    span = neighbours.by_order(row, one.spans)
    return (*span, "order") if span else None


def _search(coding: Coding, document: str, text: _Text) -> _Found:
    """Return where a coding lies in its document, by its offsets or its words."""
    if _agrees(coding, text.text):
        return _Found(document, [(coding.start or 0, coding.end or 0)], "offsets")
    wanted = coding.text.strip()
    if not wanted:
        reason = "The coding has no text, and no offsets that lie in the document. Give one of them."
        return _Found(document, kind="they have neither text nor offsets", reason=reason)
    spans, how = _occurrences(wanted, text)
    if len(spans) > 1 and coding.copy:
        spans = _of_copy(coding, spans, _occurrences(wanted, _Text(coding.copy))[0]) or spans
    if spans:
        return _Found(document, spans, how)
    offsets = "the offsets do not match it" if coding.start is not None else "no offsets are given"
    reason = f"The coded text does not occur word for word in the document, and {offsets}. "
    if quoted_passages.pieces(wanted):
        reason += "Its parts before and after dots, brackets or line breaks do not follow each other there. "
    kind = "their words do not occur in the document"
    return _Found(document, kind=kind, reason=f"{reason}Correct the text, or start and end.")


def _occurrences(wanted: str, text: _Text) -> tuple[list[Span], str]:
    """Return the spans where words occur in a text, and how they were found: the closest way that finds any."""
    spans = occurrences(text.text, wanted)
    if spans or not text.text:
        return spans, "text"
    plain = quoted_passages.bare(wanted)
    for words in dict.fromkeys((wanted, plain)):
        for form in quoted_passages.without_margin(levelled(words).text.strip()):
            spans = text.folded("levelled").find(form)
            if spans:
                return spans, "text"
    for how, only in (("letters", letters(plain)), ("speech", letters(plain, line_heads(plain)))):
        if len(only.text) >= quoted_passages.FEWEST:
            spans = text.folded(how).find(only.text)
            if spans:
                return [with_marks(text.text, span, plain) for span in spans], "letters"
    parts = quoted_passages.pieces(plain)
    spans = quoted_passages.in_order(parts, text.folded("letters"))
    return [with_marks(text.text, span, plain) for span in spans], "pieces" if len(parts) > 1 else "letters"


def _of_copy(coding: Coding, spans: list[Span], copied: list[Span]) -> list[Span]:
    """Return the occurrence at the same rank as in the coding's own copy, if both have equally many."""
    if coding.start is None or coding.end is None or len(copied) != len(spans):
        return []
    start, end = coding.start, coding.end
    meant = [span for span, (a, b) in zip(spans, copied, strict=True) if a < end and start < b]
    return meant if len(meant) == 1 else []


def _agrees(coding: Coding, text: str) -> bool:
    """Return whether a coding's offsets lie in the document and match its text, if it has one."""
    if coding.start is None or coding.end is None or not 0 <= coding.start < coding.end <= len(text):
        return False
    said = text[coding.start : coding.end]
    return bool(said.strip()) and (not coding.text.strip() or line_numbers.same(said, coding.text))

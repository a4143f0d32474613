"""Phrases that could name a theme: noun phrases and verb phrases with their negation, from parsed segments.

A verb phrase becomes a gerund ("they never had any time" gives "not having time"), the form that open coding teaches
for actions (Charmaz 2014; Saldaña 2021). Inflected forms are one phrase; it is written as it is said most often.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from pipeline.corpus import text_layout
from pipeline.inductive import labels
from pipeline.inductive.gerunds import gerund

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc, Span, Token

MOST_WORDS = 6
# A phrase's words stand this close together where it is said, other words between them.
GAP = 3
NEGATIONS = frozenset(["not", "no", "never", "without", "cannot", "hardly", "lack"])
# Words of asking, which do not say what is asked about.
ASKING = text_layout.word_list(
    "task question answer interview section explain describe discuss tell say talk aloud read click please mind start "
    "summarize summarise justify mention elaborate example"
)
# Verbs that say how something is said or take a clause, and name nothing done.
HEDGES = text_layout.word_list(
    "be mean guess think say suppose seem like wish let tell know want feel hope tend happen appear s m re ve"
)
# Verbs that name little by themselves: "having time" is about time.
LIGHT = text_layout.word_list("have get do make take give go put come keep need use find see look try start")
CONTRACTED = {"wo": "will", "ca": "can", "sha": "shall"}
JOINING = frozenset(["of", "to", "with", "between", "in", "for", "from", "on", "about", "at"])
# A verb phrase is taken only where its verb is tagged as one in this share of its occurrences.
VERB_SHARE = 0.4
# With this many texts a phrase must be found twice: a parser errs.
FEW = 20
NAMING = frozenset(["NOUN", "PROPN", "ADJ"])


class Word(NamedTuple):
    """A word of a text: as it is written, in lower case without inflection, and whether it begins a sentence."""

    text: str
    lemma: str
    opens: bool


@dataclass(frozen=True)
class Phrase:
    """A phrase in its uninflected form.

    `lemmas`: the words that are looked for, in order; `content`: those of them that say what it is about; `verb`:
    whether it is a verb phrase; `negated`: whether it is denied.
    """

    lemmas: tuple[str, ...]
    content: tuple[str, ...]
    verb: bool = False
    negated: bool = False


class Lexicon(NamedTuple):
    """What parsing taught: each word's lemma, how a lemma is written, its part of speech, and phrases with their form.

    A part of speech is that of at least half of a lemma's occurrences: NOUN, VERB, ADJ, or none.
    """

    lemma_of: Mapping[str, str]
    written: Mapping[str, str]
    kinds: Mapping[str, str]
    phrases: Mapping[Phrase, str]


def parses(nlp: "Language | None") -> bool:
    """Return whether a pipeline has a parser."""
    return nlp is not None and "parser" in nlp.pipe_names


def lexicon(docs: Iterable["Doc"], questions: Iterable["Doc"] = (), *, stop: Collection[str]) -> Lexicon:
    """Return the phrases of parsed texts that could name a theme, and how their words are written.

    `questions`: of what is asked, phrases that deny something ("or not") are left out; `stop`: words that name nothing.
    """
    barred = frozenset(stop) - labels.IN_PHRASES
    empty = frozenset(stop)
    lemmas: defaultdict[str, Counter[str]] = defaultdict(Counter)
    written: defaultdict[str, Counter[str]] = defaultdict(Counter)
    cased: defaultdict[str, Counter[str]] = defaultdict(Counter)
    tags: defaultdict[str, Counter[str]] = defaultdict(Counter)
    phrases: defaultdict[Phrase, Counter[str]] = defaultdict(Counter)
    docs = list(docs)
    read = [(doc, _words(doc)) for doc in [*docs, *questions]]
    for word in (word for _, words in read for word in words.values()):
        lemmas[word.text.lower()][word.lemma] += 1
    lemma_of = {word: _most(counts) for word, counts in sorted(lemmas.items())}
    for number, (doc, parsed) in enumerate(read):
        # One lemma for each word, as texts are searched: "data" is not "datum" here and "data" there.
        words = {place: word._replace(lemma=lemma_of[word.text.lower()]) for place, word in parsed.items()}
        for place, word in words.items():
            shown = word.text if not word.opens or _acronym(word.text) else word.text.lower()
            written[word.lemma][shown] += 1
            cased[shown.lower()][shown] += 1
            tags[word.lemma][doc[place].pos_.replace("PROPN", "NOUN")] += 1
        for phrase, form in _found(doc, words, barred):
            asked_or_not = number >= len(docs) and phrase.negated
            if not asked_or_not and not empty.issuperset(phrase.content):
                phrases[phrase][form] += 1
    least = 2 if len(docs) >= FEW else 1
    return Lexicon(
        lemma_of,
        {lemma: _as_written(_most(counts), cased) for lemma, counts in sorted(written.items())},
        {
            lemma: kind
            for lemma, counts in sorted(tags.items())
            for kind in ("ADJ", "VERB", "NOUN")
            if 2 * counts[kind] >= counts.total()
        },
        {
            phrase: _as_written(_most(forms), cased)
            for phrase, forms in sorted(phrases.items(), key=lambda item: repr(item[0]))
            if forms.total() >= least
            and (not phrase.verb or VERB_SHARE * tags[phrase.lemmas[0]].total() <= tags[phrase.lemmas[0]]["VERB"])
        },
    )


def _as_written(form: str, cased: Mapping[str, Counter[str]]) -> str:
    """Return a phrase with each word in capitals or not as it is written most often."""
    words = form.split()
    return " ".join(_most(cased[word.lower()]) if cased.get(word.lower()) else word for word in words)


def _most(counts: Counter[str]) -> str:
    return min(counts, key=lambda form: (-counts[form], form))


def _acronym(word: str) -> bool:
    return len(word) > 1 and any(letter.isupper() for letter in word[1:])


def _words(doc: "Doc") -> dict[int, Word]:
    """Return the words of a text by the position of their last token; a hyphenated word is one word."""
    ends = {token.idx + len(token.text): token for token in doc}
    found: dict[int, Word] = {}
    for match in re.finditer(labels.TOKEN, doc.text):
        last = ends.get(match.end())
        if last is None:
            continue
        text = match.group().replace("’", "'")
        whole = match.start() == last.idx
        lemma = last.lemma_.lower() if whole and last.lemma_ else labels.stem(text.lower())
        if "'" in text and not whole:  # "nurse's" is "nurse"; "don't" and "they'll" keep what comes first
            text = text.split("'")[0]
            lemma = labels.stem(text.lower())
        found[last.i] = Word(text, lemma, bool(doc[_first(doc, match.start())].is_sent_start))
    return found


def _first(doc: "Doc", start: int) -> int:
    span = doc.char_span(start, start + 1, alignment_mode="expand")
    return int(span.start) if span is not None else 0


def _found(doc: "Doc", words: Mapping[int, Word], barred: Collection[str]) -> Iterator[tuple[Phrase, str]]:
    heads: dict[int, list[Word]] = {}
    for chunk in doc.noun_chunks:
        named = _named(chunk, words, barred)
        if named:
            heads[chunk.root.i] = named
            if len(named) > 1:
                lemmas = tuple(word.lemma for word in named)
                yield Phrase(lemmas, lemmas), _form(named)
    for head, named in heads.items():
        for prep in doc[head].children:
            if prep.dep_ == "prep" and prep.lower_ in JOINING and prep.i > head:
                yield from _joined(named, prep, heads)
    for token in doc:
        if token.pos_ == "VERB" and token.i in words:
            yield from _of_verb(token, words[token.i].lemma, heads, barred)


def _named(chunk: "Span", words: Mapping[int, Word], barred: Collection[str]) -> list[Word]:
    """Return the words of a noun chunk from its first content word; none if it holds a word that names nothing."""
    inside = [(token, words[token.i]) for token in chunk if token.i in words]
    while inside and not _names(*inside[0], barred):
        inside = inside[1:]
    if len(inside) > labels.LONGEST or not all(_names(token, word, barred) for token, word in inside):
        return []
    if not inside or inside[-1][0].i != chunk.root.i or chunk.root.pos_ not in ("NOUN", "PROPN"):
        return []
    # "Journalists work" is a sentence that was taken for a noun.
    if any(token.tag_ == "NNS" and token.lower_ != word.lemma for token, word in inside[:-1]):
        return []
    return [word for _, word in inside]


def _names(token: "Token", word: Word, barred: Collection[str]) -> bool:
    kind = token.pos_ in NAMING or token.tag_ in ("VBG", "VBN") or "-" in word.text
    return kind and labels.naming(word.text.lower(), barred) and labels.naming(word.lemma, barred)


def _form(named: Sequence[Word]) -> str:
    return " ".join(word.text if not word.opens or _acronym(word.text) else word.text.lower() for word in named)


def _joined(named: Sequence[Word], prep: "Token", heads: Mapping[int, list[Word]]) -> Iterator[tuple[Phrase, str]]:
    """Yield noun phrases joined by a preposition: "access to data"."""
    for child in prep.children:
        other = heads.get(child.i)
        if child.dep_ == "pobj" and other and len(named) + 1 + len(other) <= MOST_WORDS - 2:
            lemmas = tuple(word.lemma for word in (*named, *other))
            if len(set(lemmas)) == len(lemmas):
                yield Phrase(lemmas, lemmas), f"{_form(named)} {prep.lower_} {_form(other)}"


def _of_verb(
    verb: "Token", lemma: str, heads: Mapping[int, list[Word]], barred: Collection[str]
) -> Iterator[tuple[Phrase, str]]:
    """Yield a verb with its object, or with a preposition's: "sharing data", "working from home"."""
    light = lemma in LIGHT
    if lemma in HEDGES or len(lemma) < 2 or (not light and not labels.naming(lemma, barred)):
        return
    denied = any(child.dep_ == "neg" for child in verb.children)
    particle = "".join(f" {child.lower_}" for child in verb.children if child.dep_ == "prt")
    for child in verb.children:
        objects = [(child, "")] if child.dep_ == "dobj" else []
        if child.dep_ == "prep" and child.lower_ in JOINING:
            objects = [(inner, f" {child.lower_}") for inner in child.children if inner.dep_ == "pobj"]
        for thing, prep in objects:
            named = heads.get(thing.i)
            if not named or thing.i < verb.i or (light and prep):
                continue
            no = any(inner.dep_ == "det" and inner.lower_ == "no" for inner in thing.children)
            content = tuple(word.lemma for word in named)
            if lemma in content or (light and not denied and not no):
                continue
            article = next((f" {inner.lower_}" for inner in thing.children if _leads(inner, named[0])), "")
            form = f"{'not ' if denied or no else ''}{gerund(lemma)}{particle}{prep}{article} {_form(named)}"
            if len(form.split()) <= MOST_WORDS:
                about = content if light else (lemma, *content)
                yield Phrase((lemma, *content), about, verb=True, negated=denied or no), form


def _leads(token: "Token", word: Word) -> bool:
    """Return whether a token is an article right before a word."""
    after = token.nbor().text if token.i + 1 < len(token.doc) else ""
    return token.lower_ in ("the", "a", "an") and word.text.startswith(after)


def lemmas(text: str, lemma_of: Mapping[str, str]) -> list[str]:
    """Return a text's words without inflection; words that were not parsed lose their plural."""
    words = []
    for word in labels.words(text):
        plain = word.replace("’", "'")
        if plain.endswith("n't"):
            words += [CONTRACTED.get(plain[:-3]) or lemma_of.get(plain[:-3], plain[:-3]), "not"]
            continue
        plain = plain.split("'")[0]
        words.append(lemma_of.get(plain) or labels.stem(plain))
    return words


def subject(question: "Doc") -> str:
    """Return a question without its words of asking: "Read the task", "Please explain"."""
    return "".join(token.text_with_ws for token in question if token.lemma_.lower() not in ASKING)


def said(phrase: Phrase, words: Sequence[str]) -> bool:
    """Return whether a text says the phrase: its words in order, close together, and denied only if it is."""
    return any(_fits(phrase, words, start) for start, word in enumerate(words) if word == phrase.lemmas[0])


def _fits(phrase: Phrase, words: Sequence[str], start: int) -> bool:
    place = start
    for lemma in phrase.lemmas[1:]:
        window = words[place + 1 : place + 1 + (GAP if phrase.verb else 2)]
        if lemma not in window:
            return False
        place += 1 + window.index(lemma)
    if not phrase.verb:
        return True
    return phrase.negated == bool(NEGATIONS & {*words[max(0, start - 3) : start], *words[start:place]})

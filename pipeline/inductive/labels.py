"""Keywords made from the segments' own words, and what a word must be to stand in a label.

Candidates are single words and noun phrases found by spaCy, weighted by c-TF-IDF (Grootendorst 2022, arXiv:2203.05794)
and, as in KeyBERT, by their similarity to the theme. No embedding model is needed: the vector of a term is the mean of
the vectors of the segments that contain it.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy import sparse

from pipeline.core.arithmetic import unit
from pipeline.corpus import text_layout

if TYPE_CHECKING:
    from sklearn.feature_extraction.text import CountVectorizer
    from spacy.language import Language

# A word begins with a letter and may hold apostrophes and hyphens: "don't", "follow-up", "naïve".
TOKEN = r"(?u)\b[^\W\d_][\w'’-]*\w\b"  # noqa: S105  # a word, not a secret
# A remark in brackets: "[chuckles]", "(inaudible)", "<laughs>", and longer ones on what somebody does.
REMARK = (
    r"\[[^\[\]\n]{0,60}\]|\([^()\n]{0,40}\)|<[^<>\n]{0,40}>|\{[^{}\n]{0,40}\}"
    r"|[(\[](?i:the )?(?i:participant|interviewee|interviewer|respondent|moderator|speaker)s? [^()\[\]\n]{0,200}[)\]]"
)
LONGEST = 3
# Words within a phrase that two phrases of a label may share.
JOINING = frozenset(["of", "to", "with", "between", "in", "for", "from", "on", "about", "at", "not", "the", "a", "an"])
UNNAMED = "Unnamed"
# Weight of a phrase relative to a single word.
PHRASE = 1.5
# Fillers and words common in any conversation.
SPOKEN = text_layout.word_list(
    """
    able absolutely actual actually ah aha alright anyway aye basically bit bits bye certain certainly come comes
    coming completely course definitely did didn didn't different do does doesn't doing don don't done eh er erm etc
    ever everybody everyone everything exactly example extent fact fair fairly feel feels felt find fine first get
    gets getting give given go goes going gone gonna good got gotta great guess guy guys ha haha happen happened
    happens hello hi hm hmm honestly i'd i'll i'm i've it's it'd it'll idea important inaudible instance interesting
    isn't just kind kinda know laugh laughing laughs laughter let let's like little look looked looking looks lot
    lots love made make makes making matter maybe mean means mhm mine mm mmm moment moments much nah need needed
    needs nice nope obviously often oh ok okay old one ones part particular particularly pause people perhaps person
    place point pretty probably put question quite really reason right said saw say saying says second see seeing
    seem seems seen sense should shouldn't somebody someone something sometimes somewhere sort sorts stuff suppose
    sure take taken takes taking talk talked talking tell terms thank thanks that's there's they'd they'll they're
    they've thing things think thinking thought tiny today told totally tried true try trying uh uhm um umm
    unintelligible use used using usually very wanna want wanted wants wasn't way ways we'd we'll we're we've well
    went weren't what's whatever who's whole won't word words work worked working works would wouldn't wow yeah year
    years yep yes you'd you'll you're you've can't couldn't couldn haven't hadn't hasn't aren't ain't he's she's
    he'd she'd here's how's where's everyone's somebody's one's new big small long day time times week weeks month
    months better best worse bad hard easy high low number two three four five six seven eight nine ten hundred
    thousand couple half last next previous end start started bring brought ask asked asking call called show shows
    keep kept help helped helps helpful turn turned set run running change changed answer question questions
    yesterday tomorrow hey god gosh blah huh yup crosstalk participant interviewer monday tuesday wednesday thursday
    friday saturday sunday january february march april june july august september october november december o'clock
    minute minutes hour hours chuckle chuckles chuckling chuckled giggle giggles sigh sighs cough coughs
    sorry please eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty thirty forty fifty
    sixty seventy eighty ninety fortnight
    """
)
# Words too common to name a theme by themselves that may stand in a phrase ("protected time", "working group").
IN_PHRASES = text_layout.word_list(
    """
    time times day week year work working people person place change help question answer start end high low new old
    big small long hard bad first second last next point part number use call run set best good different important
    hour hours idea ideas sense side front top full whole amount name move call detail show
    """
)
# Words on scikit-learn's list of function words that say what talk is about.
SUBSTANCE = text_layout.word_list("interest system fire bill cry serious mill sincere")


def stop_words(speakers: Iterable[str]) -> list[str]:
    """Return the sorted stop words: function words, fillers, and speakers' names and labels."""
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

    plain = (set(ENGLISH_STOP_WORDS) - SUBSTANCE) | SPOKEN
    names = {word for name in speakers for word in re.findall(TOKEN, name.lower())}
    stop = plain | names | {word.replace("'", "’") for word in plain}
    return sorted(stop | {f"{name}{mark}s" for name in names for mark in "'’"})


def spoken(text: str) -> str:
    """Return a text of the same length with bracketed remarks, such as "[chuckles]", as spaces."""
    return re.sub(REMARK, lambda match: " " * len(match.group()), text)


def words(text: str) -> list[str]:
    """Return the words of a text in lower case, those of one letter too."""
    return re.findall(r"(?u)\b[^\W\d_](?:[\w'’-]*\w)?\b", text.lower())


def tokens(text: str) -> list[str]:
    """Return the words of a text in lower case."""
    return re.findall(TOKEN, text.lower())


def naming(word: str, barred: Collection[str]) -> bool:
    """Return whether a word could stand in a label: no stop word, initial, stutter or stand-in for a name."""
    # A word of one letter repeated stands for a name that was taken out: "xxxx"; "they'll" is still "they".
    plain = word not in barred and re.split("['’]", word)[0] not in barred
    stutter = re.search(r"(?:^|-)(?:([^-]+)-\1(?:-|$)|(.)-\2)", word)
    return plain and not stutter and len(word) > 2 and len(set(word)) > 1 and re.fullmatch(TOKEN, word) is not None


def load(folder: Any) -> "Language":
    """Load the components of a spaCy pipeline that phrases need, from a verified folder."""
    from spacy.util import load_model_from_path

    return load_model_from_path(folder, exclude=["ner", "senter"])


def vocabulary(texts: Sequence[str], phrases: Iterable[str], *, stop: Sequence[str], least: int) -> list[str]:
    """Return the sorted words and phrases (of two or three words) that occur in at least `least` texts.

    Singular and plural count separately, so that terms are kept as they were said.
    """
    phrase_set = set(phrases)
    barred = set(stop)
    n_texts: dict[str, int] = {}
    for text in texts:
        for term in _terms(tokens(text), barred, phrase_set):
            n_texts[term] = n_texts.get(term, 0) + 1
    return sorted(term for term, count in n_texts.items() if count >= least)


def _terms(words: list[str], barred: set[str], phrases: set[str]) -> set[str]:
    single = {word for word in words if naming(word, barred)}
    runs = (
        " ".join(words[start : start + size])
        for size in range(2, LONGEST + 1)
        for start in range(len(words) - size + 1)
    )
    return single | (phrases & set(runs))


def vectorizer(terms: Sequence[str]) -> "CountVectorizer":
    """Return a counter of exactly these words and phrases."""
    from sklearn.feature_extraction.text import CountVectorizer

    return CountVectorizer(vocabulary=list(terms), ngram_range=(1, LONGEST), token_pattern=TOKEN, lowercase=True)


def relevance(counts: sparse.csr_matrix, vectors: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """Return the cosine of each term with each group around the study mean, (groups, terms).

    `counts`: counts, (segments, terms); `vectors`: (segments, d); `groups`: (segments,), numbered from 0.
    """
    centred = vectors - vectors.mean(axis=0)
    binary = (counts > 0).astype(np.float64)
    terms = unit(binary.T @ centred)
    count = int(groups.max()) + 1 if len(groups) else 0
    member = np.eye(count)[groups]
    return np.asarray(unit(member.T @ centred) @ terms.T)


def ranked(
    weights: np.ndarray, near: np.ndarray, spread: np.ndarray, specificity: np.ndarray, terms: Sequence[str]
) -> list[str]:
    """Return one group's terms, best first.

    All arrays are (terms,): `weights` (c-TF-IDF), `near` (see `relevance`), `spread` (the number of the group's cases
    that use the term; its square root counts) and `specificity` (see `apart`). The score is their product.
    """
    shared = np.sqrt(spread / max(int(spread.max(initial=0)), 1))
    phrase = np.array([PHRASE if " " in term else 1.0 for term in terms])
    score = np.round(weights * (0.3 + np.clip(near, 0, 1)) * shared * specificity * phrase, 9)
    best = sorted(range(len(terms)), key=lambda position: (-score[position], terms[position]))
    return [terms[position] for position in best if score[position] > 0]


def distinct(terms: Iterable[str], *, count: int) -> list[str]:
    """Return the first `count` terms that share no word, singular or plural."""
    chosen: list[str] = []
    stems: set[str] = set()
    for term in terms:
        term_stems = {stem(word) for word in term.split() if word not in JOINING}
        if not term_stems & stems:
            chosen.append(term)
            stems |= term_stems
        if len(chosen) == count:
            break
    return chosen


def stem(word: str) -> str:
    """Return a word without its plural or possessive ending ("nurses" gives "nurse")."""
    for ending, replacement in (("'s", ""), ("’s", ""), ("ies", "y"), ("sses", "ss"), ("ses", "se"), ("s", "")):
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith(("ss", "us", "is")):
            return word[: -len(ending)] + replacement
    return word


def names(
    ranked_terms: Sequence[Sequence[str]],
    *,
    n_terms: int = 3,
    unnamed: Sequence[str] | None = None,
    given: Sequence[str | None] | None = None,
) -> list[str]:
    """Return a unique label for each group: its best terms that share no word.

    `n_terms`: terms per label; `unnamed`: the label of each group without terms, by default "Unnamed"; `given`: what
    people call each group, or None: no other group is called that. If two labels would be the same, the later one gets
    another term, or else a number.
    """
    labels: list[str] = []
    count = len(ranked_terms)
    by_people = [label.casefold() if label else "" for label in given or [None] * count]
    for group, (terms, otherwise) in enumerate(zip(ranked_terms, unnamed or [UNNAMED] * count, strict=True)):
        used = {label.casefold() for label in labels} | {*by_people[:group], *by_people[group + 1 :]}
        label = next((name for name in _tries(terms, n_terms, otherwise) if name.casefold() not in used), "")
        if not label:
            base = next(_tries(terms, n_terms, otherwise))
            numbered = (f"{base} ({number})" for number in range(2, 2 * count + 2))
            label = next(name for name in numbered if name.casefold() not in used)
        labels.append(label)
    return labels


def _tries(terms: Sequence[str], n_terms: int, otherwise: str) -> Iterator[str]:
    options = distinct(terms, count=n_terms + 3)
    if not options:
        yield otherwise
        return
    yield _sentence(options[:n_terms])
    for extra in options[n_terms:]:
        yield _sentence([*options[: n_terms - 1], extra])


def _sentence(terms: Sequence[str]) -> str:
    text = ", ".join(terms)
    return text[0].upper() + text[1:]


def specificity(counts: sparse.csr_matrix, groups: np.ndarray) -> np.ndarray:
    """Return how specific each term is to each group, (groups, terms), from 0 to 1.

    Compares the share of the group's segments with the term to the largest share in another group: 0.5 if equal, near
    1 if no other group uses it. `counts`: counts, (segments, terms); `groups`: (segments,), numbered from 0.
    """
    count = int(groups.max()) + 1 if len(groups) else 0
    member = np.eye(count)[groups]
    shares = ((counts > 0).astype(np.float64).T @ member + 0.5).T / (member.sum(axis=0)[:, None] + 1)
    if count < 2:
        return np.ones_like(shares)
    second, first = np.sort(shares, axis=0)[-2:]
    other = np.where(np.arange(count)[:, None] == shares.argmax(axis=0), second, first)
    return np.asarray(shares / (shares + other))


def n_cases_using(counts: sparse.csr_matrix, cases: pd.Series, groups: np.ndarray) -> np.ndarray:
    """Return the number of cases of each group that use each term, (groups, terms)."""
    count = int(groups.max()) + 1 if len(groups) else 0
    codes = pd.factorize(cases)[0]
    result = np.zeros((count, counts.shape[1]), dtype=np.int64)
    binary = (counts > 0).astype(np.int64)
    for group in range(count):
        members = np.flatnonzero(groups == group)
        owner = pd.factorize(codes[members])[0]
        member = sparse.csr_matrix((np.ones(len(members), dtype=np.int64), (owner, np.arange(len(members)))))
        result[group] = np.asarray((member @ binary[members] > 0).sum(axis=0)).ravel()
    return result

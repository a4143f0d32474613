"""What interviewers' turns ask, without what is said around it: "Great. So moving on. Is there time for it?"."""

import re
from collections.abc import Collection

import pandas as pd

from pipeline.core.table_rows import groups, lookup
from pipeline.corpus import asking, prompts, sentences, text_layout

# Values of set_aside for segments that ask something of the next speakers.
ASKS = ("interviewer", "heading", "script")
# Sources in which headings are no questions.
WRITTEN = ("document", "field_note")
# A question with fewer words of its own is read with the sentence before it: "The figures, now. Do you use them?"
FEW, SHORT = 3, 7

# Ends of sentences, with what closes them; in scripts without spaces too.
_SENTENCE = re.compile(r"[^.!?;…。！？؟։።\n]+[.!?;…。！？؟։።]*[\"'”’»)\]]*\s*")
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_REMARK = re.compile(r"\[(?![^\[\]]*\d)[^\[\]]{1,60}\]|\([^()]{1,60}\)")
# The number before a question of a form or a guide: "[Q3]", "3.a", "Q3:", "c.iii", "#".
_NUMBER = re.compile(
    r"^\W*(?:(?:q|question|frage|pregunta|pergunta|domanda|vraag)[\s_.]*\d{1,3}[a-z]?\b"
    r"|\d{1,3}(?:\.\d{1,2})*(?:\.[a-z](?=[\s.):])|[a-z]?(?=[.):]))|[a-z]\.[ivx]{1,4}\b)?[\s.):\]–#-]*",
    re.IGNORECASE,
)


def wording(text: str, *, language: str, names: Collection[str] = ()) -> str:
    """Return the sentences of a turn that ask; all with words of their own where none asks; '' where none has any.

    Sentences with a question mark come before those with a word such as "tell" or "describe". `names`: words of the
    speakers' labels. Bracketed remarks and a question's number are left out.
    """
    said = _NUMBER.sub("", " ".join(_REMARK.sub(" ", text).split()))
    parts = [part.strip() for part in _SENTENCE.findall(said)]
    own = [len(prompts.own_words(part, language=language, names=names)) for part in parts]
    listed = bool(prompts.function_words(language))
    able = [at for at, words in enumerate(own) if words or not listed]
    marked = [at for at in able if asking.question(parts[at])]
    named = [at for at in able if prompts.ASK_FOR & {*sentences.tokens(parts[at])}]
    chosen = marked or named or able
    if listed and _brief(chosen, own, parts):
        chosen = [*[at for at in able if at < chosen[0]][-1:], *chosen]
    return " ".join(_begun(parts[at]) for at in chosen)


def _brief(chosen: list[int], own: list[int], parts: list[str]) -> bool:
    """Return whether a question has few words of its own, and is short in a script without spaces too."""
    words = sum(text_layout.count_words(parts[at]) for at in chosen)
    return 0 < words <= SHORT and sum(own[at] for at in chosen) < FEW


def _begun(part: str) -> str:
    """Return a sentence without the words that only lead up to it: "Okay, um, so how …"."""
    begins = 0
    for found in _WORD.finditer(part):
        if found[0].casefold() not in LEAD_IN:
            break
        begins = found.end()
    rest = part[begins:].lstrip(" ,;:…–-")
    return rest[:1].upper() + rest[1:] if rest.strip(".!?") else part


def asks(text: str) -> bool:
    """Return whether a wording has a question mark, or a word such as "tell" or "describe"."""
    return bool(asking.question(text) or prompts.ASK_FOR & {*sentences.tokens(text)})


def plain(text: str) -> str:
    """Return a wording as it is compared: its words in lower case."""
    return " ".join(sentences.tokens(text)) or text.strip().casefold()


def asked(segments: pd.DataFrame, documents: pd.DataFrame) -> pd.DataFrame:
    """Return a row for each turn that some segment answers, in the order of the talk.

    Columns: prompt_id (its turn_id), document, wording ('' where it has no words of its own), place (0 to 1 in its
    document; missing where it is the only one), printed (whether it is a heading or script) and case (who answers
    first). Written documents and notes ask nothing.
    """
    kinds = lookup(documents, "document", "source_type")
    ordered = segments.sort_values(["document", "start", "segment_id"], kind="stable")
    answers = ordered[(ordered["prompt_id"] != "") & ~ordered["document"].map(kinds).isin(WRITTEN)]
    first = answers.assign(silent=~answers["substantive"]).sort_values("silent", kind="stable")
    case = lookup(first.drop_duplicates("prompt_id"), "prompt_id", "case")
    said = ordered[ordered["set_aside"].isin(ASKS) & ordered["turn_id"].isin(set(answers["prompt_id"]))]
    labels = {name: prompts.names_of({*group["speaker"]}) for name, group in groups(segments, "document").items()}
    rows = [
        (turn, document, _said(group, labels[document]), _is_printed(group), str(case[turn]))
        for (document, _, turn), group in groups(
            said.assign(first=said.groupby("turn_id")["start"].transform("min")), ["document", "first", "turn_id"]
        ).items()
    ]
    table = pd.DataFrame(rows, columns=["prompt_id", "document", "wording", "printed", "case"])
    within = table.groupby("document")["document"]
    return table.assign(place=within.cumcount() / (within.transform("size") - 1).where(lambda size: size > 0))


def _said(group: pd.DataFrame, names: Collection[str]) -> str:
    text = " ".join(str(one) for one in group["text"])
    return wording(text, language=str(group["language"].iloc[0]), names=names)


def _is_printed(group: pd.DataFrame) -> bool:
    return bool(group["set_aside"].isin(["heading", "script"]).all())


# Words that lead up to a question.
LEAD_IN = text_layout.word_list(
    """
    ah alright and but er erm hm hmm mhm mm next now oh ok okay right so then uh um well yeah yes
    also ähm äh dann ja gut und alors bon donc et euh ben bueno entonces pues eh então bem e allora dunque dus nou en
    """
)

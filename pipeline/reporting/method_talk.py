"""The methods section on the material, its segments and their embeddings, from what those stages recorded."""

from collections.abc import Mapping

from pipeline.core import languages, prose
from pipeline.core.stage_record import Record

# Reasons why segments are set aside, in the order listed.
ASIDE = {
    "interviewer": "interviewer speech",
    "short": "segments of fewer than {min_words} words",
    "backchannel": "acknowledgements (“yeah”, “okay”)",
    "courtesy": "thanks and farewells",
    "procedure": "talk about the interview itself (recording, consent, appointments, going through tasks)",
    "nonresponse": "answers such as “n/a” and “no comment”",
    "script": "scripted questions or tasks repeated word for word in many sources",
    "heading": "headings",
    "note": "transcribers’ notes and title lines",
}
SPLITTERS = {
    "senter": "the sentence recognizer of {library} ({model})",
    "sentencizer": "the punctuation rules of {library} ({model})",
    "parser": "the dependency parser of {library} ({model})",
}
PLACES = {"cpu": "a CPU", "cuda": "a GPU"}


def material(done: Record) -> list[str]:
    """What was read, how interviewers were told from participants, and what people had coded."""
    if not done:
        return []
    kinds = [prose.source(kind, done["sources"][kind]) for kind in prose.SOURCES if kind in done["sources"]]
    said = words_in_words(done["words"], done.get("words_by"), done["cases"])
    sentences = [f"The material comprised {prose.listed(kinds) or 'no sources'} with {said}."]
    if done["interviewer_labels"]:
        sentences.append(
            "A label before a turn was taken as its speaker if it was listed in participants.csv, denoted the "
            f"interviewer ({', '.join(done['interviewer_labels'])}), or occurred in the source "
            f"{_times(done['min_label_count'])}."
        )
    else:
        sentences.append(
            "A label before a turn was taken as its speaker if it was listed in participants.csv or occurred in the "
            f"source {_times(done['min_label_count'])}."
        )
    if done["guessed"]:
        sentences.append(
            f"In {prose.count(done['guessed'], 'source')} the interviewer was not identified and was inferred from "
            "who asked questions, the length and order of turns, and the other sources."
        )
    if done["left_out"]:
        sentences.append(
            f"{prose.count(done['left_out'], 'coding').capitalize()} by this program itself were excluded."
        )
    return sentences


def words_in_words(total: int, words_by: Mapping[str, int] | None, people: int) -> str:
    """How many words there are, and whose: 900 words: 700 by 4 participants, 150 by interviewers and 50 in field notes.

    `words_by`: see `speaker_table.words_by`; None if it was not recorded.
    """
    words, participants = prose.count(total, "word"), prose.count(people, "participant")
    if words_by is None:
        return f"{words} in all, those of interviewers and written sources included; {participants} spoke"
    if list(words_by) == ["participant"]:
        return f"{words}, all by {participants}"
    whose = {
        "participant": f"by {participants}",
        "interviewer": "by interviewers",
        "written": "in field notes and written documents",
        "other": "in titles, notes and unattributed speech",
    }
    parts = [f"{words_by[name]:,} {where}" for name, where in whose.items() if words_by.get(name)]
    return f"{words}: {prose.listed(parts)}" if parts else f"{words}"


def segments(done: Record) -> list[str]:
    """How talk was divided, what found the sentences, and what was set aside."""
    if not done:
        return []
    units = {
        "window": f"segments of whole sentences of one turn, of up to {done['max_words']} words",
        "sentence": "segments of one sentence each",
        "turn": "segments of one turn each",
    }
    finder = SPLITTERS.get(done["splitter"], "{library} ({model})")
    splitter = finder.format(library=done["library"], model=f"{done['model']} {done['version']}".strip())
    subject = "Sentences, used to detect scripted passages," if done["unit"] == "turn" else "Sentences"
    sentences = [f"The text was divided into {units[done['unit']]}. {subject} were detected by {splitter}."]
    ruled = done.get("by_punctuation", {})
    if ruled:
        sources = prose.count(sum(ruled.values()), "source")
        sentences.append(f"In {sources} in {languages.listed(ruled)}, sentences were detected by punctuation only.")
    aside = done["set_aside"]
    set_aside = [why.format(**done) + f" ({aside[key]:,})" for key, why in ASIDE.items() if key in aside]
    set_aside_clause = f"; {prose.listed(set_aside)} were set aside" if set_aside else ""
    least = "" if "short" in aside else f" Segments of fewer than {done['min_words']} words would have been set aside."
    total = prose.count(done["segments"], "segment")
    sentences.append(
        f"Of {total}, {done['used']:,} segments of participants’ speech or written sources were "
        f"analysed{set_aside_clause}.{least}"
    )
    return sentences


def vectors(done: Record) -> list[str]:
    """Which model represents segments, and what computed it, where and in which numbers."""
    if not done:
        return []
    known = [f"revision {done['revision']}"] if done["revision"] else []
    known.append(f"SHA-256 of its files {done['fingerprint'][:16]}…")
    model = f"{done['model']} ({'; '.join(known)})"
    how = prose.listed([_way(done, way) for way in done["way"]], last="or")
    place = prose.listed([PLACES[place] for place in done["place"]], last="or")
    return [
        f"Each segment was represented by an embedding of unit length from {model}: {how}. Embeddings were computed on "
        f"{place} with {prose.listed(done['libraries'])}. Earlier embeddings were reused only for identical text, "
        "model files, arithmetic and library versions."
    ]


def _way(done: Record, way: str) -> str:
    """What a model does with a text."""
    if way == "static":
        return (
            "a static model, which takes the mean of the vectors of a segment’s word pieces and no account of their "
            "context (Tulkens and van Dongen 2024)"
        )
    numbers = "matrix products in 8-bit integers" if done["precision"] == "int8" else "32-bit floating-point arithmetic"
    kind = {"mean": "the mean of the vectors of its word pieces", "cls": "the vector of its first word piece"}
    pooled = kind.get(done["pooling"], f"pooled by {done['pooling']}" if done["pooling"] else "pooled by the library")
    extra = [name for name in done["modules"] if name not in ("Transformer", "Pooling", "Normalize")]
    further = f", with the further layers {prose.listed(extra)}" if extra else ""
    prompt = f", with “{done['prompt'].strip()}” put before each text as the model asks" if done["prompt"] else ""
    longer = (
        f"; segments of more than {done['window']} word pieces were split and the vectors of the pieces averaged"
        if done["window"]
        else ""
    )
    return f"a sentence encoder (Reimers and Gurevych 2019), {pooled}{further}{prompt}, in {numbers}{longer}"


def _times(least: int) -> str:
    return "at least once" if least == 1 else f"at least {least} times"

"""Language names, and messages about analyses that are available for English only."""

from collections.abc import Collection, Iterable
from typing import NamedTuple

import pandas as pd

from pipeline.core import prose

ENGLISH, UNKNOWN = "en", "unknown"
# Languages to detect, by ISO 639-1 code. Close relatives of one of these (Scots, Nigerian Pidgin, Bosnian) are omitted:
# English text would be mistaken for them.
NAMES = {
    "af": "Afrikaans", "am": "Amharic", "ar": "Arabic", "as": "Assamese", "az": "Azerbaijani", "be": "Belarusian",
    "bg": "Bulgarian", "bn": "Bengali", "ca": "Catalan", "cs": "Czech", "cy": "Welsh", "da": "Danish", "de": "German",
    "el": "Greek", "en": "English", "es": "Spanish", "et": "Estonian", "eu": "Basque", "fa": "Persian", "fi": "Finnish",
    "fr": "French", "ga": "Irish", "gl": "Galician", "gu": "Gujarati", "ha": "Hausa", "he": "Hebrew", "hi": "Hindi",
    "hr": "Croatian", "ht": "Haitian Creole", "hu": "Hungarian", "hy": "Armenian", "id": "Indonesian", "ig": "Igbo",
    "is": "Icelandic", "it": "Italian", "ja": "Japanese", "ka": "Georgian", "kk": "Kazakh", "km": "Khmer",
    "kn": "Kannada", "ko": "Korean", "ku": "Kurdish", "ky": "Kyrgyz", "lg": "Ganda", "ln": "Lingala", "lo": "Lao",
    "lt": "Lithuanian", "lv": "Latvian", "mg": "Malagasy", "mk": "Macedonian", "ml": "Malayalam", "mn": "Mongolian",
    "mr": "Marathi", "ms": "Malay", "mt": "Maltese", "my": "Burmese", "ne": "Nepali", "nl": "Dutch", "no": "Norwegian",
    "om": "Oromo", "or": "Odia", "pa": "Punjabi", "pl": "Polish", "ps": "Pashto", "pt": "Portuguese", "ro": "Romanian",
    "ru": "Russian", "rw": "Kinyarwanda", "si": "Sinhala", "sk": "Slovak", "sl": "Slovenian", "sn": "Shona",
    "so": "Somali", "sq": "Albanian", "sr": "Serbian", "st": "Sotho", "sv": "Swedish", "sw": "Swahili", "ta": "Tamil",
    "te": "Telugu", "th": "Thai", "tl": "Tagalog", "tr": "Turkish", "uk": "Ukrainian", "ur": "Urdu", "uz": "Uzbek",
    "vi": "Vietnamese", "xh": "Xhosa", "yo": "Yoruba", "zh": "Chinese", "zu": "Zulu",
}  # fmt: skip


# Frequent English words that its neighbours lack, and their minimum share in English text.
COMMON = frozenset(["the", "and", "that", "this", "with", "have", "from", "not", "are", "they", "their", "to", "what"])
COMMON_SHARE = 0.08
# Number of documents named in a message.
SHOWN = 8
FOR_ENGLISH = (
    "Models, stop words, sentence splitting and the word lists for facilitators and barriers are for "
    "English. In other languages, sentences are split at punctuation, and labels, keywords, code "
    "mapping, valence and summaries are not available. Human codings, agreement and saturation are."
)


class Found(NamedTuple):
    """A text's detected language (ISO 639-1 or `unknown`), the share of its words in it, and other languages in it.

    The share refers to words in passages whose language was detected; None if the language is unknown. `others`: most
    frequent first.
    """

    language: str
    share: float | None
    others: tuple[str, ...] = ()


def name(code: str) -> str:
    """Return a language's English name, such as `Portuguese`."""
    return NAMES.get(code, "an unknown language" if code == UNKNOWN else code)


def read_in(languages: pd.Series, weights: pd.Series, known: Collection[str]) -> pd.Series:
    """Return whether each text is in one of the `known` languages (empty: all are).

    Texts of unknown language count as the language that most others are in, weighted by `weights` (length in words).
    """
    if not known:
        return pd.Series(data=True, index=languages.index, dtype=bool)
    detected = languages != UNKNOWN
    words = weights[detected].groupby(languages[detected]).sum()
    most = str(words.sort_values(ascending=False, kind="stable").index[0]) if len(words) else ENGLISH
    return languages.where(detected, most).isin(list(known))


def note(detected: Found) -> str:
    """Return a message on a document's language; '' for English or unknown."""
    if detected.language == UNKNOWN:
        return ""
    where = f"It is in {name(detected.language)} ({100 * (detected.share or 0):.0f}% of its words)"
    if detected.others:
        where += f", and partly in {listed(detected.others)}"
    if detected.language == ENGLISH:
        return f"{where}. English-only analyses are not available for that part." if detected.others else ""
    return f"{where}. English-only analyses are not available for it."


def summary(documents: pd.DataFrame) -> list[str]:
    """Return sentences on the languages of a study's documents and on what is unavailable for them.

    `documents`: the table documents.
    """
    lines = []
    counted = documents["language"].value_counts(sort=False).sort_values(ascending=False, kind="stable")
    for code in [str(language) for language in counted.index]:
        own = documents[documents["language"] == code]
        number = f"{len(own)} document{'' if len(own) == 1 else 's'}"
        shown = ", ".join(own["document"].head(SHOWN)) + (" and others" if len(own) > SHOWN else "")
        if code == UNKNOWN:
            lines.append(f"Too few words to detect the language of {number}: {shown}.")
        else:
            least = 100 * own["language_share"].min()
            sure = "all words" if least >= 99.5 else f"at least {least:.0f}% of words"
            lines.append(f"{number} in {name(code)} ({sure}){'' if code == ENGLISH else f': {shown}'}.")
    mixed = documents[documents["other_languages"] != ""]
    rows = zip(mixed["document"], mixed["language"], mixed["other_languages"], strict=True)
    lines += [f"{language} contains {listed([str(own), *str(others).split()])}." for language, own, others in rows]
    if set(documents["language"]) - {ENGLISH, UNKNOWN} or len(mixed):
        lines.append(FOR_ENGLISH)
    return lines


def looks_english(texts: Iterable[str]) -> bool:
    """Return whether frequent English words make up enough of the texts to skip detection."""
    words = " ".join(texts).lower().split()
    return sum(word in COMMON for word in words) >= COMMON_SHARE * max(len(words), 1)


def english(code: str) -> bool:
    """Return whether a language is English or unknown (treated as English)."""
    return code in (ENGLISH, UNKNOWN)


def listed(codes: Iterable[str]) -> str:
    """Return language names as a list in words, without repeats: `Portuguese and Spanish`."""
    names = list(dict.fromkeys(name(code) for code in codes))
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 2 else names)


def described(code: str, share: float, others: str) -> str:
    """Return a document's language with the share of its words: `Portuguese (98%), also English`.

    `others`: the codes of its other languages, with a space between them.
    """
    if code == UNKNOWN:
        return UNKNOWN
    more = listed(others.split())
    return f"{name(code)} ({prose.percent(share)}){f', also {more}' if more else ''}"


def shown(words: Iterable[object], language: str) -> str:
    """Return keywords as text, or why there are none in a language without stop words."""
    said = ", ".join(str(word) for word in words)
    return said or ("" if english(language) else not_available([language]))


def not_available(codes: Iterable[str]) -> str:
    """Return the text shown in place of a figure that is unavailable for these languages."""
    return f"not available ({listed(codes)})"

"""Says what a tier of annotations holds: speech, words, translations, notes, glosses, sounds of speech or ids.

By the name and linguistic type of the tier where these say so, otherwise by its content.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Literal

from pipeline.core.names import key

Kind = Literal["", "speech", "words", "notes", "translation", "annotation", "phones", "ids"]

# Values that look like ids (`shed.001`, `12`) make a tier of ids if so many of them do.
IDS = 0.8
# Single words, on average no longer than this, are a tier of words.
WORD_LETTERS, WORDS_A_VALUE, MOST_WORDS = 9, 1.3, 5


def _words(text: str) -> frozenset[str]:
    return frozenset(map(key, text.split()))


# Names that say what a tier holds, whatever else is in the name.
_CLEAR: dict[Kind, frozenset[str]] = {
    "notes": _words(
        """
        note notes comment comments remark remarks memo memos annotation annotations description descriptions
        kommentar kommentare notiz notizen anmerkung anmerkungen bemerkung bemerkungen beschreibung
        commentaire commentaires remarque remarques nota notas comentario comentarios comentário comentários
        observación observaciones observação observações commento commenti osservazioni opmerking opmerkingen notatki
        uwagi komentarz komentarze noise noises sounds event events gesture gestures geräusch geräusche bruit bruits
        ruido ruidos ruído ruídos rumore rumori silence silences silenzio pauses music background nonverbal laughter
        заметки комментарий комментарии примечания шум 备注 注释 備考 メモ
        """
    ),
    "translation": _words(
        """
        translation translations translated freetranslation übersetzung übersetzungen uebersetzung ubersetzung
        traduction traductions traducción traduccion traducciones tradução traducao traduzione vertaling tłumaczenie
        перевод 翻译 翻譯 翻訳
        """
    ),
    "annotation": _words(
        """
        gloss glosses glossing glosse glosa glosas morph morphs morpheme morphemes morphology lemma lemmas lexeme
        wordclass codes coding codings codierung kodierung codage topics themes sections chapters prosody interlinear
        title
        """
    ),
    "phones": _words("phone phones phoneme phonemes phonetic phonemic ipa sampa syllable syllables"),
    "ids": _words("segnum"),
}
# Short names and those that are surnames too say so only if the rest of the name is known from other tiers.
_SHORT: dict[Kind, frozenset[str]] = {
    "notes": _words("nt com comm cmt sound silent pause head hand gaze bem obs"),
    "translation": _words("ft fte fts ftr ftg trl trad übers free literal mt"),
    "annotation": _words(
        "gl ge gls gr gn ps pos mb mph morf tag tags tone tones tobi stress lang language code topic theme section cat"
    ),
    "words": _words("word words wort wörter token tokens mot mots palabra palabras ort wd"),
    "phones": _words("mau kan ph phon syl syll"),
    "ids": _words("ref id ids rec number index"),
    "speech": _words(
        """
        default utterance utterances utt utts text texts txt tx transcription transcriptions transcript transcripts
        transkript transkription transcripción transcripcion transcrição transcricao trascrizione transcriptie
        orth ortho orthographic orthography speech verbatim sentence sentences phrase phrases line lines turn turns
        äußerung äußerungen satz sätze trn rede tier
        """
    ),
}
# ELAN's own linguistic type, which says nothing.
_PLAIN = ("default-lt", "default")
_SAYS_SPEECH = _SHORT["speech"] | _SHORT["words"] | _SHORT["ids"]
_SILENCE = re.compile(r"sil|sp|spn|silence|silent|sounding|<sil>|<p:?>|<usb>|<nib>|#|_|\*", re.IGNORECASE)
_LANGUAGE = re.compile(r"[a-z]{2,3}")


@dataclass(frozen=True)
class Annotation:
    """A value in a tier with its times in seconds. `of`: the id of the annotation it depends on; `number`: from 1."""

    start: float | None
    end: float | None
    text: str
    of: str = ""
    number: int = 0


@dataclass(frozen=True, eq=False)
class Tier:
    """A tier: its name, the participant it names, its linguistic type, the tier it depends on, its annotations."""

    name: str
    participant: str = ""
    type: str = ""
    parent: str = ""
    annotations: list[Annotation] = field(default_factory=list)

    def values(self) -> list[str]:
        """Return the texts that are not empty."""
        return [annotation.text.strip() for annotation in self.annotations if annotation.text.strip()]

    def letters(self) -> int:
        """Return how many letters the tier holds."""
        return sum(letter.isalpha() for value in self.values() for letter in value)


def kind(tier: Tier, known: Collection[str]) -> Kind:
    """Return what a tier holds; '' where nothing speaks against speech. `known`: the parts of other tiers' names."""
    by_name = named_kind(tier.name, known) or ("" if tier.type in _PLAIN else named_kind(tier.type, known))
    if by_name not in ("", "speech", "words"):
        return by_name
    if holds_ids(tier):
        return "ids"
    return by_name


def spoken(value: str) -> str:
    """Return the text of an annotation; '' for a label of silence, which forced aligners and Praat write."""
    return "" if _SILENCE.fullmatch(value.strip()) else value


def named_kind(name: str, known: Collection[str]) -> Kind:
    """Return what a name says that a tier holds, or ''. Of `orth@AR`, the part before the sign counts."""
    found = parts(name.partition("@")[0])
    for kind_, words in _CLEAR.items():
        if not words.isdisjoint(found):
            return kind_
    rest = [part for part in found if not any(part in words for words in _SHORT.values()) and len(part) > 1]
    if not set(rest) <= set(known):
        return ""
    return next((kind_ for kind_, words in _SHORT.items() if not words.isdisjoint(found)), "")


def parts(name: str) -> list[str]:
    """Return the words of a tier's name: of `BK_freeTranslation`, `bk`, `free` and `translation`."""
    spaced = re.sub(r"(?<=[^\W\d_A-Z])(?=[A-Z])", " ", name)
    return [key(part) for part in re.findall(r"[^\W\d_]+", spaced)]


def holds_ids(tier: Tier) -> bool:
    """Return whether a tier holds ids or numbers, such as `shed.001`."""
    values = tier.values()
    ids = [value for value in values if not re.search(r"\s", value) and re.search(r"\d", value)]
    numbers = [value for value in values if not any(letter.isalpha() for letter in value)]
    return bool(values) and (
        len(numbers) == len(values) or (len(ids) >= IDS * len(values) and len(set(ids)) == len(ids) > 1)
    )


def holds_words(tier: Tier) -> bool:
    """Return whether a tier holds one word a value, so that words have to be joined to speech."""
    values = tier.values()
    words = sum(len(value.split()) for value in values)
    short = tier.letters() <= WORD_LETTERS * max(len(values), 1)
    return len(values) >= MOST_WORDS and words <= WORDS_A_VALUE * len(values) and short


def speaker(tier: Tier, root: Tier) -> str:
    """Return who speaks in a tier: its participant, or its name without what only says that it holds speech."""
    participant = (tier.participant or root.participant).strip()
    if participant:
        return participant
    for name in dict.fromkeys([tier.name, root.name]):
        if "@" in name:
            return name.partition("@")[2].strip()
        pieces = [piece for piece in re.split(r"[\s_.:/–-]+", name) if piece]
        says = [at for at, piece in enumerate(pieces) if key(piece) in _SAYS_SPEECH]
        if not says or pieces[-1].isdigit():
            return name.strip()
        after = [piece for piece in pieces[says[0] :] if not any(key(piece) in words for words in _SHORT.values())]
        left = pieces[: says[0]] or [piece for piece in after if not _LANGUAGE.fullmatch(piece)]
        if left:
            return " ".join(left)
    return ""

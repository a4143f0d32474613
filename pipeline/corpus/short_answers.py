"""Documents in which answers are short, as in surveys: there, few words are evidence, and non-responses are not.

In interviews, a turn of fewer than `segment.min_words` words says too little on its own. In a survey, "cost" or "Had no
choice" is a whole answer.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from itertools import groupby
from statistics import median
from typing import NamedTuple

# A document has short answers if half of the words are in turns shorter than this multiple of the limit, and there are
# so many turns; ...
SHORT, TURNS = 2, 8
# ... or if at least so many respondents answer one after another, with a median length below this multiple.
RESPONDENTS, MEDIAN = 3, 4
_REST = re.compile(r"[\W_]+")


class Answer(NamedTuple):
    """A turn as it counts here: who speaks, their part, the number of words, and whether its time is known."""

    speaker: str
    part: str
    words: int
    timed: bool


def are_short(answers: Sequence[Answer], *, min_words: int) -> bool:
    """Return whether a document's answers are short, so that fewer than `min_words` words are one.

    `answers`: the document's turns in order. Half of the words are in short turns, or several respondents answer one
    after another, briefly.
    """
    said = [answer for answer in answers if answer.part != "interviewer" and answer.words]
    if not said or all(answer.timed and not answer.speaker for answer in said):
        return False
    if len(said) >= TURNS and _half(said) < SHORT * min_words:
        return True
    if any(answer.speaker for answer in said):
        own = [answer for answer in said if answer.speaker]
        return _one_after_another(own) and median(answer.words for answer in own) < MEDIAN * min_words
    alone = len(said) == len(answers) >= TURNS
    return alone and median(answer.words for answer in said) < SHORT * min_words


def is_nonresponse(text: str) -> bool:
    """Return whether an answer says that there is none: "n/a", "No comment.", "keine Angabe", "-".

    "Nothing" is an answer: people code it ("What could we do better?").
    """
    compact = _REST.sub("", unicodedata.normalize("NFKC", text).casefold())
    return not compact or compact in NONRESPONSES


def _half(said: Sequence[Answer]) -> int:
    """Return the length of the turn in which, from the shortest on, half of the words are reached."""
    total, reached = sum(answer.words for answer in said), 0
    for words in sorted(answer.words for answer in said):
        reached += words
        if 2 * reached >= total:
            return words
    return 0


def _one_after_another(said: Sequence[Answer]) -> bool:
    """Return whether there are several speakers and none speaks again after another."""
    runs: dict[str, int] = defaultdict(int)
    for speaker, _ in groupby(answer.speaker for answer in said):
        runs[speaker] += 1
    return len(runs) >= RESPONDENTS and max(runs.values()) == 1


NONRESPONSES = frozenset(
    _REST.sub("", phrase)
    for phrase in """
    n/a|na|none|nil|no|nope|not applicable|no comment|no comments|no answer|no response|no reply|no opinion|no idea
    did not answer|didnt answer|not answered|unanswered|nothing to add|nothing to say|nothing comes to mind|none really
    no further comment|no further comments|no other comments|no additional comments|not sure|unsure|dont know
    i dont know|do not know|i do not know|dk|dunno|idk|prefer not to say|rather not say|refused|skip|skipped
    see above|see previous|see previous answer|as above|same as above|same|ditto|blank|left blank|missing|null|nan
    test|x|xx|xxx|yes|ok|okay
    keine|keiner|keines|nein|ja|k a|keine angabe|keine angaben|keine antwort|kein kommentar|keine ahnung|keine meinung
    weiß nicht|weiss nicht|weiß ich nicht|ich weiß nicht|nicht bekannt|entfällt|trifft nicht zu|nicht zutreffend
    siehe oben|s o|keine weiteren|nicht beantwortet
    aucun|aucune|néant|non|oui|sans objet|sans réponse|pas de réponse|sans commentaire|pas de commentaire
    aucun commentaire|aucune réponse|ne sait pas|nsp|je ne sais pas|je sais pas|sans avis|non applicable|rien à dire
    rien à ajouter|voir ci-dessus|r a s|idem
    ninguno|ninguna|sí|si|sin comentarios|sin comentario|sin respuesta|no sabe|no sé|no lo sé|ns nc|ns|nc
    no aplica|no procede|no contesta|nada que añadir|nada que decir|ver arriba|ídem
    nenhum|nenhuma|não|sim|sem comentários|sem comentário|sem resposta|não sei|não se aplica|n s n r|não respondeu
    nada a acrescentar|nada a declarar|prefiro não responder
    nessuno|nessuna|nessun commento|nessuna risposta|non so|non lo so|non applicabile|n d|sì
    geen|nee|n v t|geen commentaar|geen antwoord|geen mening|weet niet|weet ik niet|niet van toepassing
    brak|nie|tak|nie wiem|nie dotyczy|bez komentarza|brak odpowiedzi|trudno powiedzieć|brak uwag
    nej|vet ej|vet inte|ingen kommentar|inga kommentarer|ej aktuellt|ingen|nei|vet ikke|ved ikke
    ikke aktuelt|ei|en tiedä|ei kommenttia|en osaa sanoa|eos|žádné|nevím|ne|yok|hayır|bilmiyorum|fikrim yok
    нет|не знаю|без комментариев|нет ответа|затрудняюсь ответить|да|немає
    无|没有|不知道|无意见|没意见|無|なし|特になし|特に無し|特にない|わからない|分からない|ありません|없음|없다|없습니다|모름|모르겠다
    لا|لا أعرف|لا يوجد|لا تعليق
    """.replace("\n", "|")
    .casefold()
    .split("|")
)

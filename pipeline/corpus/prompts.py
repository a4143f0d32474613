"""Which turns ask for something, by what they say: an answer belongs to the last of these.

"Thank you, Anna. Anyone else?", "Mm, why?" and "Can you say more about that?" ask for more on the question before them.
They have no words of their own: only function words (spaCy's stop words, of some seventy languages), words that ask for
more, and names of speakers. Their length says nothing: "Protected time?" is a question.
"""

from collections.abc import Collection, Iterable
from functools import lru_cache
from importlib import import_module

from pipeline.core import languages
from pipeline.corpus import asking, sentences, text_layout

# How many words of its own a turn needs that neither has a question mark nor a word such as "tell" or "describe", where
# questions are marked: fewer only reflect ("So it was the rota.").
UNMARKED = 3
# spaCy's name of a language where it differs.
_SPACY = {"no": "nb"}


def asks(text: str, *, language: str, names: Collection[str] = (), marked: bool = True) -> bool:
    """Return whether an interviewer's turn asks for something of its own. `names`: words of the speakers' labels.

    `marked`: whether questions have question marks in this document (see `marks`). In a language without a list of
    function words, every turn asks.
    """
    if not function_words(language):
        return True
    named = asking.question(text) or ASK_FOR & {*_words(text)}
    return len(own_words(text, language=language, names=names)) >= (UNMARKED if marked and not named else 1)


def own_words(text: str, *, language: str, names: Collection[str] = ()) -> frozenset[str]:
    """Return the words of a turn that are no function words, names or words that ask for more."""
    stop, said = function_words(language), _words(text)
    apart = FOR_MORE | WITH_MORE if FOR_MORE & {*said} else FOR_MORE
    return frozenset(w for w in said if len(w) > 1 and w not in stop and w not in apart and w not in names)


def marks(texts: Iterable[str]) -> bool:
    """Return whether question marks can be relied on in what the interviewers of a document say."""
    return sum(asking.question(text) > 0 for text in texts) >= asking.MARKS


def names_of(labels: Collection[str]) -> frozenset[str]:
    """Return the words of speakers' labels."""
    return frozenset(word for label in labels for word in sentences.tokens(label))


@lru_cache(maxsize=128)
def function_words(language: str) -> frozenset[str]:
    """Return a language's function words in lower case; none if spaCy has no list. Unknown: those of English."""
    code = languages.ENGLISH if language == languages.UNKNOWN else _SPACY.get(language, language)
    try:
        words = import_module(f"spacy.lang.{code}.stop_words").STOP_WORDS
    except ModuleNotFoundError:
        return frozenset()
    return frozenset(part for word in words for part in _parts(str(word).casefold().replace("’", "'")))


def _words(text: str) -> list[str]:
    return [part for word in sentences.tokens(text) for part in _parts(word) if not part.isdecimal()]


def _parts(word: str) -> list[str]:
    """Return the parts of a contraction or compound: didn't, l'école, est-ce."""
    return (word.removesuffix("n't")).replace("-", "'").split("'")


# Words that ask for more, or for somebody else, without saying of what.
FOR_MORE = text_layout.word_list(
    """
    add added agree anyone anybody anything bit chance comment comments contribute disagree elaborate else example
    examples expand experience explain feel further happy idea ideas instance jump kind lot mean moment moving next
    nobody opinion opinions point question questions reaction reactions round say saying shall sort start stuff tell
    thing things think thinking thought thoughts topic turn view views
    absolutely ah aha alright brilliant bye cheers cool definitely exactly excellent fantastic fine gosh great haha
    hello helpful hi hmm indeed interesting lovely mhm mm mmm nice oh ok okay perfect really right sorry sure thank
    thanks true uh um wonderful wow yeah yep yes
    ach also andere anderes beispiel beispiele danke denken dazu ergänzen ergänzung erzählen finden gedanken genau gut
    hinzufügen interessant ja jemand meinen meinung meinungen nein noch prima sagen sehen sonst spannend super vielen
    weitere weiteres wer
    accord ah ajouter autre autres avis bien bon compléter choses chose commentaire commentaires d'accord développer
    dire exemple intéressant merci oui pensent pensez penses pourriez pouvez donner préciser quelqu remarque
    remarques très
    agregar algo alguien alguno añadir bien bueno claro comentar comentario comentarios contar cosa cosas creen decir
    ejemplo ejemplos explicar gracias interesante más opinan opinas opinión parece perfecto piensa piensan piensas sí
    vale
    acrescentar alguém alguma algum bom certo coisa coisas comentário comentários dizer exemplo exemplos explicar mais
    obrigada obrigado opinião ótimo outra outras outro outros acha acham pensa pensam sim
    aggiungere altra altre altri altro bene cosa cose dire esempio esempi grazie nessuno opinione pensa pensano pensate
    qualcun qualcuno sì
    aanvullen aanvulling anders bedankt dank denken denkt goed iemand iets interessant meer mening nog toevoegen
    vertellen vinden voorbeeld vragen zeggen
    någon något andra annan annat bra exempel fler mer tack tillägga tycker tänker noen noe andre eksempel flere legge
    takk tenker tilføye nogen noget fint flere tak tilføje synes
    coś dodać dziękuję dobrze ktoś jeszcze inne inny jakieś myśli powiedzieć przykład przykłady
    """
)
# Words with which something is asked for without a question mark: "Tell me about your role."
ASK_FOR = text_layout.word_list(
    """
    tell describe explain talk walk elaborate share erzählen erzähl schildern beschreiben erklären racontez parlez
    décrivez expliquez dites cuénteme cuéntame cuente cuéntenos háblame hábleme describa explique explica conte fale
    descreva racconti parli descriva spieghi vertel beschrijf berätta beskriv fortell fortæl opowiedz proszę kerro
    """
)
# Words that count as little beside them: "Would you like to add anything?", but "What would you like to know?".
WITH_MORE = text_layout.word_list(
    """
    like want know wants care hear share chip respond möchte möchten mag wissen aimerait voudrait veut quiere quieren
    gustaría quer querem gostaria vuole vorrebbe wil willen vill chce
    """
)

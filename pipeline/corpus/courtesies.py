"""Thanks and farewells that say nothing else: "Thank you very much, it was lovely talking to you. Bye!"

They are no evidence. A segment with a single word of its own is kept: "Thank you for the extra nurse."
"""

import re

from pipeline.core import languages
from pipeline.corpus import prompts, sentences, text_layout

# Most function words in a clause without a courtesy: "Thank you, nobody ever did anything for us" is evidence.
MOST = 3
_CLAUSE = re.compile(r"[.!?,;:…。！？，–—-]+")


def is_courtesy(text: str, *, language: str) -> bool:
    """Return whether a text only thanks or takes leave. Function words are allowed beside it in English alone."""
    english = language in (languages.ENGLISH, languages.UNKNOWN)
    function = prompts.function_words(language) - SUBSTANCE if english else frozenset()
    clauses = [[part for word in sentences.tokens(one) for part in word.split("'")] for one in _CLAUSE.split(text)]
    said = {word for clause in clauses for word in clause}
    if not said & COURTESIES or said - function - COURTESIES - BESIDE - ENDINGS:
        return False
    return all(len(clause) <= MOST or {*clause} & (COURTESIES | BESIDE) for clause in clauses)


# English words that spaCy counts as function words although they may be what is said, and ends of contractions.
SUBSTANCE = text_layout.word_list(
    """
    call empty full give made make move name never no nobody none not nothing serious show side unless without against
    """
)
ENDINGS = text_layout.word_list("d l ll m re s t ve")
# One of these makes a courtesy; ...
COURTESIES = text_layout.word_list(
    """
    thank thanks cheers bye goodbye danke dank tschüss wiedersehen wiederhören merci revoir gracias adiós
    obrigado obrigada grazie arrivederci bedankt tack takk tak hejdå dziękuję kiitos спасибо
    """
)
# ... these may stand beside it.
BESIDE = text_layout.word_list(
    """
    ah aw welcome pleasure
    great good lovely nice happy much ok okay oh really so talk talking speaking meet meeting um uh very well yeah
    yes take care see day evening weekend afternoon luck schön schöne schönen tag vielen gern gerne ihnen bonne journée
    bien beaucoup bon sí muchas buen día muito bom dia molte mille buona giornata bene heel veel goed mycket bra mange
    und einen noch auch euch à vous au aussi a ustedes usted en nog een u så e voi lei bardzo большое
    """
)

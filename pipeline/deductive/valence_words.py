"""The words by which a passage is read as telling of help or of hindrance, and those that turn them round."""

_HELP_WORDS = """
able accessible achieved agree appreciate appreciated backed benefit benefits best better brilliant caring clear
comfortable confidence confident easier easily easy effective efficient encourage encouraged encouraging energy
enjoy enjoyed enthusiasm enthusiastic excellent excited fantastic friendly glad good grateful great happy help
helped helpful helping helps improve improved improvement improves interested keen kind love loved lovely motivated
nice opportunity pleased positive praised proud quick quickly reassuring reliable respect respected rewarding
satisfied simple smooth succeeded success successful support supported supportive thank thanks trust trusted useful
valuable valued welcome welcoming well willing wonderful worked works worthwhile
"""
_HINDER_WORDS = """
afraid alone angry annoying anxious avoid awful bad barrier barriers blame blamed blocked boring broke broken burden
busy cannot challenge challenging chaos complain complained complicated concern concerned confused confusing
cumbersome cut cuts delay delayed delays demoralised difficult difficulty disappointed disappointing exhausted
expensive fail failed fails failure fear fed fight forget forgot frustrated frustrating frustration gap gave hard
hassle impossible inadequate irrelevant issue issues lack lacked lacking late lost meaningless mess miss missed
missing mistake never nightmare nobody obstacle overwhelmed overworked pointless poor pressure problem problems
reluctant resistance rude rushed scared sceptical short shortage slow stop stopped stress stressed stressful
stretched struggle struggled struggling stuck suffer terrible tired trouble unable unclear understaffed
unfortunately unhappy unreliable unsupported useless vacancies waiting waste wasted weak worried worry worse worst
wrong
"""
_NEGATIONS = """
aren't barely can't cannot couldn't didn't doesn't don't hadn't hardly hasn't haven't isn't lack lacked neither
never no nobody none nor not nothing wasn't weren't without won't wouldn't
"""

HELP_WORDS: frozenset[str] = frozenset(_HELP_WORDS.split())
HINDER_WORDS: frozenset[str] = frozenset(_HINDER_WORDS.split())
NEGATIONS: frozenset[str] = frozenset(_NEGATIONS.split())
# Names of codes by which people say it: 0 of facilitators, 1 of barriers.
CODED = {
    "facilitator": 0, "facilitators": 0, "enabler": 0, "enablers": 0,
    "barrier": 1, "barriers": 1, "obstacle": 1, "obstacles": 1,
}  # fmt: skip

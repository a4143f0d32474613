"""Who asks and who answers, where nobody has said so."""

from collections import Counter, defaultdict
from dataclasses import dataclass

from pipeline.layout import count_words
from pipeline.readers.model import key

# Below this share of turns with a question, or with fewer turns, nobody is taken for the interviewer.
MIN_ASKING, MIN_TURNS = 0.15, 2
# What a speaker who asks is also like; asking itself counts fully.
SHORTER, OPENS, ELSEWHERE = 0.25, 0.15, 0.3


@dataclass(frozen=True)
class Said:
    """What a turn says, for the guess: its document, speaker and words."""

    document: str
    speaker: str
    text: str


def guess_interviewers(turns: list[Said], *, unsettled: set[str], settled: set[tuple[str, str]]) -> dict[str, str]:
    """Return, for each unsettled document, the speaker who most probably asks; no entry where nobody clearly does.

    The signs are the share of turns that ask, turns shorter than the others', speaking first, and asking in other
    documents too. `settled` are (document, speaker key) pairs whose part is known, and who are not guessed.
    """
    by_document: dict[str, list[Said]] = defaultdict(list)
    for turn in turns:
        if turn.speaker and turn.document in unsettled:
            by_document[turn.document].append(turn)
    shares = {document: _asking(said) for document, said in by_document.items()}
    elsewhere = Counter(speaker for share in shares.values() for speaker in _leaders(share))
    guessed = {}
    for document, said in sorted(by_document.items()):
        share = shares[document]
        counts = Counter(key(turn.speaker) for turn in said)
        free = [name for name in share if (document, name) not in settled and counts[name] >= MIN_TURNS]
        if len(share) < 2 or not free:  # noqa: PLR2004 - a monologue has no interviewer
            continue
        best = max(sorted(free), key=lambda speaker: _score(speaker, said, share, elsewhere))
        if share[best] >= MIN_ASKING:
            guessed[document] = next(turn.speaker for turn in said if key(turn.speaker) == best)
    return guessed


def _asking(said: list[Said]) -> dict[str, float]:
    """Return each speaker's share of turns that ask something."""
    total = Counter(key(turn.speaker) for turn in said)
    asking = Counter(key(turn.speaker) for turn in said if "?" in turn.text)
    return {speaker: asking[speaker] / count for speaker, count in total.items()}


def _leaders(share: dict[str, float]) -> list[str]:
    top = max(share.values())
    return [speaker for speaker, value in share.items() if value == top and value >= MIN_ASKING and len(share) > 1]


def _score(speaker: str, said: list[Said], share: dict[str, float], elsewhere: Counter[str]) -> float:
    if share[speaker] == 0:
        return -1.0
    lengths: dict[str, list[int]] = defaultdict(list)
    for turn in said:
        lengths[key(turn.speaker)].append(count_words(turn.text))
    mean = {name: sum(words) / len(words) for name, words in lengths.items()}
    others = [value for name, value in mean.items() if name != speaker]
    shorter = mean[speaker] < sum(others) / len(others)
    opens = key(said[0].speaker) == speaker
    return share[speaker] + SHORTER * shorter + OPENS * opens + ELSEWHERE * (elsewhere[speaker] > 1)

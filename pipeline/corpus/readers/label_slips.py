"""Mends what people and programs do to labels once the speakers are known: a missing colon, a name repeated, a dash."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from pipeline.core.names import key
from pipeline.corpus.readers import label_names
from pipeline.corpus.readers.label_lines import Line
from pipeline.corpus.readers.model import Remark

# Least share of lines that must begin with a dash to be turns of unnamed speakers.
VOICES_SHARE, MIN_VOICES, SHOWN = 0.8, 4, 3
# Share of them with a question mark, which lists of points lack.
VOICES_ASKING = 0.15

_DASH = re.compile(r"[ \t]*(?:[-–—•]|>{1,2}|»)[ \t]+(?=\S)")
# Labels of one letter that are also words before a capital letter.
_ARTICLES = frozenset("aeoyй")
_ASKS = re.compile(r"[?？؟;՞፧][\"”»’)\]]*\s*$")
_AFTER = re.compile(r"[ \t]*[;.,\-–—][ \t]*(?=\S)|[ \t]+(?=[^\W\d_a-zß-ÿ])")


def mended(lines: Sequence[Line], spelled: Mapping[str, str]) -> tuple[list[Line], list[Remark]]:
    """Return the lines with labels that lack their colon, and without lines that only repeat a name or its initials.

    A label without a colon counts before a capital letter or another sign, after a turn of somebody else.
    """
    done: list[Line] = []
    without: list[tuple[int, str]] = []
    short = {label_names.initials(label): label for label in spelled.values() if len(label.split()) > 1}
    numbered = _numbered(lines)
    speaker = ""
    for at, line in enumerate(lines):
        mended_line = line
        if line.form == "text" and spelled:
            words = line.shape.strip().rstrip(":：").strip()
            if key(words) in spelled:
                mended_line = replace(line, label=spelled[key(words)], form="label", speech=line.end, stop=line.end)
            elif words in short and _next_is(lines, at, short[words]):
                mended_line = replace(line, label=short[words], form="label", speech=line.end, stop=line.end)
            else:
                mended_line = _without_colon(line, spelled, speaker, numbered)
                if mended_line.label:
                    without.append((at + 1, mended_line.label))
        speaker = key(mended_line.label) if mended_line.label else speaker
        done.append(mended_line)
    if not without:
        return done, []
    where = ", ".join(f"line {at} ('{label}')" for at, label in without[:SHOWN])
    message = (
        f"{len(without)} label{'s' if len(without) > 1 else ''} without a colon: {where}"
        f"{' and others' if len(without) > SHOWN else ''}. They were read as speaker labels; "
        "if one is speech, change the line."
    )
    return done, [Remark("guessed", message)]


def voices(lines: Sequence[Line]) -> tuple[list[Line], list[Remark]]:
    """Return the lines of a text without labels, without the dashes that begin its turns, and a remark on these."""
    talk = [line for line in lines if line.form == "text"]
    dashed = [line for line in talk if _DASH.match(line.shape)]
    asking = sum(bool(_ASKS.search(line.raw)) for line in dashed)
    if len(dashed) < max(MIN_VOICES, VOICES_SHARE * len(talk)) or asking < VOICES_ASKING * len(dashed):
        return list(lines), []
    done = [
        replace(line, speech=line.start + match.end(), form="label")
        if line.form == "text" and (match := _DASH.match(line.shape))
        else line
        for line in lines
    ]
    message = (
        f"{len(dashed)} turns begin with a dash or an arrow, and no speaker is named, so speakers could not "
        "be told apart. Put a label such as 'Anna:' before each turn."
    )
    return done, [Remark("guessed", message)]


def _next_is(lines: Sequence[Line], at: int, label: str) -> bool:
    after = next((line for line in lines[at + 1 :] if line.form != "blank"), None)
    return after is not None and (key(after.label) == key(label) or key(after.shape) == key(label))


def _numbered(lines: Sequence[Line]) -> set[str]:
    """Return the labels that were written with numbers (`Q1`, `Q2`), which `label_names` took off."""
    return {line.label for line in lines if line.label and re.match(rf"\W*{re.escape(line.label)}[ .]*\d", line.shape)}


def _without_colon(line: Line, spelled: Mapping[str, str], speaker: str, numbered: Collection[str]) -> Line:
    """Return a line with the label it begins with although no colon follows."""
    offset = max(line.speech - line.start, 0)
    lead = len(line.shape) - len(line.shape[offset:].lstrip())
    for name in sorted(set(spelled.values()), key=lambda label: (-len(label), label)):
        fits = speaker and key(name) != speaker and (name in numbered or key(name) not in _ARTICLES)
        number = r"[ .]*\d{1,4}" if name in numbered else ""
        match = re.compile(re.escape(name) + number).match(line.shape, lead) if fits else None
        after = _AFTER.match(line.shape, match.end()) if match else None
        if after and line.shape[after.end() :].strip():
            return replace(line, label=name, form="label", speech=line.start + after.end())
    return line

"""Finds the head of a transcript: lines that say who speaks, when and where (`Interviewee: Bo Kern`); no talk."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from pipeline.core.names import key
from pipeline.corpus import text_layout
from pipeline.corpus.readers.label_lines import Line

# Longest value of a line of the head, in words; and how many unknown keys in a row make a head without a known one.
VALUE_WORDS, UNKNOWN_KEYS = 14, 3
# Words that begin lines of heads, in the languages of most archives and universities.
KEYS = text_layout.word_list(
    """
    age author code copyright date duration file gender id interviewee interviewees interviewer interviewers job
    keywords
    language length
    location moderator name number occupation participant participants person place project present
    recorded recording respondent respondents role sex site speaker speakers study subject title topic transcriber
    transcript transcription venue version
    alter befragte befragter beruf datum dauer geschlecht interviewerin interviewpartner ort projekt sprache teilnehmer
    teilnehmerin thema transkription
    durée enquêteur enquêtrice enquêté enquêtée lieu langue participante profession sexe sujet âge
    edad entrevistado entrevistada entrevistador
    entrevistadora fecha idioma lugar profesión proyecto
    sexo tema título duración
    data duração idade idioma local participante profissão projeto
    durata età intervistata intervistato intervistatore intervistatrice luogo lingua progetto
    beroep duur geslacht leeftijd naam plaats geïnterviewde
    intervjuare ort datum respondent dato sted varighet
    日期 时间 地点 访谈者 受访者 姓名 年龄 性别 職業 職業 時間 場所 日時 氏名 التاريخ المكان الاسم العمر תאריך מקום שם
    дата место имя возраст интервьюер респондент ημερομηνία τόπος όνομα ηλικία
    """
)
_ENDS = re.compile(r"[?!？！؟。](?:[\"”»’)]*)$|(?<![A-Z])(?<!\b[A-Za-z]{2})\.[\"”»’)]*$")


def set_aside(lines: Sequence[Line], text: str) -> list[Line]:
    """Return the lines with those of the head as form `head`, without labels.

    A head is a run of short `key: value` lines before the talk. One of them has a known key, or three in a row have
    keys that do not come again.
    """
    counts = Counter(key(line.label) for line in lines if line.label)
    run: list[int] = []
    facts = beside = 0  # lines such as `Date: 3 March`, and those of the same paragraph
    for at, line in enumerate(lines):
        beside = 0 if line.form == "blank" else beside
        if line.label and not _entry(line, text, counts, beside=beside > 0):
            break
        if line.label:
            run.append(at)
        elif line.form == "text" and _is_fact(line):
            facts, beside = facts + 1, beside + 1
        elif line.form == "text" and run and text_layout.count_words(line.raw) > VALUE_WORDS:
            break
    once = [at for at in run if counts[key(lines[at].label)] == 1]
    known = any(_words(lines[at].label) & KEYS for at in run)
    while run and not (facts or _words(lines[run[-1]].label) & KEYS or len(once) >= UNKNOWN_KEYS):
        run.pop()
    # Without a line that can only be one of a head, `Interviewer: Hello` may be the first turn.
    if not run or not (facts or once) or not (facts or known or len(once) >= UNKNOWN_KEYS) or _is_dialogue(lines, run):
        return list(lines)
    head = set(run)
    return [replace(line.plain(), form="head") if at in head else line for at, line in enumerate(lines)]


def _is_fact(line: Line) -> bool:
    """Return whether a line without a label is `Date: 3 March` or the like."""
    before, colon, after = line.raw.replace("：", ":").partition(":")
    return bool(colon) and bool(_words(before.strip("#*_> -")) & KEYS) and text_layout.count_words(after) <= VALUE_WORDS


def _entry(line: Line, text: str, counts: Counter[str], *, beside: bool) -> bool:
    """Return whether a labelled line may be one of the head: a short value, no sentence; a rare or known key."""
    value = text[line.speech : line.stop].strip()
    short = text_layout.count_words(value) <= VALUE_WORDS and not _ENDS.search(value)
    return short and (beside or counts[key(line.label)] == 1 or bool(_words(line.label) & KEYS))


def _is_dialogue(lines: Sequence[Line], run: Sequence[int]) -> bool:
    """Return whether hardly anything but the run would be talk, so that it is a short dialogue and no head."""
    words = [text_layout.count_words(line.raw) for line in lines]
    inside = sum(words[at] for at in run)
    return sum(words) - inside <= inside


def _words(label: str) -> set[str]:
    return set(key(label).split())

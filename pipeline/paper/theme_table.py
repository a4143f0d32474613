"""The themes of a study as a table for a journal: what each is, whose it is, and two or three quotes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from pipeline.core import prose
from pipeline.core.table_rows import each, groups, lookup
from pipeline.decisions import ledger, states
from pipeline.decisions.ledger import Decision
from pipeline.paper.identities import People
from pipeline.reporting.matrix import sentences_of
from pipeline.reporting.quotes import Quote
from pipeline.reporting.report_tables import ReportData

QUOTES = 3
# A quote in the table: at least and at most so many words, where the talk allows.
SHORTEST, LONGEST = 8, 60
# Quotes that are typical come before those that show the range of a theme.
KINDS = ("typical", "diverse")
# Of so many of the best quotes, those by other people and groups are preferred.
CHOICE = 12
NO_MEMO = "[Describe this theme: what holds it together, and where it ends.]"
CUT = " […]"


@dataclass(frozen=True)
class Cited:
    """A quote as a paper cites it: its words, and who said them (P3, nurse, Haverley)."""

    text: str
    who: str


@dataclass(frozen=True)
class Row:
    """A theme. `line`: a participant's own words for it; `reach`: how many of whom speak of it, in words."""

    name: str
    line: str
    description: str
    reach: str
    quotes: tuple[Cited, ...]


def chosen(data: ReportData) -> tuple[pd.DataFrame, bool]:
    """The themes for the paper, largest first: the accepted ones, or all shown if none is; and whether they are."""
    ranked = states.ranked(data.tables["themes"])
    accepted = set(data.tables["theme_states"].query("state == 'accepted'").theme_id)
    some = bool(accepted & set(ranked.theme_id))
    return (ranked[ranked.theme_id.isin(list(accepted))] if some else ranked), some


def rows(data: ReportData, people: People, *, group: str = "") -> list[Row]:
    """A row for each theme of the paper. `group`: the attribute by which participants are counted, if any."""
    themes, _ = chosen(data)
    members = groups(data.tables["theme_assignments"], "theme_id")
    described = memos(data.decisions)
    made = []
    for theme in each(themes):
        own = [data.quoted[name] for name in members[theme.theme_id].segment_id] if theme.theme_id in members else []
        best = ordered(data, int(theme.theme_id))
        made.append(
            Row(
                name=people.without_names(str(theme.label)) or "[Name this theme.]",
                line=people.without_names(str(theme.in_vivo)),
                description=people.without_names(described.get(int(theme.theme_id), "")) or NO_MEMO,
                reach=reach(own, data.tables["cases"], data.tables["segments"], group=group),
                quotes=tuple(cited(quote, people) for quote in varied(best, data.tables["cases"], group, QUOTES)),
            )
        )
    return made


def memos(decisions: Sequence[Decision]) -> dict[int, str]:
    """What people wrote in memos on each theme, oldest first; decisions that were undone are left out."""
    texts: dict[int, list[str]] = {}
    for decision in ledger.standing(decisions):
        if decision.action == "memo" and decision.theme is not None and decision.text:
            texts.setdefault(decision.theme, []).append(decision.text.strip())
    return {theme: " ".join(parts) for theme, parts in texts.items()}


def reach(own: Sequence[Quote], cases: pd.DataFrame, segments: pd.DataFrame, *, group: str = "") -> str:
    """How many of the study's participants and sources speak of a theme, also by group, in words."""
    talking = set(segments[segments.substantive & (segments.case != "")].case)
    who = {quote.case for quote in own if quote.case}
    passages = prose.count(len(own), "passage")
    sources = prose.count(len({quote.document for quote in own}), "source")
    if not talking:
        return f"{passages} in {sources}"
    lines = [f"{len(who)} of {prose.count(len(talking), 'participant')}"]
    if group:
        value = {str(case): str(name or "") for case, name in lookup(cases, "case", group).items()}
        known = sorted({value.get(case, "") for case in talking} - {"", "nan"})
        shares = [
            f"{name} {sum(value.get(case) == name for case in who)}/{sum(value.get(case) == name for case in talking)}"
            for name in known
        ]
        lines += [", ".join(shares)] if shares else []
    return "\n".join([*lines, f"{passages} in {sources}"])


def ordered(data: ReportData, theme: int) -> list[Quote]:
    """The quotes of a theme, best first: pinned by people, typical, diverse, then the rest by how well they fit."""
    held = data.tables["theme_assignments"]
    members = held[held.theme_id == theme].sort_values(["strength", "segment_id"], ascending=[False, True]).segment_id
    pinned = [
        name
        for decision in ledger.standing(data.decisions)
        if decision.action == "pin" and decision.theme == theme
        for name in decision.segments
    ]
    table = data.tables["theme_quotes"]
    shown = table[(table.theme_id == theme) & table.kind.isin(KINDS)]
    shown = shown.assign(order=shown.kind.map({kind: number for number, kind in enumerate(KINDS)}))
    best = shown.sort_values(["order", "rank", "segment_id"]).segment_id
    inside = set(members)
    names = dict.fromkeys([*(name for name in pinned if name in inside), *best, *members])
    return [data.quoted[name] for name in names if name in data.quoted]


def varied(best: Sequence[Quote], cases: pd.DataFrame, group: str, count: int) -> list[Quote]:
    """Up to `count` quotes by different people, of different groups where there are any, in the order of `best`.

    People come before sources in which nobody speaks, such as field notes.
    Two are by one person where only one speaks.
    """
    value = lookup(cases, "case", group) if group else {}
    long_enough = [quote for quote in best if len(quote.text.split()) >= SHORTEST] or list(best)
    long_enough.sort(key=lambda quote: not quote.case)
    taken: dict[str, Quote] = {}
    for quote in _preferred(long_enough, value):
        taken.setdefault(quote.case or quote.document, quote)
        if len(taken) == count:
            break
    alone = long_enough[:2] if len(taken) < 2 <= count else []
    return sorted({*taken.values(), *alone}, key=best.index)


def cited(quote: Quote, people: People, *, longest: int = LONGEST) -> Cited:
    """A quote with its speaker as the paper cites it; where it is long, whole sentences of it and a mark."""
    return Cited(
        people.without_names(shortened(quote.text, longest)), people.cited(quote.case, source_type=quote.source_type)
    )


def shortened(text: str, longest: int) -> str:
    """The first whole sentences of a text, up to `longest` words (at least one sentence), with a mark if it is cut."""
    spans = sentences_of(text)
    end = spans[0][1] if spans else len(text)
    for _, stop in spans:
        if len(text[:stop].split()) > longest:
            break
        end = stop
    rest = text[end:].strip()
    return text[:end].strip() + (CUT if rest else "")


def _preferred(best: Sequence[Quote], value: Mapping[Any, Any]) -> Iterator[Quote]:
    """Quotes of groups not yet heard among the first, then all in order."""
    heard: set[Any] = set()
    for quote in best[:CHOICE]:
        group = value.get(quote.case, "")
        if group not in heard:
            heard.add(group)
            yield quote
    yield from best

"""Makes the codebook of the codes of another program's project: headings, notes on codes, and sets as headings."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.commands.import_plan import Plan
from pipeline.core import prose
from pipeline.core.study_paths import Places
from pipeline.corpus.readers import qde
from pipeline.corpus.readers.memo import Memo
from pipeline.corpus.taken import Tally
from pipeline.deductive import codebook
from pipeline.deductive.codebook import Code, Codebook
from pipeline.reporting.code_text import fields

_SHORT_COLOR = re.compile(r"#([0-9A-Fa-f])([0-9A-Fa-f])([0-9A-Fa-f])")
_COLOR = re.compile(r"#[0-9a-fA-F]{6}")
_THERE = "codebook.yaml already has codes; use --codebook"
_SPACE = re.compile(r"\s+")


def add(plan: Plan, project: qde.Project, tally: Tally, *, memos: Sequence[Memo] = (), place: str) -> None:
    """Plan to write the codebook, without candidate themes, codes beyond the codebook, and codes of cases.

    `memos`: those about a code become part of its definition. `place`: the file, for messages.
    """
    names = qde.code_names(project)
    own = [guid for guid in project.codes if project.in_codebook(guid)]
    notes: dict[str, list[str]] = {}
    for memo in memos:
        if memo.about == "code":
            notes.setdefault(memo.code, []).append(memo.memo)
    groups = _groups(project, own, names, tally)
    entries: list[dict[str, Any]] = [{"name": name, "codable": False} for name in dict.fromkeys(groups.values())]
    for guid in own:
        code = project.codes[guid]
        parent = names[code.parent] if code.parent in own else groups.get(guid, "")
        heading = not code.codable and not project.applied[guid]
        said = {**fields(_described(code.description, notes.get(names[guid], []))), "color": _color(code.color)}
        entries.append({"name": names[guid], "parent": parent, **said} | ({"codable": False} if heading else {}))
        tally.take("headings" if heading else "codes")
    _remarks(project, own, names, tally)
    if not write(plan, codebook.parse_codebook(entries, place=place), tally):
        tally.give_back("sets", len(set(groups.values())), why=f"sets of codes: {_THERE}", names=groups.values())


def write(plan: Plan, book: Codebook, tally: Tally | None = None) -> bool:
    """Plan to write a codebook, unless there is another one and its replacement was not asked for.

    Returns False if the study keeps another codebook; messages say how it differs.
    """
    file = Places(plan.folder).codebook
    there = codebook.load_codebook(file) if file.exists() else Codebook()
    if not len(book):
        return True
    if there == book:
        plan.lines.append(
            f"{file} already has {'this' if len(book) == 1 else 'these'} {prose.count(len(book), 'code')}."
        )
        return True
    if len(there) and not plan.wanted.codebook:
        plan.lines.append(f"{file} already has codes and was not changed. To replace it, use --codebook.")
        plan.lines += _differences(there, book)
        plan.conflicts = True
        if tally is not None:
            for kind in ("codes", "headings"):
                tally.give_back(kind, why=_THERE)
        return False
    plan.replace(file, codebook.dump_codebook(book).encode(), copy=file.with_stem(f"{file.stem}.before"))
    plan.lines.append(f"Wrote {prose.count(len(book), 'code')} to {file}.")
    return True


def _differences(there: Codebook, new: Codebook) -> list[str]:
    """Return what tells a codebook that was not imported from the study's: for people to decide."""
    known, names = {code.name: code for code in there.codes}, set(new.names)
    pairs = [(known[code.name], code) for code in new.codes if code.name in known]
    found = {
        "Not in it": [code.name for code in new.codes if code.name not in known],
        "Only in it": [name for name in known if name not in names],
        "With another definition": [a.name for a, b in pairs if _flat(a.definition) != _flat(b.definition)],
        "With another parent": [a.name for a, b in pairs if a.parent != b.parent],
        "With other details": [a.name for a, b in pairs if a.model_copy(update=_same(b)) != b],
    }
    return [f"{what}: {_listed(names)}." for what, names in found.items() if names]


def _same(code: Code) -> dict[str, str]:
    return {"definition": code.definition, "parent": code.parent}


def _described(description: str, notes: Sequence[str]) -> str:
    """Return a description with the notes about its code that it does not hold already."""
    for note in notes:
        if _flat(note) not in _flat(description):
            description = f"{description}\n{note}".strip("\n")
    return description


def _color(stated: str) -> str:
    color = _SHORT_COLOR.sub(r"#\1\1\2\2\3\3", stated) if len(stated) == len("#abc") else stated
    return color if _COLOR.fullmatch(color) else ""


def _groups(project: qde.Project, own: Sequence[str], names: Mapping[str, str], tally: Tally) -> dict[str, str]:
    """Return the heading over each code that a set of codes makes: sets whose codes have no other place."""
    used = {names[guid].casefold() for guid in own}
    listed = Counter(guid for group in project.sets if not group.ours for guid in group.codes)
    found: dict[str, str] = {}
    for group in project.sets:
        codes = [guid for guid in group.codes if guid in own]
        if group.ours or not codes:
            continue
        name = _SPACE.sub(" ", group.name).strip()
        placed = [guid for guid in codes if project.codes[guid].parent in own or listed[guid] > 1]
        if not name or name.casefold() in used or placed:
            why = "its codes have a heading or are in several sets" if placed else "a code has its name"
            tally.leave("sets", why=f"a set of codes: {why}", names=[group.name])
            continue
        tally.take("sets", note="sets of codes are headings in the codebook")
        used.add(name.casefold())
        found |= dict.fromkeys(codes, name)
    return found


def _remarks(project: qde.Project, own: Sequence[str], names: Mapping[str, str], tally: Tally) -> None:
    """Say which codes got another name, which headings are codes, and what was left of codes."""
    renamed = [names[guid] for guid in own if names[guid] != (_SPACE.sub(" ", project.codes[guid].name).strip())]
    if renamed:
        tally.remark("codes", f"several have one name or differ in capitals alone, so now {_listed(renamed)}")
    applied = [names[guid] for guid in own if not project.codes[guid].codable and project.applied[guid]]
    if applied:
        tally.remark("headings", f"applied to passages, so kept as a code: {_listed(applied)}")
    strange = [names[guid] for guid in own if project.codes[guid].color and not _color(project.codes[guid].color)]
    if strange:
        tally.remark("codes", f"a colour that is not #rrggbb was left out: {_listed(strange)}")
    cases = sum(number >= 0 for number in project.of_cases.values())
    if cases:
        tally.remark(
            "codes",
            prose.count(
                cases,
                "code stands for a case, and is none of the codebook",
                "codes stand for cases, and are none of the codebook",
            ),
        )
    ours = sum(project.is_theme(guid) or guid in project.beyond for guid in project.codes)
    tally.leave("codes", ours, why="made by this program: candidate themes, or codes beyond the codebook")


def _listed(names: Sequence[str]) -> str:
    shown = [f"'{name[:60]}'" for name in names[:5]]
    return prose.listed([*shown, *([prose.count(len(names) - 5, "other")] if len(names) > len(shown) else [])])


def _flat(text: str) -> str:
    return _SPACE.sub(" ", text).strip().casefold()

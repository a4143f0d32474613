"""`counterpoint handout`: theme cards for stakeholders to comment on; `import` reads the completed handouts."""

import re
from pathlib import Path

import pandas as pd

from pipeline.commands import exposed
from pipeline.core import atomic_files, edited_outputs, languages, prose, stage_record, store, study_folder, study_lock
from pipeline.core.errors import CounterpointError
from pipeline.core.study_paths import Places
from pipeline.core.table_rows import each, groups, lookup
from pipeline.core.terms import Paper
from pipeline.decisions import states
from pipeline.exchange import handout

QUOTES = 4
# Typical passages first, then diverse ones; borderline and contrasting ones would confuse readers.
KINDS = ("typical", "diverse")


class HandoutError(CounterpointError):
    """The handout cannot be created."""


def write(study: Path, *, role: str = "", to: Path | None = None, paper: Paper = "a4") -> list[str]:
    """Write the handout of a study's themes; return messages on where it is and what to do with it.

    With `role`, passages are from participants with that role. Raises HandoutError if there are no themes or no such
    role, or if the file already exists with other content: it may have been filled in.
    """
    if not store.path(study, "themes").exists():
        raise HandoutError(f"{study} has no themes yet. Run `counterpoint run` first.")
    names = ("themes", "theme_states", "theme_quotes", "theme_assignments", "segments", "cases", "themes_record")
    tables = {name: store.read(study, name) for name in names}
    role = known_role(tables["cases"], role) if role else ""
    theme_cards = cards(tables, role=role)
    if not theme_cards:
        raise HandoutError(f"{study} has no candidate themes for a handout. See the report for the reason.")
    target = to or Places(study).export / f"handout{'-' + _safe(role) if role else ''}.docx"
    if to is not None and (fault := study_folder.fault_of_output(to.parent)):
        raise HandoutError(f"{to.parent} {fault}")
    themes_record = stage_record.read_record(tables["themes_record"])
    labeller = (
        themes_record.get("labeller", "") if themes_record.get("labels", {}).get(themes_record.get("labeller")) else ""
    )
    grouped = bool(themes_record.get("divided", True))
    decided = _decided(tables["theme_states"])
    data = handout.document(
        theme_cards,
        study_name=study.name,
        role=role,
        decided=decided,
        grouped=grouped,
        labeller=labeller,
        paper=paper,
    )
    with study_lock.locked(study):
        existing = study_lock.alike(target)
        if existing is not None and (not existing.is_file() or existing.read_bytes() != data):
            raise HandoutError(
                f"{existing} already exists and may have been filled in. Move it, or choose another name with --to."
            )
        if existing is None:
            atomic_files.create(target, data)
            edited_outputs.remember(Places(study), [target])
    lines = [
        f"wrote {target}: {prose.count(len(theme_cards), 'theme')}, without names.",
        "It quotes participants verbatim: read it through before you share it.",
        "To import a completed handout: counterpoint import FILE.docx",
    ]
    if target.name in exposed.untracked(target.parent):
        lines.append(f"Git would add {target}: exclude it with a line in a .gitignore.")
    return lines


def cards(tables: dict[str, pd.DataFrame], *, role: str = "") -> list[handout.Card]:
    """A card for each top-level theme, largest first. Passages have a role but no name."""
    themes, segments = tables["themes"], tables["segments"].set_index("segment_id")
    roles = lookup(tables["cases"], "case", _column(tables["cases"])) if _column(tables["cases"]) else {}
    chosen = groups(tables["theme_quotes"], "theme_id")
    members = groups(tables["theme_assignments"], "theme_id")
    theme_cards = []
    for row in each(states.ranked(themes)):
        order = _order(chosen.get(row.theme_id), members.get(row.theme_id))
        present = [name for name in order if name in segments.index]
        quotes_with_role = [(str(segments.text[name]), str(roles.get(segments.case[name]) or "")) for name in present]
        shown_quotes = [(text, quote_role) for text, quote_role in quotes_with_role if not role or quote_role == role][
            :QUOTES
        ]
        theme_cards.append(
            handout.Card(int(row.theme_id), str(row.label), _about(row, role, shown_quotes), tuple(shown_quotes))
        )
    return theme_cards


def _decided(theme_states: pd.DataFrame) -> bool:
    return bool((theme_states.state != "candidate").any())


def known_role(cases: pd.DataFrame, role: str) -> str:
    """The role as spelt in participants.csv; raises HandoutError listing all roles if there is no such role."""
    column = _column(cases)
    roles = sorted({str(value) for value in cases[column].dropna()} - {""}) if column else []
    if not roles:
        raise HandoutError(
            "No participant has a role. Add a column `role` to participants.csv, then run `counterpoint run`."
        )
    matching = [name for name in roles if name.casefold() == role.strip().casefold()]
    if not matching:
        raise HandoutError(f"No participant has the role '{role}'. Roles: {', '.join(roles)}.")
    return matching[0]


def _column(cases: pd.DataFrame) -> str:
    return next((str(name) for name in cases.columns if str(name).casefold() == "role"), "")


def _order(chosen: pd.DataFrame | None, members: pd.DataFrame | None) -> list[str]:
    """A theme's segment ids: its chosen quotes first, then the others by strength, strongest first."""
    names: list[str] = []
    if chosen is not None:
        quotes_of_theme = chosen[chosen.kind.isin(KINDS)].assign(
            order=chosen.kind.map({kind: number for number, kind in enumerate(KINDS)})
        )
        names += quotes_of_theme.sort_values(["rank", "order", "segment_id"]).segment_id.to_list()
    if members is not None:
        names += members.sort_values(["strength", "segment_id"], ascending=[False, True]).segment_id.to_list()
    return list(dict.fromkeys(names))


def _about(row: object, role: str, quotes: list[tuple[str, str]]) -> str:
    size, people = int(getattr(row, "n_segments", 0)), int(getattr(row, "n_cases", 0))
    passages = prose.count(size, "passage")
    spoken = f"{prose.count(people, 'person', 'people')} spoke of this, in {passages}."
    sentences = [spoken if people else f"This comes up in {passages} of documents or notes without named speakers."]
    keywords = [str(word) for word in getattr(row, "keywords", ())][:5]
    spoken = str(getattr(row, "language", languages.ENGLISH))
    if not keywords and not languages.english(spoken):
        sentences.append(f"Frequent words: {languages.not_available([spoken])}.")
    if keywords:
        sentences.append(f"Frequent words: {prose.listed(keywords)}.")
    if role:
        sentences.append(
            f"What people with the role “{role}” said:" if quotes else f"Nobody with the role “{role}” mentioned it."
        )
    return " ".join(sentences)


def _safe(role: str) -> str:
    return re.sub(r"[^\w-]+", "_", role)[:60].strip("_") or "role"

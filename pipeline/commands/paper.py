"""`counterpoint paper`: writes what goes into a paper to the study's `paper/`."""

import re
from collections.abc import Collection, Sequence
from pathlib import Path

from pipeline.commands import exposed
from pipeline.core import atomic_files, contracts, edited_outputs, prose, store, study_lock
from pipeline.core import params as settings
from pipeline.core.errors import CounterpointError, refused
from pipeline.core.study_paths import Places
from pipeline.paper import identities, name_check, pack, unlisted_names
from pipeline.paper.identities import People
from pipeline.paper.pack import Pack
from pipeline.reporting import study_results
from pipeline.reporting.report_tables import ReportData

SHOWN, WORDS_SHOWN = 5, 30


class PaperError(CounterpointError):
    """The files for a paper cannot be written."""


def write(
    params: settings.Params,
    *,
    names: bool = False,
    basket: Path | None = None,
    keep: Collection[str] = (),
    hide: Collection[str] = (),
) -> list[str]:
    """Write the files for a paper; return messages. Files that were edited since are kept beside their new version.

    `names`: show participants' names; `basket`: a file with ids of segments to quote; `keep`: words that are also
    names and may stay; `hide`: names of other people and of places. Raises PaperError if the study has no results, or
    if a name would still be in the files.
    """
    data = gathered(params)
    people = pack.people_of(data, params, shown=names, keep=keep, hide=hide)
    made = pack.build(data, params, people, basket=_basket(basket, data) if basket else ())
    _refuse_names(made, people, researchers(data))
    places = params.places
    kept = _put(places, made)
    lines = [f"wrote {places.paper}: {_contents(made)}."]
    lines += edited_outputs.kept_messages(kept)
    lines += [f"Not drawn. {reason}" for reason in made.left_out]
    lines += _about_names(people, data, params, made)
    if exposed.untracked(places.paper):
        lines.append(f"Git would add files in {places.paper}: exclude that folder with a line in a .gitignore.")
    return lines


def gathered(params: settings.Params) -> ReportData:
    """The results of a study, as the report shows them. Raises PaperError if there are none yet."""
    if any(not store.path(params.folder, name).exists() for name in contracts.REPORT.reads):
        raise PaperError(f"{params.folder} has no complete results yet. Run `counterpoint run` first.")
    return study_results.load(params.places)


def researchers(data: ReportData) -> set[str]:
    """The people who coded, decided or read."""
    return {
        *data.tables["codings"].coder,
        *(decision.who for decision in data.decisions),
        *(entry.who for entry in data.ledger),
        *(summary.who for summary in data.summaries.values()),
        *(statement.who for statement in data.statements),
    }


def _basket(file: Path, data: ReportData) -> list[str]:
    """The ids of segments in a file, in order, each once. Raises PaperError if it has none, or unknown ones."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise PaperError(
            f"{file} cannot be read as text ({error}). Give a file with ids of segments, one a line."
        ) from None
    given = list(dict.fromkeys(re.findall(r"\b[0-9a-f]{12}\b", text)))
    unknown = [name for name in given if name not in data.quoted]
    if unknown:
        more = f" and {len(unknown) - SHOWN} more" if len(unknown) > SHOWN else ""
        raise PaperError(
            f"{file}: no segment of the study has the id {', '.join(unknown[:SHOWN])}{more}. The study may have been "
            "run with other settings since; choose the quotes again."
        )
    if not given:
        raise PaperError(
            f"{file} has no id of a segment. Write one a line, such as {next(iter(data.quoted), '0a1b2c3d4e5f')}."
        )
    return given


def _refuse_names(made: Pack, people: People, known: Collection[str]) -> None:
    left = name_check.found(made.files, people, researchers=known)
    if left:
        where = "; ".join(f"{', '.join(words[:SHOWN])} in {file}" for file, words in sorted(left.items())[:SHOWN])
        first = next(iter(left.values()))[0]
        raise PaperError(
            f"Nothing was written, because names to be hidden would be in the files: {where}. If such a word is no "
            f"name there, allow it with --keep {first}; to show participants’ names, use --names."
        )


def _put(places: Places, made: Pack) -> list[edited_outputs.Kept]:
    try:
        with study_lock.locked(places.folder):
            paths = {places.paper / name: data for name, data in sorted(made.files.items())}
            kept = edited_outputs.keep(places, paths)
            for old in _old(places):
                if old not in paths and not edited_outputs.changed(places, old):
                    old.unlink()
            for path, data in paths.items():
                atomic_files.write(path, data)
            edited_outputs.remember(places, paths)
            atomic_files.write(places.paper_key, made.key)
            return kept
    except OSError as error:
        problem = refused(error, doing=f"Writing to {places.paper}")
        raise problem or PaperError(
            f"{error.filename} cannot be written ({error.strerror}). If it is open in another program, close it."
        ) from None


def _old(places: Places) -> list[Path]:
    """The figures of an earlier run, some of which the study may no longer have."""
    return sorted(path for path in (places.paper / "figures").glob("*.*") if path.suffix in (".svg", ".png", ".csv"))


def _contents(made: Pack) -> str:
    texts = [name for name in made.files if name.endswith(".docx")]
    drawn = sum(name.endswith(".svg") for name in made.files)
    figures = f"{prose.count(drawn, 'figure')} (SVG, PNG at 300 dpi, and the data as csv)"
    return prose.listed([*texts, figures])


def _about_names(people: People, data: ReportData, params: settings.Params, made: Pack) -> list[str]:
    if people.shown:
        return ["Participants’ names are shown, as you asked: do not share these files as they are."]
    lines = [
        f"Participants appear as codes; {params.places.paper_key} says who is who. It must not leave the project.",
        "Replaced in quotes: the names of speakers, as transcripts and participants.csv write them (a column nickname "
        "counts). The program does not know other people, places and other spellings: read the files through before "
        "you share them.",
    ]
    describe = pack.described(data, params)
    lines += _unlisted(data, describe, made)
    single = identities.alone(data.tables["cases"], describe)
    if single:
        lines.append(
            f"{prose.count(single, 'participant').capitalize()} can be recognised by {prose.listed(describe)}, which "
            "no other participant shares: consider wider groups in participants.csv, or fewer attributes in "
            "compare.frame."
        )
    return lines


def _unlisted(data: ReportData, describe: Sequence[str], made: Pack) -> list[str]:
    """Say which words in the files may be names that nobody listed."""
    tables = data.tables
    described = [str(value) for name in describe for value in tables["cases"][name]]
    found = unlisted_names.candidates(made.files, tables["segments"].text, known=[*described, *data.book.names])
    if found is None:
        return ["Capitals do not tell names from other words in this talk, so words that may be names are not listed."]
    if not found:
        return []
    shown = [*found[:WORDS_SHOWN], *([f"{len(found) - WORDS_SHOWN} more"] if len(found) > WORDS_SHOWN else [])]
    return [
        f"In the files, {prose.count(len(found), 'word')} may be names of people or places, because of their capitals: "
        f"{prose.listed(shown)}. To hide some, write paper again with --hide {found[0]}."
    ]

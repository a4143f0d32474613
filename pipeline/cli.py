"""The command line, `counterpoint …`."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from pipeline.core import environment, launcher, project_files, study_folder, study_template, withdrawal_state
from pipeline.core import params as settings
from pipeline.core.errors import CounterpointError, refused
from pipeline.core.params import Params

app = typer.Typer(
    help="Candidate themes and framework mapping for interview studies.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Folder = Annotated[Path, typer.Argument(help="The study's folder, for example data/my-study.")]
Who = Annotated[str, typer.Option(help="Your name.", envvar="COUNTERPOINT_WHO", show_default=False)]
Why = Annotated[str, typer.Option(help="The reason, in your own words.", show_default=False)]


@app.callback()
def begun(context: typer.Context) -> None:
    """Refuse commands while a withdrawal is unfinished, so that none writes or sends data still to be removed."""
    if context.invoked_subcommand not in ("init", "check", "withdraw"):
        launcher.refresh()
    if hiding := project_files.hidden_by():
        typer.echo(
            f"Note: {hiding} in this folder is not Counterpoint's, and notebooks and `python -m pipeline.*` take it "
            "for the program. Rename it. Commands of Counterpoint and of DVC are not affected.",
            err=True,
        )
    if context.invoked_subcommand in ("init", "new", "check", "withdraw"):
        return
    try:
        study_of = settings.load().folder
    except CounterpointError:
        return  # the command reports it if it needs the settings
    withdrawal_state.refuse(study_of)


@app.command()
def init(folder: Annotated[Path, typer.Argument(help="The project's folder, such as my-project.")]) -> None:
    """Lay out a new project: settings, stages, and a place for studies. Nothing that is there is written over."""
    from pipeline.commands import initialising

    for line in initialising.init(folder):
        typer.echo(line)


@app.command()
def new(
    folder: Folder,
    framework: Annotated[str | None, typer.Option(help="Start from a ready framework: see data/codebooks/.")] = None,
) -> None:
    """Lay out a new study: folders and commented templates. Nothing that is there is overwritten."""
    for path in study_template.start(folder, framework=framework):
        typer.echo(f"made {path}")
    from pipeline.commands import settings_file

    if settings_file.name_first_study(folder):
        typer.echo(f"params.yaml now names {folder.as_posix()} as the study to run.")
    to_name = "" if settings_file.names(folder) else f"set `study: {folder.as_posix()}` in params.yaml, "
    typer.echo(
        f"Now put the transcripts in {folder.as_posix()}/transcripts, {to_name}"
        f"look at what `counterpoint check` says, and run `counterpoint run`."
    )


@app.command()
def check(
    folder: Annotated[
        Path | None, typer.Argument(help="The study's folder (default: the study in params.yaml).")
    ] = None,
    *,
    everything: Annotated[
        bool, typer.Option("--all", help="Show every document and problem in full, however many there are.")
    ] = False,
) -> None:
    """Check a study: show who speaks in each transcript and list every problem at once, without writing anything."""
    from pipeline.commands import checks, overview_lines

    findings = checks.check(folder, whole=everything)
    width = overview_lines.terminal_width()
    for line in overview_lines.lines(findings.documents, width=width, whole=everything):
        typer.echo(line)
    for line in findings.lines:  # a sentence to a line for other programs
        typer.echo("\n".join(overview_lines.wrapped(line, width, indent="  ")) if sys.stdout.isatty() else line)
    if findings.refused:
        raise SystemExit(1)


@app.command()
def speakers(
    folder: Annotated[
        Path | None, typer.Argument(help="The study's folder (default: the study in params.yaml).")
    ] = None,
) -> None:
    """Write who speaks in each transcript into participants.csv, for you to confirm or correct."""
    from pipeline.commands import speakers as speaking

    params = settings.load()
    for line in speaking.write(study_folder.checked(folder) if folder else params.folder, params.ingest):
        typer.echo(line)


@app.command()
def guide(
    folder: Annotated[
        Path | None, typer.Argument(help="The study's folder (default: the study in params.yaml).")
    ] = None,
) -> None:
    """Write the questions that recur in the interviews into guide.yaml, for you to name and join."""
    from pipeline.commands import guide as guides

    for line in guides.write(study_folder.checked(folder) if folder else settings.load().folder):
        typer.echo(line)


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def run(
    context: typer.Context,
    once: Annotated[
        list[str] | None,
        typer.Option("--set", "-S", help="A setting, such as study=data/my-study: written into params.yaml, then run."),
    ] = None,
    show: Annotated[bool, typer.Option("--open", help="Open the report in the browser at the end.")] = False,
) -> None:
    """Run what is new or has changed, and nothing else; then say where to look. Takes the options of `dvc repro`."""
    from pipeline.commands import running

    status = running.run(context.args, assigned=once or [])
    if status != 0:
        raise SystemExit(status)
    places = settings.load().places
    if places.report_page.exists():
        for line in running.results(places):
            typer.echo(line)
        if show:
            running.show(places)


@app.command()
def where() -> None:
    """Say where the results of the study in params.yaml are."""
    from pipeline.commands import running

    for line in running.results(settings.load().places):
        typer.echo(line)


@app.command()
def report(
    show: Annotated[bool, typer.Option("--open", help="Open the report in the browser.")] = False,
) -> None:
    """Say where the report of the study in params.yaml is, or open it in the browser (--open)."""
    from pipeline.commands import running

    places = settings.load().places
    typer.echo(running.results(places)[0])
    if show:
        running.show(places)


@app.command()
def decide(
    action: Annotated[
        str, typer.Argument(help="One of accept, rename, merge (into THEME), split, reject, move, pin, memo.")
    ],
    theme: Annotated[str, typer.Argument(help="The theme's id or label; for move also none.")],
    rest: Annotated[
        list[str] | None,
        typer.Argument(
            help="Depends on ACTION: the new label, the other themes, a label and segments, segments, or the text."
        ),
    ] = None,
    who: Who = "",
    why: Why = "",
) -> None:
    """Record a decision about a candidate theme; it is kept when you re-run."""
    from pipeline.decisions import audit_trail, deciding

    study = settings.load().folder
    decision = deciding.decide(study, action, theme, rest or [], who=who, why=why)
    typer.echo(audit_trail.trail([decision], {})[0].sentence)
    typer.echo("Run `counterpoint run` to update the report. To undo this decision: counterpoint undo " + decision.id)


@app.command()
def review(
    who: Who = "",
    port: Annotated[int, typer.Option(help="The port to use (0: any free port).", min=0, max=65535)] = 0,
    *,
    first: Annotated[
        bool, typer.Option("--read-first", help="Read and note passages before any theme is shown.")
    ] = False,
    by: Annotated[
        str, typer.Option(help="With --read-first: read by document, or theme by theme without their names.")
    ] = "document",
) -> None:
    """Serve the report on this machine only, and save the decisions you make in it to decisions.yaml."""
    from pipeline.commands import reading_first
    from pipeline.commands import review as reviewing

    folder = settings.load().folder
    if first:
        reading_first.read(folder, who=who, by=reading_first.unit(by), port=port, say=typer.echo)
    else:
        reviewing.review(folder, who=who, port=port, say=typer.echo)


@app.command()
def undo(
    decision: Annotated[str, typer.Argument(help="The decision's id, or the beginning of it.")],
    who: Who = "",
    why: Why = "",
) -> None:
    """Undo a decision; it stays in the audit trail. Undoing an undo restores the decision."""
    from pipeline.decisions import deciding

    undo_decision = deciding.undo(settings.load().folder, decision, who=who, why=why)
    typer.echo(f"{undo_decision.who} undid {undo_decision.undoes}  [{undo_decision.id}]")
    typer.echo("Run `counterpoint run` to update the report.")


@app.command(name="decisions")
def trail() -> None:
    """Show the audit trail: who decided what, when, why and on what evidence."""
    from pipeline.decisions import audit_trail
    from pipeline.decisions import ledger as held

    entries = audit_trail.trail(held.load(settings.load().places.decisions), {})
    for entry in entries:
        typer.echo(entry.sentence)
    if not entries:
        typer.echo("No decisions yet. To start: counterpoint decide accept THEME --who NAME --why REASON")


@app.command()
def read(
    segments: Annotated[list[str], typer.Argument(help="The ids of segments you have read.")], who: Who = ""
) -> None:
    """Record in the reading ledger that you have read segments."""
    from pipeline.decisions import deciding, reading_ledger

    study = settings.load().folder
    new = reading_ledger.opened(study, deciding.known(study, segments), who=who)
    typer.echo(f"{new} segments recorded as read by {who}.")


@app.command()
def status(
    everything: Annotated[bool, typer.Option("--all", help="Show every question instead of the first few.")] = False,
) -> None:
    """Show what has changed, what needs a decision, what is out of date, and how much has been read."""
    from pipeline.commands import status as screen

    params = settings.load()
    for line in screen.lines(params.folder, show_all=everything, reflexive=params.stance == "reflexive"):
        typer.echo(line)


@app.command()
def withdraw(
    case: Annotated[str, typer.Option(help="The participant's case, as in participants.csv.")] = "",
    document: Annotated[str, typer.Option(help="The document's path below transcripts/.")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask for confirmation.")] = False,
) -> None:
    """Remove a participant or a document from the project, and list what has to be removed by hand.

    Without options, continues an interrupted withdrawal. Exit status: 0 if nothing of theirs is left; 3 if files still
    contain their words or could not be searched; 1 if the withdrawal was not carried out or is not finished.
    """
    from pipeline.withdrawal import command as withdrawing

    def agreed(lines: list[str]) -> bool:
        for line in lines:
            _told(line)
        return yes or typer.confirm("This cannot be undone. Continue?")

    params: Params = settings.load(current=True)
    outcome = withdrawing.withdraw(params, case=case, document=document, agreed=agreed, say=_told)
    if outcome:
        raise SystemExit(int(outcome))


def _told(line: str) -> None:
    """Print a line on any terminal: a withdrawal must not stop because a line cannot be printed."""
    try:
        typer.echo(line)
    except UnicodeEncodeError:
        typer.echo(line.encode("ascii", "backslashreplace").decode())
    except OSError:  # the output was closed
        pass


@app.command()
def export(
    to: Annotated[Path | None, typer.Option(help="Output folder (default: the study's export/).")] = None,
    offsets: Annotated[
        str, typer.Option(help="Unit of positions: codepoints (REFI-QDA) or utf16 (NVivo).")
    ] = "codepoints",
    cases_as_codes: Annotated[
        bool, typer.Option(help="Write cases as codes too, so that QualCoder knows which passages are theirs.")
    ] = False,
    everything: Annotated[bool, typer.Option("--all", help="Name every file that is written.")] = False,
) -> None:
    """Export the study for other programs: REFI-QDA project and codebook, csv of every table, Excel and Word."""
    from pipeline.commands import exporting

    params = settings.load()
    lines = exporting.export(
        params.folder,
        to,
        offsets=exporting.unit(offsets),
        paper=params.report.paper,
        cases_as_codes=cases_as_codes,
        listed=everything,
    )
    for line in lines:
        typer.echo(line)


@app.command()
def paper(
    *,
    names: Annotated[bool, typer.Option("--names", help="Show participants' names instead of codes.")] = False,
    basket: Annotated[
        Path | None, typer.Option(help="Quote these segments: a file with their ids, one a line.", show_default=False)
    ] = None,
    keep: Annotated[
        list[str] | None, typer.Option(help="A word that is a participant's name and may stay.", show_default=False)
    ] = None,
    hide: Annotated[
        list[str] | None, typer.Option(help="A name of somebody else, or of a place, to be hidden.", show_default=False)
    ] = None,
) -> None:
    """Write what goes into a paper: tables of themes and quotes, methods, checklists, figures."""
    from pipeline.commands import paper as writing

    for line in writing.write(settings.load(), names=names, basket=basket, keep=keep or [], hide=hide or []):
        typer.echo(line)


@app.command()
def notebooks(
    files: Annotated[
        list[Path] | None, typer.Argument(help="Notebooks to run (default: all in notebooks/).", show_default=False)
    ] = None,
) -> None:
    """Run the notebooks on the study, and write each as a page to read, or to print as PDF."""
    from pipeline.commands import notebook_pages

    for line in notebook_pages.write(settings.load(), files or []):
        typer.echo(line)


@app.command()
def handout(
    role: Annotated[str, typer.Option(help="Quote only participants with this role.")] = "",
    to: Annotated[Path | None, typer.Option(help="Output file (default: in the study's export/).")] = None,
) -> None:
    """Write theme cards for stakeholders to fill in, as a Word document; `import` reads their answers."""
    from pipeline.commands import handout as handing

    params = settings.load()
    for line in handing.write(params.folder, role=role, to=to, paper=params.report.paper):
        typer.echo(line)


@app.command(name="import")
def bring(
    context: typer.Context,
    file: Annotated[
        Path,
        typer.Argument(
            help="A project (.qdpx, .qdc, .qda, .sqlite3, .rqda); coded segments, a codebook or participants "
            "(.csv, .xlsx); NVivo's coding report; or a file people completed."
        ),
    ],
    *,
    codebook: Annotated[
        bool, typer.Option("--codebook", help="Replace the codebook; the old one is kept as a copy.")
    ] = False,
    transcripts: Annotated[bool, typer.Option("--transcripts", help="Add texts that are not in the study.")] = False,
    offsets: Annotated[str, typer.Option(help="Unit of positions: auto, codepoints or utf16.")] = "auto",
    who: Who = "",
) -> None:
    """Import codings, codebook, cases and texts from another program. Nothing is overwritten unless you ask.

    Also imports what people completed: coding sheets, lists of disagreements, handouts, decisions files saved from the
    report, and framework matrices edited in Excel (with --who).
    """
    from pipeline.commands import import_plan, importing, returned

    source = context.get_parameter_source("who")
    if returned.names_its_own(file) and (source is None or source.name != "COMMANDLINE"):
        who = ""  # the person who imports a handout or a sheet is seldom the one who filled it in
    if returned.comes_back(file):
        params = settings.load()
        for line in returned.run(file, params.folder, who=who, uncoded=params.uncoded):
            typer.echo(line)
        return
    wanted = import_plan.Wanted(codebook=codebook, transcripts=transcripts, offsets=offsets)
    for line in importing.run(file, settings.load().folder, wanted=wanted):
        typer.echo(line)


@app.command(name="sample-for-coding")
def sample(
    coder: Annotated[str, typer.Option(help="The person who will code.")],
    n: Annotated[int, typer.Option(help="Number of passages.", min=1)] = 50,
    by: Annotated[
        str | None,
        typer.Option(help="Stratify by document, case, source_type or an attribute; gain: what teaches most."),
    ] = None,
    missed: Annotated[bool, typer.Option("--missed", help="Only passages the pipeline left uncoded.")] = False,
    seed: Annotated[int, typer.Option(help="Random seed.")] = 0,
) -> None:
    """Draw a sample of passages for blind coding, without the pipeline's codes, as Excel and csv sheets."""
    from pipeline.commands import blind_sheets

    study = settings.load().folder
    for path in blind_sheets.write_sheets(study, coder=coder, n=n, by=by, missed=missed, seed=seed):
        typer.echo(f"made {path}")
    typer.echo("When it is filled in: counterpoint import SHEET")


@app.command()
def disagreements() -> None:
    """List passages coded differently, most worth discussing first, with a column for the resolution."""
    from pipeline.commands import blind_sheets

    for path in blind_sheets.write_disagreements(settings.load().folder):
        typer.echo(f"made {path}")
    typer.echo("When it is filled in: counterpoint import SHEET")


def main() -> None:
    """Run the command; errors that users can fix are printed as a sentence, with exit code 1."""
    try:
        environment.write_in_any_code_page()
        environment.check_file_names()
        app()
    except CounterpointError as error:
        print(error, file=sys.stderr)
        raise SystemExit(1) from None
    except OSError as error:
        message = refused(error, doing="The command")
        if message is None:
            raise
        print(message, file=sys.stderr)
        raise SystemExit(1) from None

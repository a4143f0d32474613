"""`counterpoint …`: what is not a stage of the pipeline."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from pipeline import params as settings
from pipeline import study
from pipeline.errors import CounterpointError

app = typer.Typer(
    help="Candidate themes and framework mapping for interview studies.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Folder = Annotated[Path, typer.Argument(help="The study's folder, such as data/my-study.")]


@app.command()
def new(
    folder: Folder,
    framework: Annotated[str | None, typer.Option(help="Start from a ready framework: see data/codebooks/.")] = None,
) -> None:
    """Lay out a new study: folders and commented templates. Nothing that is there is overwritten."""
    for made in study.start(folder, framework=framework):
        typer.echo(f"made {made}")
    typer.echo(
        f"Now put the transcripts in {folder}/transcripts, set `study: {folder}` in params.yaml, "
        f"look at what `counterpoint check` says, and run `dvc repro`."
    )


@app.command()
def check(
    folder: Annotated[Path | None, typer.Argument(help="A study's folder; without it, params.yaml's.")] = None,
) -> None:
    """Read a study as the pipeline would, and list every problem at once. Nothing is written."""
    from pipeline import checks

    findings = checks.check(folder)
    for line in findings.lines:
        typer.echo(line)
    if findings.refused:
        raise SystemExit(1)


@app.command()
def where() -> None:
    """Say where the results of the study in params.yaml are."""
    report = settings.load().folder / "report" / "index.html"
    if not report.exists():
        raise CounterpointError(f"{report} is not there yet: run `dvc repro`, which makes it.")
    typer.echo(f"The report: {report} (open it in a browser; it needs no network).")
    typer.echo(f"The tables: {report.parent.parent}/processed. To work in notebooks: make notebooks.")


def main() -> None:
    """Run the command; what the user can mend ends in a sentence and exit code 1."""
    try:
        app()
    except CounterpointError as error:
        print(error, file=sys.stderr)
        raise SystemExit(1) from None

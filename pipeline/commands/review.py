"""`counterpoint review`: the report on this machine alone; what one decides in it goes straight to decisions.yaml.

What one opens in it is noted in the reading ledger.

Whatever fails is said in a sentence, to the page too; see `review_server` for who is answered at all.
"""

import errno
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pipeline.commands import review_server
from pipeline.commands.review_server import Said
from pipeline.core import store, study_lock
from pipeline.core.errors import CounterpointError, refused
from pipeline.core.names import written
from pipeline.core.study_paths import Places
from pipeline.core.terms import UNASSIGNED
from pipeline.decisions import audit_trail, deciding, ledger, page_data, reading_ledger, screen
from pipeline.reporting import quotes
from pipeline.reporting.views import page


class ReviewError(CounterpointError):
    """The report cannot be reviewed as it is."""


class Asked(BaseModel):
    """A decision as the page sends it. `state`: what the page shows; `rest`: as for `counterpoint decide`."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    action: Literal["accept", "rename", "merge", "reject", "memo", "undo"]
    theme: int = UNASSIGNED
    rest: list[str] = Field(default=[], max_length=1000)
    undoes: str = ""
    who: str
    why: str = ""
    state: str


class Opened(BaseModel):
    """A passage that was opened, by its number in the page. `basis`: what the page was made from."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    number: int = Field(ge=0)
    who: str = Field(min_length=1, max_length=200)
    basis: str


def shown(study: Path, *, who: str) -> str:
    """The report with what it needs to send decisions; raise ReviewError where it is missing or older than the themes.

    Its policy allows one thing more than the file's: to ask the place that it came from.
    """
    file = Places(study).report_page
    if not file.exists():
        raise ReviewError(f"{file} is not there yet: run `counterpoint run`, which makes it.")
    opened_page = _opened(file)
    data = opened_page.decide
    made = page_data.basis(store.read(study, "themes"), store.read(study, "theme_assignments"))
    if data["basis"] != made:
        raise ReviewError(f"{file} is older than the themes it shows: run `counterpoint run`, then reload this page.")
    # First the state, then what it holds: a decision taken in between makes the page stale rather than wrong.
    data["review"] = {"state": screen.state(study), "taken": _taken(study, data), "who": who}
    return opened_page.served(data)


def answer(study: Path, body: bytes) -> Said:
    """Take the decision in a request; return the status and what the page is told.

    200 with the new state and every decision since the report was made; 400 with a sentence where it is no decision.
    What cannot be taken is raised, and nothing is written then (see `refusal`). A decision that was written and cannot
    be shown is said to be so.
    """
    try:
        asked = Asked.model_validate_json(body)
    except ValidationError:
        return 400, {"error": "This is no decision the page can have sent. Reload the page."}
    data = _opened(Places(study).report_page).decide  # what fails here fails before anything is written
    if asked.action == "undo":
        deciding.undo(study, asked.undoes, who=asked.who, why=asked.why, seen=asked.state)
    else:
        deciding.decide(
            study, asked.action, str(asked.theme), asked.rest, who=asked.who, why=asked.why, seen=asked.state
        )
    try:
        return 200, {"state": screen.state(study), "taken": _taken(study, data)}
    except (CounterpointError, OSError) as error:
        _, why = refusal(error)
        return 500, {
            "error": f"It was written to {Places(study).decisions}, but cannot be shown: {why} Reload the page."
        }


def opened(study: Path, body: bytes) -> Said:
    """Note that somebody opened a passage; return the status and what the page is told.

    200 with how many passages that adds to the ledger, 409 where the page is older than the themes, 400 where there is
    no such passage, or nobody who opened it. What cannot be written is raised, as by `answer`.
    """
    try:
        asked = Opened.model_validate_json(body)
    except ValidationError:
        return 400, {"error": "This is nothing the page can have sent. Reload the page."}
    if not written(asked.who):
        return 400, {"error": "Not noted as read: Nobody is named as the reader."}
    if asked.basis != page_data.basis(store.read(study, "themes"), store.read(study, "theme_assignments")):
        return 409, {"error": "Not noted as read: the themes have changed since this page was made. Reload it."}
    ordered = quotes.in_order(store.read(study, "segments"))["segment_id"]
    if asked.number >= len(ordered):
        return 400, {"error": "Not noted as read: there is no such passage. Reload the page."}
    return 200, {"noted": reading_ledger.opened(study, [str(ordered.iloc[asked.number])], who=asked.who)}


def refusal(error: Exception) -> tuple[int, str]:
    """The status and the sentence for what was raised.

    400: the decision cannot be taken; 409: the study or its report is not as it should be; 503: another command is
    writing; 500: the machine refuses, or this program is wrong.
    """
    if isinstance(error, deciding.DecidingError) and not isinstance(error, deciding.StaleError):
        return 400, str(error)
    if isinstance(error, study_lock.BusyError):
        return 503, str(error)
    if isinstance(error, CounterpointError):
        return 409, str(error)
    said = refused(error, doing="Writing it down")
    if said is not None:
        return 500, str(said)
    if isinstance(error, OSError):
        return 500, f"{error.filename or 'A file'} cannot be used ({error.strerror or error}). Check it, and try again."
    return review_server.fault(error)


def server(study: Path, *, who: str = "", port: int = 0) -> tuple[review_server.Server, str]:
    """A server that is ready to run, and the address of its one page; `port` 0: any that is free.

    Raises ReviewError where the port cannot be had.
    """
    answers = {"decide": partial(answer, study), "read": partial(opened, study)}
    try:
        return review_server.made(partial(shown, study, who=who), answers, refusal=refusal, port=port)
    except OSError as error:
        why = "is taken by another program" if error.errno == errno.EADDRINUSE else f"cannot be used ({error.strerror})"
        raise ReviewError(f"Port {port} {why}. Name another with --port, or leave --port out.") from None


def review(study: Path, *, who: str = "", port: int = 0, say: Callable[[str], None] = print) -> None:
    """Serve the report until Ctrl-C. Raises ReviewError at once where there is nothing to serve."""
    shown(study, who=who)
    made, address = server(study, who=who, port=port)
    say(f"Open {address}")
    places = Places(study)
    say(f"What you decide there is written to {places.decisions}. This machine alone can see it; end with Ctrl-C.")
    if who.strip():
        say(f"Passages that you open are noted in {places.reading} as read by {who.strip()}.")
    try:
        made.serve_forever()
    except KeyboardInterrupt:
        say("Ended. Run `counterpoint run` to see what was decided in the report.")
    finally:
        made.server_close()


def _opened(file: Path) -> page.Page:
    """A report as it was rendered. Raises ReviewError where it is no report of this version, and OSError."""
    try:
        return page.opened(file.read_text(encoding="utf-8"))
    except ValueError:  # no UTF-8, or another program's page, or half of ours
        raise ReviewError(f"{file} was made by another version of Counterpoint: run `counterpoint run`.") from None


def _taken(study: Path, data: dict[str, Any]) -> list[dict[str, Any]]:
    """The standing decisions that the report does not show yet, in order, as the page lists them."""
    known = set(data["seen"])
    taken = ledger.load(Places(study).decisions)
    labels = {theme["id"]: theme["label"] for theme in data["themes"]}
    said = {entry.decision: f"{entry.who} {entry.what}" for entry in audit_trail.trail(taken, labels)}
    return [
        {
            "id": decision.key,
            "action": decision.action,
            "theme": decision.theme,
            "label": decision.label,
            "others": list(decision.others),
            "who": decision.who,
            "when": decision.when,
            "said": said[decision.key],
        }
        for decision in ledger.standing(taken)
        if decision.key not in known
    ]

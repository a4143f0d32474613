"""`counterpoint review`: serves the report on this machine and saves decisions straight to decisions.yaml.

Passages opened in the report are recorded in the reading ledger. Every failure is reported in a sentence, to the page
too; see `review_server` for access control.
"""

import errno
from collections.abc import Callable, Mapping
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

INVALID = {"error": "This is not a valid request. Reload the page."}


class ReviewError(CounterpointError):
    """The report cannot be reviewed in its current state."""


class Asked(BaseModel):
    """A decision sent by the page. `state`: the state it was based on; `rest`: as for `counterpoint decide`."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    action: Literal["accept", "rename", "merge", "split", "reject", "memo", "undo"]
    theme: int = UNASSIGNED
    rest: list[str] = Field(default=[], max_length=50_000)
    undoes: str = ""
    who: str
    why: str = ""
    state: str


class Opened(BaseModel):
    """A passage opened in the page, by its number. `basis`: the fingerprint of the page's themes."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    number: int = Field(ge=0)
    who: str = Field(min_length=1, max_length=200)
    basis: str


def shown(study: Path, *, who: str) -> str:
    """The report's HTML, prepared to send decisions. Raises ReviewError if it is missing or older than the themes.

    Its policy additionally allows requests to this server.
    """
    file = Places(study).report_page
    if not file.exists():
        raise ReviewError(f"{file} does not exist yet. Run `counterpoint run` first.")
    opened_page = _opened(file)
    data = opened_page.decide
    current_basis = page_data.basis(store.read(study, "themes"), store.read(study, "theme_assignments"))
    if data["basis"] != current_basis:
        raise ReviewError(f"{file} is older than the current themes. Run `counterpoint run`, then reload this page.")
    # Read the state first: a decision made in between makes the page stale rather than wrong.
    data["review"] = {"state": screen.state(study), "taken": _taken(study, data), "who": who}
    return opened_page.served(data)


def answer(study: Path, body: bytes) -> Said:
    """Save the decision in a request; return the HTTP status and the reply.

    200 with the new state and every decision since the report was made; 400 if the request is not a decision; 500 if
    the decision was saved but cannot be shown. Other failures are raised, and nothing is written (see `refusal`).
    """
    try:
        asked = Asked.model_validate_json(body)
    except ValidationError:
        return 400, {"error": "This is not a valid decision. Reload the page."}
    data = _opened(Places(study).report_page).decide  # what fails here fails before anything is written
    if asked.action == "undo":
        deciding.undo(study, asked.undoes, who=asked.who, why=asked.why, seen_state=asked.state)
    else:
        deciding.decide(
            study, asked.action, str(asked.theme), asked.rest, who=asked.who, why=asked.why, seen_state=asked.state
        )
    try:
        return 200, {"state": screen.state(study), "taken": _taken(study, data)}
    except (CounterpointError, OSError) as error:
        _, why = refusal(error)
        return 500, {
            "error": f"The decision was saved to {Places(study).decisions} but cannot be shown: {why} Reload the page."
        }


def opened(study: Path, body: bytes) -> Said:
    """Record that someone opened a passage; return the HTTP status and the reply.

    200 with the number of passages added to the ledger; 409 if the page is older than the themes; 400 if there is no
    such passage or no reader's name. Other failures are raised, as by `answer`.
    """
    try:
        asked = Opened.model_validate_json(body)
    except ValidationError:
        return 400, INVALID
    if not written(asked.who):
        return 400, {"error": "Not recorded as read: the reader's name is missing."}
    if asked.basis != page_data.basis(store.read(study, "themes"), store.read(study, "theme_assignments")):
        return 409, {"error": "Not recorded as read: the themes have changed since this page was loaded. Reload it."}
    ordered = quotes.in_order(store.read(study, "segments"))["segment_id"]
    if asked.number >= len(ordered):
        return 400, {"error": "Not recorded as read: there is no such passage. Reload the page."}
    return 200, {"noted": reading_ledger.opened(study, [str(ordered.iloc[asked.number])], who=asked.who)}


def refusal(error: Exception) -> tuple[int, str]:
    """The HTTP status and message for an exception.

    400: invalid decision; 409: the study or its report is not in a usable state; 503: another command is writing; 500:
    a system error or a bug.
    """
    if isinstance(error, deciding.DecidingError) and not isinstance(error, deciding.StaleError):
        return 400, str(error)
    if isinstance(error, study_lock.BusyError):
        return 503, str(error)
    if isinstance(error, CounterpointError):
        return 409, str(error)
    problem = refused(error, doing="Saving the decision")
    if problem is not None:
        return 500, str(problem)
    if isinstance(error, OSError):
        return 500, f"{error.filename or 'A file'} cannot be used ({error.strerror or error}). Check it, and try again."
    return review_server.fault(error)


def server(study: Path, *, who: str = "", port: int = 0) -> tuple[review_server.Server, str]:
    """A server that is ready to run, and the address of its page. `port` 0: any free port.

    Raises ReviewError if the port is not available.
    """
    return listening(partial(shown, study, who=who), answers(study), port=port)


def answers(study: Path) -> dict[str, review_server.Answer]:
    """What the report's page can ask of the server, by endpoint."""
    return {"decide": partial(answer, study), "read": partial(opened, study)}


def listening(
    html: Callable[[], str], endpoints: Mapping[str, review_server.Answer], *, port: int
) -> tuple[review_server.Server, str]:
    """A server of a page and its endpoints, and its address. Raises ReviewError if the port is not available."""
    try:
        return review_server.made(html, endpoints, refusal=refusal, port=port)
    except OSError as error:
        why = "is used by another program" if error.errno == errno.EADDRINUSE else f"cannot be used ({error.strerror})"
        raise ReviewError(f"Port {port} {why}. Choose another with --port, or omit --port.") from None


def review(study: Path, *, who: str = "", port: int = 0, say: Callable[[str], None] = print) -> None:
    """Serve the report until Ctrl-C. Raises ReviewError if there is nothing to serve."""
    shown(study, who=who)
    http_server, address = server(study, who=who, port=port)
    say(f"Open {address}")
    places = Places(study)
    say(f"Decisions are saved to {places.decisions}. Only this machine can open the page. Stop with Ctrl-C.")
    if who.strip():
        say(f"Passages you open are recorded in {places.passages_read} as read by {who.strip()}.")
    serve(http_server, say=say)


def serve(http_server: review_server.Server, *, say: Callable[[str], None] = print) -> None:
    """Serve until Ctrl-C."""
    try:
        http_server.serve_forever()
    except KeyboardInterrupt:
        say("Stopped. Run `counterpoint run` to update the report with your decisions.")
    finally:
        http_server.server_close()


def _opened(file: Path) -> page.Page:
    """The rendered report. Raises ReviewError if it is not a report of this version, and OSError."""
    try:
        return page.opened(file.read_text(encoding="utf-8"))
    except ValueError:  # no UTF-8, or another program's page, or half of ours
        raise ReviewError(
            f"{file} was made by another version of Counterpoint. Run `counterpoint run` to update it."
        ) from None


def _taken(study: Path, data: dict[str, Any]) -> list[dict[str, Any]]:
    """The decisions in force that the report does not show yet, in order, as the page lists them."""
    shown_ids = set(data["seen"])
    decisions = ledger.load(Places(study).decisions)
    labels = {theme["id"]: theme["label"] for theme in data["themes"]}
    deed_of = {entry.decision: f"{entry.who} {entry.deed}" for entry in audit_trail.trail(decisions, labels)}
    return [
        {
            "id": decision.key,
            "action": decision.action,
            "theme": decision.theme,
            "label": decision.label,
            "others": list(decision.others),
            "segments": list(decision.segments),
            "who": decision.who,
            "when": decision.when,
            "said": deed_of[decision.key],
        }
        for decision in ledger.standing(decisions)
        if decision.key not in shown_ids
    ]

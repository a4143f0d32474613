"""`counterpoint review`: the report on this machine alone; what one decides in it goes straight to decisions.yaml.

What one opens in it is noted in the reading ledger.

The server listens on 127.0.0.1 and answers at one address that holds a secret. It checks the Host of every request and
the Origin of every decision, so that no other page that is open in the browser can reach it (DNS rebinding, forgery).
"""

import hmac
import json
import secrets
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pipeline import decisions, store
from pipeline.commands import deciding, screen
from pipeline.core.places import Places
from pipeline.core.terms import UNASSIGNED
from pipeline.errors import CounterpointError, refused
from pipeline.reporting import audit, quotes, reading
from pipeline.views import decide_view, page

HOST = "127.0.0.1"
LONGEST = 64 * 2**10
# A browser that says nothing for so long is hung up on (seconds).
PATIENCE = 20
OPENS = '<script type="application/json" id="decide-data">'
CLOSES = "</script>"
CLOSED = "default-src &#39;none&#39;;"
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


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
    html = file.read_text(encoding="utf-8")
    before, opens, rest = html.partition(OPENS)
    held, closes, after = rest.partition(CLOSES)
    if not opens or not closes or CLOSED not in before:
        raise ReviewError(f"{file} was made by another version of Counterpoint: run `counterpoint run`.")
    data = json.loads(held)
    made = decide_view.basis(store.read(study, "themes"), store.read(study, "theme_assignments"))
    if data["basis"] != made:
        raise ReviewError(f"{file} is older than the themes it shows: run `counterpoint run`, then reload this page.")
    # First the state, then what it holds: a decision taken in between makes the page stale rather than wrong.
    data["review"] = {"state": screen.state(study), "taken": _taken(study, data), "who": who}
    before = before.replace(CLOSED, f"{CLOSED} connect-src &#39;self&#39;;", 1)
    return before + opens + page.json_for_html(data) + closes + after


def answer(study: Path, body: bytes) -> tuple[int, dict[str, Any]]:
    """Take the decision in a request; return the status and what the page is told.

    200 with the new state and every decision since the report was made; 409 with a sentence where the page is older
    than the data; 400 with a sentence where the decision cannot be taken, 500 with one where the machine refuses to
    write. Nothing is written in the last three.
    """
    try:
        asked = Asked.model_validate_json(body)
        data = _data(study)  # what fails here fails before anything is written
        if asked.action == "undo":
            deciding.undo(study, asked.undoes, who=asked.who, why=asked.why, seen=asked.state)
        else:
            deciding.decide(
                study, asked.action, str(asked.theme), asked.rest, who=asked.who, why=asked.why, seen=asked.state
            )
        state = screen.state(study)
        return 200, {"state": state, "taken": _taken(study, data)}
    except deciding.StaleError as error:
        return 409, {"error": str(error)}
    except ValidationError:
        return 400, {"error": "This is no decision the page can have sent. Reload the page."}
    except CounterpointError as error:
        return 400, {"error": str(error)}
    except OSError as error:
        return 500, {"error": _failed(error)}


def opened(study: Path, body: bytes) -> tuple[int, dict[str, Any]]:
    """Note that somebody opened a passage; return the status and what the page is told.

    200 with how many passages that adds to the ledger, 409 where the page is older than the themes, 400 where there is
    no such passage.
    """
    try:
        asked = Opened.model_validate_json(body)
        if asked.basis != decide_view.basis(store.read(study, "themes"), store.read(study, "theme_assignments")):
            return 409, {"error": "Not noted as read: the themes have changed since this page was made. Reload it."}
        ordered = quotes.in_order(store.read(study, "segments"))["segment_id"]
        if asked.number >= len(ordered):
            return 400, {"error": "Not noted as read: there is no such passage. Reload the page."}
        return 200, {"noted": reading.opened(study, [str(ordered.iloc[asked.number])], who=asked.who)}
    except ValidationError:
        return 400, {"error": "This is nothing the page can have sent. Reload the page."}
    except CounterpointError as error:
        return 400, {"error": str(error)}
    except OSError as error:
        return 500, {"error": _failed(error)}


def _failed(error: OSError) -> str:
    """A sentence for what the machine refused."""
    said = refused(error, doing="Writing it down")
    return str(said or f"{error.filename or 'A file'} cannot be used ({error.strerror}). Check it, and try again.")


def server(study: Path, *, who: str = "", port: int = 0) -> tuple[ThreadingHTTPServer, str]:
    """A server that is ready to run, and the address of its one page; `port` 0: any that is free."""
    token = secrets.token_urlsafe(24)

    class Handler(_Handler):
        pass

    Handler.study, Handler.token, Handler.who = study, token, who
    made = ThreadingHTTPServer((HOST, port), Handler)
    made.daemon_threads = True
    Handler.port = made.server_port
    return made, f"http://{HOST}:{made.server_port}/{token}/"


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


def _data(study: Path) -> dict[str, Any]:
    html = Places(study).report_page.read_text(encoding="utf-8")
    held: dict[str, Any] = json.loads(html.partition(OPENS)[2].partition(CLOSES)[0])
    return held


def _taken(study: Path, data: dict[str, Any]) -> list[dict[str, Any]]:
    """The standing decisions that the report does not show yet, in order, as the page lists them."""
    known = set(data["seen"])
    taken = decisions.load(Places(study).decisions)
    labels = {theme["id"]: theme["label"] for theme in data["themes"]}
    said = {entry.decision: f"{entry.who} {entry.what}" for entry in audit.trail(taken, labels)}
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
        for decision in decisions.standing(taken)
        if decision.key not in known
    ]


class _Handler(BaseHTTPRequestHandler):
    """Answers GET for the page and POST for what is decided or read, each at its one address, and nothing else."""

    study: Path
    token: str
    who: str
    port: int
    timeout = PATIENCE
    server_version = "Counterpoint"
    sys_version = ""

    def do_GET(self) -> None:
        """The page."""
        if not self._is_ours(""):
            return
        try:
            self._send(200, "text/html; charset=utf-8", shown(self.study, who=self.who).encode())
        except CounterpointError as error:
            self._send(409, "text/plain; charset=utf-8", f"{error}\n".encode())

    def do_POST(self) -> None:
        """A decision, or a passage that was opened."""
        noting = self.path.endswith("/read")
        if not self._is_ours("read" if noting else "decide"):
            return
        if self.headers.get("Origin") != f"http://{self._host()}":
            self._refuse(403, "This did not come from the report's own page.")
            return
        if self.headers.get("Content-Type", "").partition(";")[0].strip() != "application/json":
            self._refuse(415, "A decision is sent as JSON.")
            return
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > LONGEST:
            self._refuse(413, "This is longer than any decision.")
            return
        body = self.rfile.read(int(length))
        status, said = opened(self.study, body) if noting else answer(self.study, body)
        self._send(status, "application/json", json.dumps(said).encode())

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: the address holds the secret."""

    def _host(self) -> str:
        return f"{HOST}:{self.port}"

    def _is_ours(self, rest: str) -> bool:
        """Whether a request names this server and the secret address; else it is refused."""
        if self.headers.get_all("Host") != [self._host()]:
            self._refuse(421, "This server answers on 127.0.0.1 alone.")
            return False
        if not hmac.compare_digest(self.path.encode(), f"/{self.token}/{rest}".encode()):
            self._refuse(404, "There is nothing here. Use the whole address that was printed.")
            return False
        return True

    def _refuse(self, status: int, said: str) -> None:
        self._send(status, "application/json", json.dumps({"error": said}).encode())

    def _send(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        for name, value in {**HEADERS, "Content-Type": kind, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

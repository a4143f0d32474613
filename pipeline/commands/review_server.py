"""The server of `counterpoint review`: one page, two endpoints, and a message for every error.

It listens on 127.0.0.1 at an address that contains a secret token. It checks the Host header of every request and the
Origin of every decision, which prevents other pages in the browser from reaching it (DNS rebinding, CSRF).
"""

import hmac
import json
import secrets
import socket
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from pipeline.core.errors import CounterpointError

HOST = "127.0.0.1"
LONGEST = 2**20
# Timeout for requests and for their bodies (seconds).
PATIENCE = 20
# Unread data is drained for at most this long (seconds) and this much (bytes), so that the reply is not lost.
LINGER, MOST_LEFT = 2.0, 16 * 2**20
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
# Messages for requests that Python's server refuses itself.
WRONG = {
    414: "The address is too long.",
    431: "The request headers are too many or too long.",
    501: "Only GET and POST are supported.",
    505: "Only HTTP/1.0 and HTTP/1.1 are supported.",
}

Said = tuple[int, dict[str, Any]]
Answer = Callable[[bytes], Said]
# Maps an exception to an HTTP status and a message.
Refusal = Callable[[Exception], tuple[int, str]]


class Server(ThreadingHTTPServer):
    """Serves until it is shut down; closed connections are not errors."""

    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore closed connections; print the traceback of a bug."""
        if not isinstance(sys.exception(), OSError):
            traceback.print_exc()


def made(page: Callable[[], str], answers: Mapping[str, Answer], *, refusal: Refusal, port: int) -> tuple[Server, str]:
    """A server that is ready to run, and the address of its page. `answers`: handlers of POST requests by path.

    `port` 0: any free port. Raises OSError if the port is not available.
    """
    token = secrets.token_urlsafe(24)
    handler = type("Handler", (_Handler,), {"page": staticmethod(page), "answers": answers, "token": token})
    handler.refusal = staticmethod(refusal)  # type: ignore[attr-defined]
    server = Server((HOST, port), handler)
    handler.port = server.server_port  # type: ignore[attr-defined]
    return server, f"http://{HOST}:{server.server_port}/{token}/"


class _Handler(BaseHTTPRequestHandler):
    """Answers GET for the page and POST for each endpoint, and nothing else."""

    page: Callable[[], str]
    answers: Mapping[str, Answer]
    refusal: Refusal
    token: str
    port: int
    timeout = PATIENCE
    server_version = "Counterpoint"
    sys_version = ""

    def do_GET(self) -> None:
        """The page."""
        if not self._is_ours(""):
            return
        try:
            html = self.page().encode()
        except Exception as error:  # noqa: BLE001  # every failure is answered; `refusal` shows those that are ours
            status, message = self.refusal(error)
            self._refuse(status, message, plain="text/html" in self.headers.get("Accept", ""))
            return
        self._send(200, "text/html; charset=utf-8", html)

    def do_POST(self) -> None:
        """A request of the page."""
        endpoint = next((name for name in self.answers if self.path.endswith(f"/{name}")), next(iter(self.answers)))
        if not self._is_ours(endpoint):
            return
        if self.headers.get("Origin") != f"http://{self._host()}":
            self._refuse(403, "This request did not come from the report page.")
            return
        if self.headers.get("Content-Type", "").partition(";")[0].strip() != "application/json":
            self._refuse(415, "The request must be JSON.")
            return
        body = self._body()
        if body is None:
            return
        try:
            status, answer = self.answers[endpoint](body)
        except Exception as error:  # noqa: BLE001  # as above
            status, sentence = self.refusal(error)
            answer = {"error": sentence}
        self._send(status, "application/json", _json(answer))

    def parse_request(self) -> bool:
        """Read the headers; answers 408 if they are incomplete."""
        try:
            return super().parse_request()
        except TimeoutError:
            self._refuse(408, "The request was incomplete. Try again.")
            return False

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answer requests that Python's server refuses in the same format as all others."""
        self._refuse(code, WRONG.get(code, "Invalid request."))

    def log_message(self, format: str, *args: Any) -> None:
        """Log nothing: the address contains the secret token."""

    def finish(self) -> None:
        """Close the connection after draining unread data: closing over it would lose the reply."""
        with suppress(OSError):
            super().finish()
        until, left = time.monotonic() + LINGER, MOST_LEFT
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_WR)
            while left > 0 and (patience := until - time.monotonic()) > 0:
                self.connection.settimeout(patience)
                n_read = len(self.connection.recv(2**16))
                left -= n_read
                if not n_read:
                    break

    def _body(self) -> bytes | None:
        """The complete request body, or None if the request was refused."""
        lengths = self.headers.get_all("Content-Length") or []
        if self.headers.get("Transfer-Encoding") is not None or not lengths:
            self._refuse(411, "The request must have a Content-Length and no Transfer-Encoding.")
            return None
        length = lengths[0].strip()
        if len(lengths) > 1 or not (length.isascii() and length.isdecimal()):
            self._refuse(400, "The Content-Length of the request is not a whole number.")
            return None
        # Python refuses to read a number of thousands of digits.
        if len(length.lstrip("0")) > len(str(LONGEST)) or int(length) > LONGEST:
            self._refuse(413, "The request is too large.")
            return None
        try:
            body = self._read(int(length))
        except TimeoutError:
            self._refuse(408, "The request was incomplete, so nothing was saved. Try again.")
            return None
        if len(body) < int(length):
            self._refuse(400, "The request was cut off, so nothing was saved. Try again.")
            return None
        return body

    def _read(self, length: int) -> bytes:
        """Read `length` bytes, or fewer if the client stops sending. Raises TimeoutError."""
        body, until = b"", time.monotonic() + self.timeout
        while len(body) < length:
            patience = until - time.monotonic()
            if patience <= 0:
                raise TimeoutError
            self.connection.settimeout(patience)
            chunk = self.rfile.read1(length - len(body))
            if not chunk:
                break
            body += chunk
        self.connection.settimeout(self.timeout)
        return body

    def _host(self) -> str:
        return f"{HOST}:{self.port}"

    def _is_ours(self, rest: str) -> bool:
        """Whether a request names this server and the secret address; refuses it otherwise."""
        if self.headers.get_all("Host") != [self._host()]:
            self._refuse(421, "This server only answers on 127.0.0.1.")
            return False
        if not hmac.compare_digest(self.path.encode("utf-8", "replace"), f"/{self.token}/{rest}".encode()):
            self._refuse(404, "Not found. Use the complete address that was printed.")
            return False
        return True

    def _refuse(self, status: int, message: str, *, plain: bool = False) -> None:
        """Reply with an error message, as JSON or as plain text."""
        if plain:
            self._send(status, "text/plain; charset=utf-8", f"{message}\n".encode("utf-8", "replace"))
        else:
            self._send(status, "application/json", _json({"error": message}))

    def _send(self, status: int, kind: str, body: bytes) -> None:
        self.close_connection = True
        self.request_version = "HTTP/1.0"  # else what cannot be read gets no status line
        self.send_response(status)
        for name, value in {**HEADERS, "Content-Type": kind, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


def _json(content: Mapping[str, Any]) -> bytes:
    return json.dumps(content).encode()


def fault(error: Exception) -> tuple[int, str]:
    """The HTTP status and message for a bug, whose traceback is printed in the terminal."""
    if isinstance(error, CounterpointError | OSError):
        raise TypeError(error)
    traceback.print_exception(error)
    return 500, (
        f"Internal error ({type(error).__name__}). Please report the traceback shown in the terminal. Reload the page "
        "to see what was saved."
    )

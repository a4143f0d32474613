"""The server behind `counterpoint review`: one page, two places to send to, and a sentence for whatever goes wrong.

It listens on 127.0.0.1 and answers at one address that holds a secret. It checks the Host of every request and the
Origin of every decision, so that no other page that is open in the browser can reach it (DNS rebinding, forgery).
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
LONGEST = 64 * 2**10
# A browser that says nothing for so long, or takes so long to send what it announced, is hung up on (seconds).
PATIENCE = 20
# What was sent beyond what is read is taken for so long (seconds), and so much of it, lest our answer be lost with it.
LINGER, MOST_LEFT = 2.0, 16 * 2**20
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
# What Python's server finds wrong with a request by itself.
WRONG = {
    414: "This address is longer than any here.",
    431: "This request has more or longer headers than a browser sends.",
    501: "Only GET and POST are answered here.",
    505: "Only HTTP/1.0 and HTTP/1.1 are understood here.",
}

Said = tuple[int, dict[str, Any]]
Answer = Callable[[bytes], Said]
# The status and the sentence for what was raised.
Refusal = Callable[[Exception], tuple[int, str]]


class Server(ThreadingHTTPServer):
    """Serves until it is shut down; a browser that hangs up is nothing to speak of."""

    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a closed tab; of a fault of ours, what mends it."""
        if not isinstance(sys.exception(), OSError):
            traceback.print_exc()


def made(page: Callable[[], str], answers: Mapping[str, Answer], *, refusal: Refusal, port: int) -> tuple[Server, str]:
    """A server that is ready to run, and the address of its page. `answers`: what is sent to, below that address.

    Raises OSError where the port cannot be had; `port` 0 is any that is free.
    """
    token = secrets.token_urlsafe(24)
    handler = type("Handler", (_Handler,), {"page": staticmethod(page), "answers": answers, "token": token})
    handler.refusal = staticmethod(refusal)  # type: ignore[attr-defined]
    server = Server((HOST, port), handler)
    handler.port = server.server_port  # type: ignore[attr-defined]
    return server, f"http://{HOST}:{server.server_port}/{token}/"


class _Handler(BaseHTTPRequestHandler):
    """Answers GET for the page and POST for what is sent, each at its one address, and nothing else."""

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
            status, said = self.refusal(error)
            self._refuse(status, said, plain="text/html" in self.headers.get("Accept", ""))
            return
        self._send(200, "text/html; charset=utf-8", html)

    def do_POST(self) -> None:
        """What the page sends."""
        place = next((name for name in self.answers if self.path.endswith(f"/{name}")), next(iter(self.answers)))
        if not self._is_ours(place):
            return
        if self.headers.get("Origin") != f"http://{self._host()}":
            self._refuse(403, "This did not come from the report's own page.")
            return
        if self.headers.get("Content-Type", "").partition(";")[0].strip() != "application/json":
            self._refuse(415, "A decision is sent as JSON.")
            return
        body = self._body()
        if body is None:
            return
        try:
            status, said = self.answers[place](body)
        except Exception as error:  # noqa: BLE001  # as above
            status, sentence = self.refusal(error)
            said = {"error": sentence}
        self._send(status, "application/json", _json(said))

    def parse_request(self) -> bool:
        """Read the headers; a browser that stops in the middle of them is told so."""
        try:
            return super().parse_request()
        except TimeoutError:
            self._refuse(408, "The rest of the request did not come. Try again.")
            return False

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answer what Python's server refuses by itself as everything else is answered."""
        self._refuse(code, WRONG.get(code, "This is no request that a browser makes."))

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: the address holds the secret."""

    def finish(self) -> None:
        """End, and take what was sent and not read: closed over it, the connection would lose our answer."""
        with suppress(OSError):
            super().finish()
        until, left = time.monotonic() + LINGER, MOST_LEFT
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_WR)
            while left > 0 and (patience := until - time.monotonic()) > 0:
                self.connection.settimeout(patience)
                taken = len(self.connection.recv(2**16))
                left -= taken
                if not taken:
                    break

    def _body(self) -> bytes | None:
        """What was sent, whole; else it is refused, and None."""
        lengths = self.headers.get_all("Content-Length") or []
        if self.headers.get("Transfer-Encoding") is not None or not lengths:
            self._refuse(411, "A decision is sent in one piece that says how long it is.")
            return None
        said = lengths[0].strip()
        if len(lengths) > 1 or not (said.isascii() and said.isdecimal()):
            self._refuse(400, "The request does not say in a whole number how long it is.")
            return None
        # Python refuses to read a number of thousands of digits.
        if len(said.lstrip("0")) > len(str(LONGEST)) or int(said) > LONGEST:
            self._refuse(413, "This is longer than any decision.")
            return None
        try:
            body = self._read(int(said))
        except TimeoutError:
            self._refuse(408, "The rest of the decision did not come, so nothing was written. Try again.")
            return None
        if len(body) < int(said):
            self._refuse(400, "The decision was cut off on its way, so nothing was written. Try again.")
            return None
        return body

    def _read(self, length: int) -> bytes:
        """So many bytes, or as many as come before the other side ends. Raises TimeoutError."""
        body, until = b"", time.monotonic() + self.timeout
        while len(body) < length:
            patience = until - time.monotonic()
            if patience <= 0:
                raise TimeoutError
            self.connection.settimeout(patience)
            part = self.rfile.read1(length - len(body))
            if not part:
                break
            body += part
        self.connection.settimeout(self.timeout)
        return body

    def _host(self) -> str:
        return f"{HOST}:{self.port}"

    def _is_ours(self, rest: str) -> bool:
        """Whether a request names this server and the secret address; else it is refused."""
        if self.headers.get_all("Host") != [self._host()]:
            self._refuse(421, "This server answers on 127.0.0.1 alone.")
            return False
        if not hmac.compare_digest(self.path.encode("utf-8", "replace"), f"/{self.token}/{rest}".encode()):
            self._refuse(404, "There is nothing here. Use the whole address that was printed.")
            return False
        return True

    def _refuse(self, status: int, said: str, *, plain: bool = False) -> None:
        """Answer with a sentence: as JSON, or as text to a person who opened the address."""
        if plain:
            self._send(status, "text/plain; charset=utf-8", f"{said}\n".encode("utf-8", "replace"))
        else:
            self._send(status, "application/json", _json({"error": said}))

    def _send(self, status: int, kind: str, body: bytes) -> None:
        self.close_connection = True
        self.request_version = "HTTP/1.0"  # else what cannot be read gets no status line
        self.send_response(status)
        for name, value in {**HEADERS, "Content-Type": kind, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


def _json(said: Mapping[str, Any]) -> bytes:
    return json.dumps(said).encode()


def fault(error: Exception) -> tuple[int, str]:
    """The status and the sentence for a fault of ours, which the terminal shows in full."""
    if isinstance(error, CounterpointError | OSError):
        raise TypeError(error)
    traceback.print_exception(error)
    return 500, (
        f"Counterpoint itself failed here ({type(error).__name__}). The terminal in which it runs says where: please "
        "report that. Reload the page to see what was written."
    )

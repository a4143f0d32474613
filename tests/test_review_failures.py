"""Whatever fails while a report is reviewed is answered in a sentence, and nothing is half written."""

import contextlib
import errno
import json
import random
import socket
import threading
import time
from pathlib import Path

import pytest
import test_review as reviewing
from typer.testing import CliRunner

from pipeline import cli
from pipeline.commands import review, review_server
from pipeline.core import atomic_files, store, study_lock
from pipeline.core.errors import CounterpointError
from pipeline.decisions import ledger

made, study, address = reviewing.made, reviewing.study, reviewing.address
ask, note, request = reviewing.ask, reviewing.note, reviewing.request


def raw(address: str, sent: bytes, *, ends: bool = True) -> tuple[int, dict[str, str]]:
    """The status and the JSON that whatever bytes are answered with. `ends`: nothing more comes."""
    port, _ = reviewing.parts(address)
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        with contextlib.suppress(OSError):
            connection.sendall(sent)
            if ends:
                connection.shutdown(socket.SHUT_WR)
        found = b""
        while part := connection.recv(2**16):
            found += part
    head, _, body = found.partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(body)


def head(address: str, *lines: str, rest: str = "decide") -> bytes:
    """The head of a request to decide that is right but for what `lines` say."""
    port, path = reviewing.parts(address)
    own = [f"Host: 127.0.0.1:{port}", f"Origin: http://127.0.0.1:{port}", "Content-Type: application/json", *lines]
    return "\r\n".join([f"POST {path}{rest} HTTP/1.1", *own, "", ""]).encode("latin-1")


def untouched(study: Path) -> bool:
    """Whether nothing was decided, and nothing half written lies about."""
    place = study / "decisions.yaml"
    return (not place.exists() or not ledger.load(place)) and not list(atomic_files.leftovers(study))


def is_sentence(said: dict[str, str]) -> bool:
    return set(said) == {"error"} and said["error"].rstrip().endswith((".", ")")) and " " in said["error"]


@pytest.mark.parametrize(
    ("lines", "status", "said"),
    [
        ([], 411, "Content-Length"),
        (["Transfer-Encoding: chunked"], 411, "no Transfer-Encoding"),
        (["Transfer-Encoding: chunked", "Content-Length: 3"], 411, "no Transfer-Encoding"),
        (["Content-Length: " + "9" * 5000], 413, "too large"),
        (["Content-Length: " + "0" * 5000 + "9" * 9], 413, "too large"),
        (["Content-Length: 1048577"], 413, "too large"),
        (["Content-Length: -1"], 400, "whole number"),
        (["Content-Length: 1.5"], 400, "whole number"),
        (["Content-Length: +3"], 400, "whole number"),
        (["Content-Length: \xb2"], 400, "whole number"),
        (["Content-Length: "], 400, "whole number"),
        (["Content-Length: 3", "Content-Length: 4"], 400, "whole number"),
        (["Content-Length: 300"], 400, "cut off"),
        (["X-Long: " + "x" * 70_000, "Content-Length: 2"], 431, "headers"),
        ([f"X-{n}: y" for n in range(120)], 431, "headers"),
        (["X-Name: \xe9\xff", "Content-Length: 2"], 400, "not a valid decision"),
    ],
)
def test_a_request_that_does_not_say_what_it_brings_is_answered(address, study, lines, status, said):
    found, answer = raw(address, head(address, *lines) + b"{}")
    assert found == status and said in answer["error"] and is_sentence(answer)
    assert untouched(study)


@pytest.mark.parametrize("sent", ["begin", "half"])
def test_who_announces_more_than_comes_is_told_after_a_while(address, study, monkeypatch, sent):
    monkeypatch.setattr(review_server._Handler, "timeout", 0.3)
    whole_head = head(address, "Content-Length: 200")
    found, answer = raw(address, whole_head[:60] if sent == "begin" else whole_head + b'{"action"', ends=False)
    assert found == 408 and is_sentence(answer)
    assert untouched(study)


def test_who_trickles_is_not_waited_for_without_end(address, study, monkeypatch):
    monkeypatch.setattr(review_server._Handler, "timeout", 0.5)
    port, _ = reviewing.parts(address)
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(head(address, "Content-Length: 1000"))
        for _ in range(1000):
            try:
                connection.sendall(b" ")
            except OSError:
                break
            time.sleep(0.02)
        else:
            pytest.fail("it waits as long as one more byte comes")
    assert untouched(study)


def test_what_is_not_read_does_not_cost_the_answer(address, study):
    found, answer = raw(address, head(address, "Content-Length: 4000000") + b"x" * 4_000_000)
    assert found == 413 and is_sentence(answer)


@pytest.mark.parametrize(
    "sent",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 hello\r\n\r\n",
        b"GARBAGE\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET / HTTP/x\r\n\r\n",
        b"GET / a b c HTTP/1.1\r\n\r\n",
        b"GET /\r\n\r\n",
        b"POST /\r\n\r\n",
        b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nno colon\r\n\r\n",
        b"BREW / HTTP/1.1\r\nHost: x\r\n\r\n",
        b"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /é HTTP/1.1\r\nHost: ü\r\n\r\n".encode(),
        b"\xff\xfe\x00 / HTTP/1.1\r\n\r\n",
    ],
)
def test_what_no_browser_sends_is_answered_in_a_sentence(address, sent):
    status, answer = raw(address, sent)
    assert 400 <= status < 600 and is_sentence(answer)


def test_no_bytes_of_any_kind_bring_it_down_or_go_without_an_answer(address, study, capfd):
    draw = random.Random(5)
    body = json.dumps(request(study, action="memo", rest=["x"])).encode()
    good = head(address, f"Content-Length: {len(body)}") + body
    for _ in range(150):
        bad = bytearray(good)
        for _ in range(draw.randint(1, 4)):
            place = draw.randrange(len(bad))
            bad[place : place + draw.randint(0, 9)] = draw.randbytes(draw.randint(0, 6))
        status, answer = raw(address, bytes(bad))
        assert status in {200, 400, 403, 404, 409, 411, 413, 414, 415, 421, 431, 501, 505}
        assert status == 200 or is_sentence(answer), (status, answer)
    assert ask(address, "GET")[0] == 200
    assert "Traceback" not in capfd.readouterr().err
    assert not list(atomic_files.leftovers(study))


DEEP = b'{"action": ' + b"[" * 30_000 + b"]" * 30_000 + b"}"


@pytest.mark.parametrize("place", ["decide", "read"])
@pytest.mark.parametrize(
    "body",
    [
        DEEP,
        b'{"a":' * 10_000,
        b'{"theme": ' + b"9" * 5000 + b"}",
        b'{"number": ' + b"9" * 60_000 + b"}",
        b'{"number": 1e999, "theme": NaN}',
        b'{"who": "\\ud800"}',
        b'{"who": "\xff\xfe"}',
        b"\xef\xbb\xbf{}",
        b"null",
        b"\x00",
    ],
)
def test_no_json_brings_it_down(address, study, place, body):
    status, said, _ = ask(address, "POST", place, body)
    assert status == 400 and is_sentence(json.loads(said))
    assert untouched(study)


@pytest.mark.parametrize(
    "fields",
    [
        {"theme": 10**4000},
        {"theme": -5},
        {"theme": True},
        {"theme": "0"},
        {"theme": 1.0},
        {"action": "rename", "rest": ["\ud800"]},
        {"action": "rename", "rest": [""]},
        {"action": "memo", "rest": "x"},
        {"action": "memo", "rest": [["x"]]},
        {"action": "memo", "rest": ["x"] * 50_001},
        {"action": "merge", "rest": ["no such theme"]},
        {"action": "merge", "rest": ["9" * 5000]},
        {"action": "undo", "undoes": ""},
        {"action": "split"},
        {"who": "\u200b"},
        {"who": None},
        {"state": 3},
    ],
)
def test_a_decision_of_another_kind_is_answered_and_not_written(address, study, fields):
    status, said, _ = ask(address, "POST", "decide", request(study, **fields))
    assert status == 400 and is_sentence(json.loads(said))
    assert untouched(study)


BROKEN = {
    "not valid UTF-8": b"decisions:\n- {who: \xff\xfe}\n",
    "no YAML": b"decisions: [",
    "a list too many": b"decisions: 3\n",
}


@pytest.mark.parametrize("held", list(BROKEN.values()), ids=list(BROKEN))
def test_a_file_that_cannot_be_read_is_told_to_the_page_and_left_alone(address, study, held):
    asked = request(study, action="memo", rest=["x"])
    (study / "decisions.yaml").write_bytes(held)
    status, said, headers = ask(address, "GET")
    assert status == 409 and headers["Content-Type"] == "application/json" and is_sentence(json.loads(said))
    assert "decisions.yaml" in json.loads(said)["error"]
    status, said, headers = ask(address, "GET", Accept="text/html,*/*")
    assert status == 409 and headers["Content-Type"].startswith("text/plain") and b"decisions.yaml" in said
    asked["state"] = review.screen.state(study)
    status, said, _ = ask(address, "POST", "decide", asked)
    assert status == 409 and "decisions.yaml" in json.loads(said)["error"]
    assert (study / "decisions.yaml").read_bytes() == held


def test_a_reading_ledger_that_cannot_be_read_is_told_too(address, study):
    (study / "passages_read.yaml").write_bytes(b"\xff\xfe")
    status, said, _ = ask(address, "POST", "read", note(study))
    assert status == 409 and "passages_read.yaml" in json.loads(said)["error"]


@pytest.mark.parametrize(
    "number", [errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.ENOTCONN]
)
@pytest.mark.parametrize("where", ["the lock", "the file"])
def test_a_folder_that_cannot_be_written_is_told_to_the_page(address, study, monkeypatch, where, number):
    asked, noted = request(study, action="memo", rest=["x"]), note(study)

    def refused(*_: object, **__: object) -> None:
        raise OSError(number, "no", str(study / "decisions.yaml"))

    place = (study_lock.FileLock, "acquire") if where == "the lock" else (atomic_files, "_fill")
    monkeypatch.setattr(*place, refused)
    for rest, body in (("decide", asked), ("read", noted)):
        status, said, _ = ask(address, "POST", rest, body)
        assert status == 500 and is_sentence(json.loads(said))
    assert untouched(study)


def test_while_another_command_writes_the_page_is_told_to_try_again(address, study, monkeypatch):
    asked = request(study, action="memo", rest=["x"])
    monkeypatch.setattr(study_lock, "WAIT_S", 0.1)
    with study_lock.locked(study):
        status, said, _ = ask(address, "POST", "decide", asked)
    assert status == 503 and "try again" in json.loads(said)["error"]
    assert untouched(study)


@pytest.mark.parametrize(
    "page", [b"", b"<html></html>", b"\xff\xfe\x00", b'<script type="application/json" id="decide-data">{</script>']
)
def test_a_report_that_was_replaced_is_told_before_anything_is_written(address, study, page):
    asked = request(study, action="memo", rest=["x"])
    (study / "report" / "index.html").write_bytes(page)
    for status, said, _ in (ask(address, "GET"), ask(address, "POST", "decide", asked)):
        assert status == 409 and "another version" in json.loads(said)["error"]
    assert untouched(study)


@pytest.mark.parametrize("held", [None, b"", b"PAR1 half"])
def test_while_a_stage_runs_and_its_table_is_gone_or_half_there_the_page_is_told(address, study, held):
    asked, noted, place = request(study, action="memo", rest=["x"]), note(study), store.path(study, "theme_assignments")
    place.unlink()
    if held is not None:
        place.write_bytes(held)
    for status, said, _ in (
        ask(address, "GET"),
        ask(address, "POST", "decide", asked),
        ask(address, "POST", "read", noted),
    ):
        assert status in {409, 500} and is_sentence(json.loads(said)), said
    assert untouched(study)


def test_what_was_written_and_cannot_be_shown_is_said_to_be_written(address, study, monkeypatch):
    asked = request(study, action="memo", rest=["x"])

    def gone(*_: object) -> None:
        raise CounterpointError("themes.parquet is missing.")

    monkeypatch.setattr(review, "_taken", gone)
    status, said, _ = ask(address, "POST", "decide", asked)
    assert status == 500 and "The decision was saved to" in json.loads(said)["error"]
    assert len(ledger.load(study / "decisions.yaml")) == 1


def test_a_fault_of_ours_is_answered_and_shown_in_the_terminal(address, study, monkeypatch, capfd):
    def wrong(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(review.screen, "state", wrong)
    for status, said, _ in (
        ask(address, "GET"),
        ask(address, "POST", "decide", {"action": "accept", "who": "A", "theme": 0, "state": ""}),
    ):
        assert status == 500 and "Internal error (ZeroDivisionError)" in json.loads(said)["error"]
    assert "ZeroDivisionError" in capfd.readouterr().err


def test_a_tab_that_is_closed_in_the_middle_prints_nothing(address, study, capfd):
    port, path = reviewing.parts(address)
    for _ in range(5):
        connection = socket.create_connection(("127.0.0.1", port))
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
        connection.close()
    assert ask(address, "GET")[0] == 200
    while any("process_request" in thread.name for thread in threading.enumerate()):
        time.sleep(0.05)
    assert capfd.readouterr().err == ""


def test_a_port_that_is_taken_is_a_sentence(study, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(review.ReviewError, match=f"Port {port} is used by another program"):
            review.server(study, port=port)
        monkeypatch.chdir(study.parent.parent)
        Path("params.yaml").write_text("study: data/small\n")
        done = CliRunner().invoke(cli.app, ["review", "--port", str(port)])
    assert isinstance(done.exception, CounterpointError) and "--port" in str(done.exception)


def test_with_both_its_answers_the_server_outlives_all_of_it(study):
    server, found = review.server(study, who="Asha")
    running = threading.Thread(target=server.serve_forever, daemon=True)
    running.start()
    try:
        raw(found, b"\x00" * 1000)
        assert ask(found, "POST", "read", note(study))[0] == 200
        assert ask(found, "POST", "decide", request(study, action="memo", rest=["x"]))[0] == 200
    finally:
        server.shutdown()
        server.server_close()
        running.join()

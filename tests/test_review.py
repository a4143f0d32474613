"""The server of `counterpoint review`: one page and one way to decide, for the browser on this machine alone."""

import errno
import http.client
import json
import re
import shutil
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from browsing import MODELS
from typer.testing import CliRunner

from pipeline import cli, report
from pipeline.commands import review
from pipeline.core import atomic_files, store
from pipeline.core.params import Params
from pipeline.decisions import ledger, page_data, reading_ledger, screen
from pipeline.decisions.reading_ledger import Read
from pipeline.deductive import codebook
from pipeline.reporting import quotes, report_tables, study_results
from pipeline.reporting.views import page

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def made(small_study, tmp_path_factory) -> Path:
    """The small study with its report."""
    folder = shutil.copytree(small_study, tmp_path_factory.mktemp("made") / "data" / "small")
    study = report_tables.gather(study_results.tables(folder), codebook.load_codebook(folder / "codebook.yaml"))
    (folder / "report").mkdir(exist_ok=True)
    html = report.build_page(study, Params(study=str(folder)), MODELS)
    (folder / "report" / "index.html").write_text(html, encoding="utf-8")
    return folder


@pytest.fixture
def study(made, tmp_path) -> Path:
    return shutil.copytree(made, tmp_path / "data" / "small")


@pytest.fixture
def address(study):
    made, found = review.server(study, who="Asha")
    running = threading.Thread(target=made.serve_forever, daemon=True)
    running.start()
    yield found
    made.shutdown()
    made.server_close()
    running.join()


def parts(address: str) -> tuple[int, str]:
    port, path = re.fullmatch(r"http://127\.0\.0\.1:(\d+)(/[\w-]{32}/)", address).groups()
    return int(port), path


def ask(address: str, method: str, rest: str = "", body: object = None, **headers: str) -> tuple[int, bytes, dict]:
    port, path = parts(address)
    given = {"Host": f"127.0.0.1:{port}"}
    if method == "POST":
        given |= {"Origin": f"http://127.0.0.1:{port}", "Content-Type": "application/json"}
    given |= {name.replace("_", "-"): value for name, value in headers.items()}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.putrequest(method, path + rest, skip_host=True)
    data = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else b""
    for name, value in ({"Content-Length": str(len(data))} | given).items():
        connection.putheader(name, value)
    connection.endheaders(data)
    reply = connection.getresponse()
    found = reply.status, reply.read(), dict(reply.getheaders())
    connection.close()
    return found


def held(html: bytes | str) -> dict:
    text = html.decode() if isinstance(html, bytes) else html
    return json.loads(text.partition(page.DECIDE_OPENS)[2].partition("</script>")[0])


def request(study: Path, **fields: object) -> dict:
    themes = held((study / "report" / "index.html").read_text())["themes"]
    asked = {"action": "accept", "theme": themes[0]["id"], "rest": [], "who": "Asha", "why": ""}
    return asked | {"state": screen.state(study)} | fields


def test_the_page_is_served_with_what_it_needs_to_send_decisions(address, study):
    status, html, headers = ask(address, "GET")
    assert status == 200
    assert held(html)["review"] == {"state": screen.state(study), "taken": [], "who": "Asha"}
    policy = re.search(rb'Content-Security-Policy" content="([^"]+)"', html)[1].decode()
    assert policy.startswith("default-src &#39;none&#39;; connect-src &#39;self&#39;; script-src &#39;sha256-")
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "Python" not in headers["Server"]


def test_nothing_but_the_policy_and_the_data_differs_from_the_file(address, study):
    _, html, _ = ask(address, "GET")
    file = (study / "report" / "index.html").read_text()
    served = html.decode().replace(" connect-src &#39;self&#39;;", "", 1)
    for half in (0, 2):
        assert (
            re.split(r'(?s)(decide-data">.*?</script>)', served)[half]
            == re.split(r'(?s)(decide-data">.*?</script>)', file)[half]
        )


def test_a_decision_is_written_and_the_page_is_told_the_new_state(address, study):
    status, said, _ = ask(address, "POST", "decide", request(study, action="rename", rest=["Charts"], why="Ours."))
    told = json.loads(said)
    assert status == 200
    found = ledger.load(study / "decisions.yaml")
    assert [(one.action, one.label, one.who, one.why) for one in found] == [("rename", "Charts", "Asha", "Ours.")]
    assert found[0].members
    assert found[0].documents
    assert told["state"] == screen.state(study)
    assert told["taken"][0]["id"] == found[0].id
    assert "renamed “Charts at <home>” (0) to “Charts”" in told["taken"][0]["said"]


def test_a_page_older_than_the_decisions_cannot_overwrite_them(address, study):
    old = request(study, action="rename", rest=["Two"])
    ask(address, "POST", "decide", request(study, action="rename", rest=["One"]))
    before = (study / "decisions.yaml").read_bytes()
    status, said, _ = ask(address, "POST", "decide", old)
    assert status == 409
    assert "Reload the page" in json.loads(said)["error"]
    assert (study / "decisions.yaml").read_bytes() == before


def test_a_page_older_than_the_themes_cannot_decide_and_is_not_served(address, study):
    old = request(study)
    assigned = store.read(study, "theme_assignments")
    assigned.loc[0, "theme_id"] = -1 if assigned.loc[0, "theme_id"] != -1 else 0
    store.write(study, "theme_assignments", assigned)
    assert ask(address, "POST", "decide", old)[0] == 409
    status, said, _ = ask(address, "GET")
    assert status == 409
    assert b"Run `counterpoint run`" in said
    assert not (study / "decisions.yaml").exists() or not ledger.load(study / "decisions.yaml")


def test_many_at_once_from_one_state_are_one(address, study):
    asked = request(study, action="memo", rest=["x"])
    replies: list[int] = []
    threads = [
        threading.Thread(target=lambda: replies.append(ask(address, "POST", "decide", asked)[0])) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(replies) == [200] + [409] * 7
    assert len(ledger.load(study / "decisions.yaml")) == 1


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "localhost:80"},
        {"Host": "evil.example"},
        {"Host": "127.0.0.1"},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Content_Type": "text/plain"},
        {"Content_Type": "application/x-www-form-urlencoded"},
        {"Content_Length": "99999999"},
        {"Content_Length": "-1"},
    ],
)
def test_who_does_not_come_from_the_page_is_refused(address, study, headers):
    status, _, _ = ask(address, "POST", "decide", request(study), **headers)
    assert status in {400, 403, 413, 415, 421}
    assert not (study / "decisions.yaml").exists() or not ledger.load(study / "decisions.yaml")


def test_another_host_name_sees_nothing(address):
    assert ask(address, "GET", Host="evil.example")[0] == 421


@pytest.mark.parametrize("rest", ["x", "../", "index.html", "decide", "?", "%2e%2e/params.yaml"])
def test_there_is_no_other_address(address, rest):
    assert ask(address, "GET", rest)[0] == 404


def test_without_the_secret_there_is_nothing(address):
    port, _ = parts(address)
    for path in ("/", "/decide", "/" + "a" * 32 + "/", "*"):
        assert ask(f"http://127.0.0.1:{port}/{'b' * 32}/", "GET", path.lstrip("/"))[0] == 404


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "HEAD", "TRACE"])
def test_no_other_method_is_answered(address, method):
    assert ask(address, method)[0] == 501


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b"[]",
        b'{"action": "split"}',
        {"action": "celebrate", "who": "A", "state": ""},
        {"action": "accept", "theme": "1; rm", "who": "A", "state": ""},
        {"action": "accept", "theme": 0, "who": "A", "state": "", "more": 1},
    ],
)
def test_what_is_no_decision_is_a_sentence(address, body):
    status, said, _ = ask(address, "POST", "decide", body)
    assert status == 400
    assert "not a valid decision" in json.loads(said)["error"]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"who": " "}, "Name the person"),
        ({"theme": 77}, "There is no theme"),
        ({"action": "rename"}, "NEW LABEL"),
        ({"action": "undo", "undoes": "zz"}, "no decision has an id that starts"),
    ],
)
def test_what_cannot_be_decided_is_a_sentence(address, study, fields, said):
    status, reply, _ = ask(address, "POST", "decide", request(study, **fields))
    assert status == 400
    assert said in json.loads(reply)["error"]


def test_a_decision_can_be_taken_back(address, study):
    first = json.loads(ask(address, "POST", "decide", request(study))[1])["taken"][0]
    status, said, _ = ask(address, "POST", "decide", request(study, action="undo", undoes=first["id"]))
    assert status == 200
    assert json.loads(said)["taken"] == []
    assert [one.action for one in ledger.load(study / "decisions.yaml")] == ["accept", "undo"]


def note(study: Path, **fields: object) -> dict:
    made = page_data.basis(store.read(study, "themes"), store.read(study, "theme_assignments"))
    return {"number": 3, "who": "Asha", "basis": made} | fields


def test_a_passage_that_was_opened_is_noted_once_for_each_person(address, study):
    ordered = quotes.in_order(store.read(study, "segments")).segment_id.to_list()
    replies = [ask(address, "POST", "read", note(study, who=who)) for who in ("Asha", "Asha", "Ben")]
    assert [(status, json.loads(said)) for status, said, _ in replies] == [
        (200, {"noted": 1}), (200, {"noted": 0}), (200, {"noted": 1})
    ]  # fmt: skip
    assert reading_ledger.load(study / "passages_read.yaml") == [Read(ordered[3], "Asha"), Read(ordered[3], "Ben")]


def test_reading_makes_no_page_older_than_the_data(address, study):
    before = request(study)
    assert ask(address, "POST", "read", note(study))[0] == 200
    assert ask(address, "POST", "decide", before)[0] == 200


@pytest.mark.parametrize(
    ("fields", "status", "said"),
    [
        ({"basis": "0" * 16}, 409, "Reload"),
        ({"number": 10_000}, 400, "no such passage"),
        ({"number": -1}, 400, "not a valid request"),
        ({"number": "3"}, 400, "not a valid request"),
        ({"who": ""}, 400, "not a valid request"),
        ({"who": "  "}, 400, "the reader's name is missing"),
        ({"more": 1}, 400, "not a valid request"),
    ],
)
def test_what_cannot_be_noted_is_a_sentence_and_writes_nothing(address, study, fields, status, said):
    found, reply, _ = ask(address, "POST", "read", note(study, **fields))
    assert found == status
    assert said in json.loads(reply)["error"]
    assert not (study / "passages_read.yaml").exists() or reading_ledger.load(study / "passages_read.yaml") == []


def test_noting_asks_for_the_same_origin_and_secret_as_deciding(address, study):
    assert ask(address, "POST", "read", note(study), Origin="http://evil.example")[0] == 403
    port, _ = parts(address)
    assert ask(f"http://127.0.0.1:{port}/{'x' * 32}/", "POST", "read", note(study))[0] == 404
    assert not (study / "passages_read.yaml").exists() or reading_ledger.load(study / "passages_read.yaml") == []


def test_it_listens_on_the_loopback_alone(study):
    made, _ = review.server(study)
    try:
        assert made.server_address[0] == "127.0.0.1"
        assert made.socket.family == socket.AF_INET
    finally:
        made.server_close()


def test_two_servers_have_two_secrets(study):
    found = [review.server(study) for _ in range(2)]
    for made, _ in found:
        made.server_close()
    assert parts(found[0][1])[1] != parts(found[1][1])[1]


def test_without_a_report_it_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "params.yaml").write_text("study: data/mine\n")
    with pytest.raises(review.ReviewError, match="counterpoint run"):
        review.shown(Path("data/mine"), who="")
    done = CliRunner().invoke(cli.app, ["review"])
    assert done.exit_code == 1


def test_a_page_of_another_version_is_not_served(study):
    (study / "report" / "index.html").write_text("<html></html>")
    with pytest.raises(review.ReviewError, match="another version"):
        review.shown(study, who="")


def test_the_fingerprint_is_of_what_is_shown_not_of_the_order_of_rows(study):
    themes, assigned = store.read(study, "themes"), store.read(study, "theme_assignments")
    made = page_data.basis(themes, assigned)
    assert page_data.basis(themes[::-1], assigned[::-1]) == made
    assert page_data.basis(themes.assign(label="x"), assigned) != made
    assert page_data.basis(themes, assigned.assign(theme_id=0)) != made
    assert re.fullmatch(r"[0-9a-f]{16}", made)


def test_the_pages_data_hold_every_anchor(study):
    data = held((study / "report" / "index.html").read_text())
    assigned = store.read(study, "theme_assignments")
    for theme in data["themes"]:
        assert theme["members"] == sorted(assigned[assigned.theme_id == theme["id"]].segment_id)
    shown = screen.read(study, [])
    assert data["documents"] == sorted(set(shown.documents.values()))
    assert data["review"] is None


def test_on_a_full_disk_the_page_is_told_and_nothing_is_changed(address, study, monkeypatch):
    ask(address, "POST", "decide", request(study, action="memo", rest=["first"]))
    before = (study / "decisions.yaml").read_bytes()

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    asked = request(study, action="memo", rest=["second"])
    basis = held((study / "report" / "index.html").read_text())["basis"]
    with monkeypatch.context() as patched:
        patched.setattr(atomic_files, "_fill", full)
        for place, body, file in [
            ("decide", asked, "decisions.yaml"),
            ("read", {"number": 0, "who": "Asha", "basis": basis}, "passages_read.yaml"),
        ]:
            status, said, _ = ask(address, "POST", place, body)
            assert status == 500
            assert file in json.loads(said)["error"] and "the disk is full" in json.loads(said)["error"]
    assert (study / "decisions.yaml").read_bytes() == before
    assert ask(address, "POST", "decide", asked)[0] == 200


def test_a_report_that_is_gone_is_told_before_anything_is_written(address, study):
    asked = request(study, action="memo", rest=["x"])
    (study / "report" / "index.html").unlink()
    status, said, _ = ask(address, "POST", "decide", asked)
    assert status == 500 and "index.html" in json.loads(said)["error"]
    assert not (study / "decisions.yaml").exists()


def test_what_the_page_and_the_command_line_write_at_once_is_all_kept(address, study):
    basis = held((study / "report" / "index.html").read_text())["basis"]
    segments = sorted(store.read(study, "segments")["segment_id"])
    lines = [
        subprocess.Popen(
            [
                sys.executable,
                "-c",
                f"from pathlib import Path; from pipeline.decisions import reading_ledger as reading; [reading.opened(Path({str(study)!r}), [one], who='Ben') for one in {segments[n * 4 : n * 4 + 4]!r}]",
            ],
            cwd=ROOT,
        )
        for n in range(2)
    ]
    for number in range(8):
        assert ask(address, "POST", "read", {"number": number, "who": "Asha", "basis": basis})[0] == 200
    assert [line.wait() for line in lines] == [0, 0]
    kept = reading_ledger.load(study / "passages_read.yaml")
    assert sum(read.who == "Asha" for read in kept) == 8 and sum(read.who == "Ben" for read in kept) == 8

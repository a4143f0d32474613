import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.error import URLError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core import params
from pipeline.inductive import labeller
from tests.test_themes import FAST, first, found, study

OPTIONS = params.Labeller(url="http://localhost:9/v1", model="some-model", exemplars=2)
KEYWORDS = [["bleep", "night"], ["dashboard"]]
PASSAGES = [["The bleep\nwent.", "At night.", "Not sent."], ["The dashboard was red."]]


def answer(text: str) -> dict:
    return {"choices": [{"message": {"content": text}}]}


def asked(tmp_path, post, **changed) -> labeller.Labels:
    options = OPTIONS.model_copy(update=changed)
    return labeller.label(KEYWORDS, PASSAGES, options=options, cache=tmp_path / "labels", post=post)


def test_it_is_off_by_default():
    assert params.Themes().labeller is None


def test_each_theme_gets_the_name_that_came_back(tmp_path):
    sent = []

    def post(url, body):
        sent.append((url, body))
        return answer(f'"Name {len(sent)}."\nBecause of that.')

    labels = asked(tmp_path, post)
    assert labels.named == ["Name 1", "Name 2"]
    assert labels.source == "some-model"
    assert labels.problems == []
    assert [url for url, _ in sent] == ["http://localhost:9/v1/chat/completions"] * 2


def test_only_keywords_and_exemplars_are_sent(tmp_path):
    bodies = []
    asked(tmp_path, lambda url, body: bodies.append(body) or answer("Name"))
    assert set(bodies[0]) == {"model", "messages", "temperature", "seed", "max_tokens"}
    assert bodies[0]["messages"][1]["content"] == "Keywords: bleep, night\nPassages:\n- The bleep went.\n- At night."
    assert "Not sent" not in json.dumps(bodies)


def test_what_was_sent_where_is_said(tmp_path):
    said = asked(tmp_path, lambda url, body: answer("Name")).sent
    assert "some-model" in said
    assert "localhost:9" in said
    assert "at most 2 passages" in said


def test_the_same_themes_are_not_asked_about_twice(tmp_path):
    first_time = asked(tmp_path, lambda url, body: answer("Name"))

    def post(url, body):
        raise AssertionError("asked again")

    assert asked(tmp_path, post) == first_time


def test_another_model_is_asked_anew(tmp_path):
    asked(tmp_path, lambda url, body: answer("Name"))
    assert asked(tmp_path, lambda url, body: answer("Other"), model="other").named == ["Other", "Other"]


@pytest.mark.parametrize("wrong", [{}, {"choices": []}, answer(""), answer("  \n "), {"choices": [{"message": None}]}])
def test_an_answer_that_is_none_is_said_and_not_kept(tmp_path, wrong):
    labels = asked(tmp_path, lambda url, body: wrong)
    assert labels.named == ["", ""]
    assert "theme 1" in labels.problems[0]
    assert not (tmp_path / "labels").exists()


def test_an_endpoint_that_is_not_there_is_said(tmp_path):
    def post(url, body):
        raise URLError("refused")

    labels = asked(tmp_path, post)
    assert labels.named == ["", ""]
    assert len(labels.problems) == 2


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://x/y", "localhost:8000", "http://"])
def test_an_address_that_is_none_is_refused(tmp_path, url):
    with pytest.raises(labeller.LabellerError, match=r"themes\.labeller\.url"):
        labeller.label(KEYWORDS, PASSAGES, options=OPTIONS.model_copy(update={"url": url}), cache=tmp_path)


def test_a_key_that_is_not_set_is_named(tmp_path, monkeypatch):
    monkeypatch.delenv("SOME_KEY", raising=False)
    options = OPTIONS.model_copy(update={"key_env": "SOME_KEY"})
    with pytest.raises(labeller.LabellerError, match="SOME_KEY, which is not set"):
        labeller.label(KEYWORDS, PASSAGES, options=options, cache=tmp_path)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Name: x", "Name: x"),
        ("**bold** name", "Bold name"),
        ("<script>alert</script>", "Script alert /script"),
        ("one two three four five six seven eight nine ten", "One two three four five six seven eight"),
        ("\n\n“quoted”\nmore", "Quoted"),
    ],
)
def test_a_name_is_one_short_line(text, name):
    assert labeller.read(answer(text)) == name


names = st.lists(st.tuples(st.sampled_from(["", "A", "a", "B"]), st.sampled_from(["A", "B", "C"])), max_size=6)


@given(names)
def test_names_are_distinct_and_none_is_empty(pairs):
    chosen = labeller.distinct([a for a, _ in pairs], [b for _, b in pairs], people_labels=[None] * len(pairs))
    assert all(chosen)
    assert len({one.casefold() for one in chosen}) == len(chosen)


def test_what_people_called_a_theme_stays():
    assert labeller.distinct(["Mine", "Other"], ["x", "y"], people_labels=[None, "Mine"]) == ["x", "Mine"]


def test_a_gerund_is_asked_for_and_the_line_is_sent_first():
    seen = []

    def ask(keywords, passages):
        seen.extend(passages)
        return labeller.Labels([""] * len(keywords), "some-model", "", [])

    from pipeline import themes

    result = themes.themes(*study(), options=FAST, ask=ask)
    lines = first(result)["in_vivo"].tolist()
    assert all(passages[0] == line for passages, line in zip(seen, lines, strict=True) if line)
    assert "gerund" in labeller.INSTRUCTION


def test_over_the_wire_with_a_key_from_the_environment(tmp_path, monkeypatch):
    seen = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            seen.append((self.path, self.headers["Authorization"], body["model"]))
            data = json.dumps(answer("Over the wire")).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *parts):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("SOME_KEY", "secret")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    options = OPTIONS.model_copy(update={"url": f"http://127.0.0.1:{server.server_port}/v1/", "key_env": "SOME_KEY"})
    labels = labeller.label(KEYWORDS, PASSAGES, options=options, cache=tmp_path / "labels")
    server.shutdown()
    assert labels.named == ["Over the wire"] * 2
    assert seen[0] == ("/v1/chat/completions", "Bearer secret", "some-model")
    assert not any(b"secret" in file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())


def test_the_stage_takes_its_labels_and_says_so():
    def ask(keywords, passages):
        named = [f"Called {place}" for place in range(len(keywords))]
        return labeller.Labels(["", *named[1:]], "some-model", "Sent there.", ["One failed."])

    from pipeline import themes

    result = themes.themes(*study(), options=FAST, ask=ask)
    assert first(result)["label"].tolist()[1:] == ["Called 1", "Called 2", "Called 3"]
    assert first(result)["label_source"].tolist() == ["words", *["some-model"] * 3]
    assert first(found())["label"].tolist()[0] == first(result)["label"].tolist()[0]
    assert first(result)["words_label"].tolist() == first(found())["label"].tolist(), "ours is kept beside it"
    assert {"Sent there.", "One failed."} <= set(result.tables["themes_problems"]["reason"])

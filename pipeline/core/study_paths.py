"""All paths of a study's files and folders."""

from dataclasses import dataclass
from pathlib import Path

from pipeline.core import renamed_files

MODELS = "models"
REPORT_PAGE = "index.html"
WORKBOOK = "framework_matrix.xlsx"
# Files beside the report page, for people to edit or other programs to read.
BESIDE_PAGE = (WORKBOOK, "coded.qdpx", "audit_trail.csv")
# The list of an export's files, in its folder.
EXPORT_LIST = ".counterpoint-export.json"


@dataclass(frozen=True)
class Places:
    """The paths of one study. `study`: its folder, relative to the project root `root`."""

    study: Path
    root: Path = Path()

    @property
    def folder(self) -> Path:
        """The study's folder."""
        return self.root / self.study

    # Provided by people.
    @property
    def transcripts(self) -> Path:
        """The folder of interviews, focus groups, field notes and documents."""
        return self.folder / "transcripts"

    @property
    def human_codes(self) -> Path:
        """The folder of human codings."""
        return self.folder / "human_codes"

    @property
    def participants(self) -> Path:
        """The table of speakers."""
        return self.folder / "participants.csv"

    @property
    def codebook(self) -> Path:
        """The deductive framework."""
        return self.folder / "codebook.yaml"

    @property
    def imported(self) -> Path:
        """The folder of memos that imports brought, and of what each import took and left."""
        return self.folder / "imported"

    # Written by people, by command or by hand.
    @property
    def guide(self) -> Path:
        """The questions of the interview guide."""
        return self.folder / "guide.yaml"

    @property
    def decisions(self) -> Path:
        """The researchers' decisions about candidate themes."""
        return self.folder / "decisions.yaml"

    @property
    def passages_read(self) -> Path:
        """Which segments were opened, and by whom."""
        return renamed_files.present(self.folder / "passages_read.yaml")

    @property
    def interpretations(self) -> Path:
        """How other people interpret the themes, from handouts."""
        return renamed_files.present(self.folder / "interpretations.yaml")

    @property
    def summaries(self) -> Path:
        """Summaries that people wrote for cells of the framework matrix."""
        return self.folder / "summaries.yaml"

    @property
    def reflexivity(self) -> Path:
        """What the researchers say of themselves: who they are, how they relate to participants, what they assume."""
        return self.folder / "reflexivity.yaml"

    @property
    def notes_before_themes(self) -> Path:
        """What people noted while they read before any theme was shown to them."""
        return self.folder / "notes_before_themes.yaml"

    @property
    def sheets(self) -> Path:
        """The folder of coding sheets."""
        return self.folder / "sheets"

    @property
    def earlier(self) -> Path:
        """The folder of earlier versions of files that commands replaced in human_codes/ and participants.csv."""
        return self.folder / "earlier"

    # Generated.
    @property
    def interim(self) -> Path:
        """The folder of tables up to the vectors."""
        return self.folder / "interim"

    @property
    def processed(self) -> Path:
        """The folder of tables of themes, codes and comparison."""
        return self.folder / "processed"

    @property
    def report(self) -> Path:
        """The folder of the report."""
        return self.folder / "report"

    @property
    def report_page(self) -> Path:
        """The report page, for a browser."""
        return self.report / REPORT_PAGE

    @property
    def workbook(self) -> Path:
        """The framework matrix that people may edit; not tracked by DVC."""
        return self.report / WORKBOOK

    @property
    def beside_page(self) -> Path:
        """The folder of the files that are delivered beside the page; tracked by DVC."""
        return self.processed / "report"

    @property
    def export(self) -> Path:
        """The folder of exports and handouts."""
        return self.folder / "export"

    @property
    def paper(self) -> Path:
        """The folder of what goes into a paper."""
        return self.folder / "paper"

    @property
    def paper_key(self) -> Path:
        """Which participant each code in a paper stands for."""
        return self.export / "paper_key.csv"

    @property
    def cache(self) -> Path:
        """The folder of caches, locks and table parts."""
        return self.folder / ".cache"

    @property
    def withdrawal(self) -> Path:
        """The folder of a withdrawal in progress; deleted when it is complete."""
        return self.folder / ".withdrawal"

    @property
    def model(self) -> Path:
        """The folder of the fitted theme model.

        Raises ValueError if the study's folder is absolute or contains `..`, because the path could then lie outside
        `models/`.
        """
        if self.study.is_absolute() or ".." in self.study.parts:
            raise ValueError(f"{self.study} is not relative to the project, so its model has no folder.")
        return self.root / MODELS / self.study

    @property
    def record(self) -> Path:
        """Hashes of the generated files that people may edit."""
        return self.cache / "made.txt"

    @property
    def delivered(self) -> Path:
        """The files last copied beside the page: one hash and name per line."""
        return self.cache / "delivered.txt"

    @property
    def edited(self) -> Path:
        """The folder of edited versions of files that were generated again."""
        return self.folder / "edited"

    @property
    def own(self) -> tuple[Path, ...]:
        """All folders inside the study's folder."""
        given = (self.transcripts, self.human_codes, self.imported, self.sheets, self.edited)
        return (*given, self.interim, self.processed, self.report, self.export, self.paper, self.cache)

"""Where everything of a study lies: the one source of every path that belongs to it."""

from dataclasses import dataclass
from pathlib import Path

MODELS = "models"
REPORT_PAGE = "index.html"
WORKBOOK = "framework_matrix.xlsx"
# What lies beside the page for people to write in, and for other programs.
BESIDE_PAGE = (WORKBOOK, "coded.qdpx", "audit_trail.csv")
# The list of what an export holds, in its folder.
EXPORT_LIST = ".counterpoint-export.json"


@dataclass(frozen=True)
class Places:
    """The places of one study. `study`: its folder, relative to `root`, the root of the project."""

    study: Path
    root: Path = Path()

    @property
    def folder(self) -> Path:
        """The study's folder itself."""
        return self.root / self.study

    # What people give.
    @property
    def transcripts(self) -> Path:
        """The folder of the interviews, focus groups, field notes and documents."""
        return self.folder / "transcripts"

    @property
    def human_codes(self) -> Path:
        """The folder of what people coded."""
        return self.folder / "human_codes"

    @property
    def participants(self) -> Path:
        """The table of who speaks where."""
        return self.folder / "participants.csv"

    @property
    def codebook(self) -> Path:
        """The deductive framework."""
        return self.folder / "codebook.yaml"

    # What people decide and write, by command or by hand.
    @property
    def decisions(self) -> Path:
        """What the researchers decided about candidate themes."""
        return self.folder / "decisions.yaml"

    @property
    def reading(self) -> Path:
        """Which segments were opened, and by whom."""
        return self.folder / "reading.yaml"

    @property
    def readings(self) -> Path:
        """How others read the themes, as they wrote on hand-outs."""
        return self.folder / "readings.yaml"

    @property
    def summaries(self) -> Path:
        """What people wrote in cells of the framework matrix."""
        return self.folder / "summaries.yaml"

    @property
    def sheets(self) -> Path:
        """The folder of sheets that people fill in."""
        return self.folder / "sheets"

    @property
    def earlier(self) -> Path:
        """The folder of what commands replaced in human_codes/ and participants.csv, as it was."""
        return self.folder / "earlier"

    # What the program makes.
    @property
    def interim(self) -> Path:
        """The folder of the tables up to the vectors."""
        return self.folder / "interim"

    @property
    def processed(self) -> Path:
        """The folder of the tables of themes, codes and comparison."""
        return self.folder / "processed"

    @property
    def report(self) -> Path:
        """The folder of the report."""
        return self.folder / "report"

    @property
    def report_page(self) -> Path:
        """The report, to be opened in a browser."""
        return self.report / REPORT_PAGE

    @property
    def workbook(self) -> Path:
        """The framework matrix for people to write in: DVC does not know this file."""
        return self.report / WORKBOOK

    @property
    def beside_page(self) -> Path:
        """The folder of what goes beside the page, as the report stage makes it and DVC keeps it."""
        return self.processed / "report"

    @property
    def export(self) -> Path:
        """The folder of files for other programs and of hand-outs."""
        return self.folder / "export"

    @property
    def cache(self) -> Path:
        """The folder of what is slow to make again, of locks and of parts of tables."""
        return self.folder / ".cache"

    @property
    def withdrawal(self) -> Path:
        """The folder of a withdrawal that is under way; it is gone with it."""
        return self.folder / ".withdrawal"

    @property
    def model(self) -> Path:
        """The folder of the fitted theme model.

        Raises ValueError where the study's folder is absolute: `models/` joined with it would be the study itself.
        """
        if self.study.is_absolute() or ".." in self.study.parts:
            raise ValueError(f"{self.study} is not relative to the project, so its model has no folder.")
        return self.root / MODELS / self.study

    @property
    def record(self) -> Path:
        """The hashes of what the program made for people to read and write in."""
        return self.cache / "made.txt"

    @property
    def delivered(self) -> Path:
        """What was last put beside the page: a hash and a name a line."""
        return self.cache / "delivered.txt"

    @property
    def edited(self) -> Path:
        """The folder of files that people changed where the program makes them anew."""
        return self.folder / "edited"

    @property
    def own(self) -> tuple[Path, ...]:
        """Every folder that lies in the study's own."""
        given = (self.transcripts, self.human_codes, self.sheets, self.edited)
        return (*given, self.interim, self.processed, self.report, self.export, self.cache)

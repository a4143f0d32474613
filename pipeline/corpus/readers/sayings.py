"""What is said in a table: whose words each cell holds, before they become the turns of a document."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from pipeline.corpus.readers.model import Remark, Transcript, Utterance, compose


@dataclass(frozen=True)
class Saying:
    """Words of a speaker in a cell: its row and column as positions; column -1 for a question in the header.

    `role`: the role that the table states for the speaker, or ''.
    """

    speaker: str
    text: str
    row: int
    column: int
    time_s: float | None = None
    role: str = ""


@dataclass(frozen=True)
class Talk:
    """What a table says: sayings in order, remarks, and attributes by speaker key."""

    sayings: list[Saying]
    remarks: list[Remark] = field(default_factory=list)
    attributes: dict[str, dict[str, str]] = field(default_factory=dict)


def written(talk: Talk, numbers: Sequence[int]) -> Transcript:
    """Return talk as a transcript, its text written as `Name: words`. `numbers`: the number of each row in the file."""
    utterances = (
        Utterance(said.speaker, said.text, said.time_s, (numbers[said.row], numbers[said.row]), said.role)
        for said in talk.sayings
    )
    transcript = compose(utterances, unit="row")
    transcript.remarks.extend(talk.remarks)
    transcript.attributes.update(talk.attributes)
    return transcript

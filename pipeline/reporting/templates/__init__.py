"""The report's templates: one HTML page, its style and its script."""

from importlib import resources


def text(name: str) -> str:
    """The text of one file of this folder."""
    return resources.files(__name__).joinpath(name).read_text(encoding="utf-8")

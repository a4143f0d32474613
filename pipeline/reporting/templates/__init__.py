"""The report's templates: one HTML page, its style and its script."""

from importlib import resources

import jinja2


def text(name: str) -> str:
    """The text of one file of this folder."""
    return resources.files(__name__).joinpath(name).read_text(encoding="utf-8")


def environment(*, keep_trailing_newline: bool = False) -> jinja2.Environment:
    """What fills these templates: values are escaped, and a name that is missing is an error."""
    return jinja2.Environment(
        loader=jinja2.FunctionLoader(text),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=keep_trailing_newline,
    )

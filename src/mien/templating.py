"""What all templates are read with."""

from __future__ import annotations

from typing import Any

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined


def templates_of(*packages: str, **further: Any) -> Environment:  # noqa: ANN401  (as Jinja has them)
    """The templates of packages: what is put into them is escaped, and a name that is not there is an error.

    Args:
        packages: Their names, the first that has a template gives it; each has them in its folder `templates`.
        **further: Other settings of Jinja.
    """
    return Environment(
        loader=ChoiceLoader([PackageLoader(one) for one in packages]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        **further,
    )

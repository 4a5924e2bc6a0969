"""`mien moods`: the eyes chart, in the terminal, to hang up, and as a quiz."""

from __future__ import annotations

import json as json_module
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from mien.cli.console import out, say
from mien.cli.json_out import STDOUT, json_target, save_json
from mien.cli.targets import check_targets
from mien.errors import SettingError
from mien.journey.moods import LANGUAGES, SHOWN, Colour, Language, chart
from mien.report.moods.pages import chart_document, chart_page, poster_pdf, quiz_page
from mien.report.moods.poster import poster
from mien.report.moods.texts import words
from mien.report.saving import save_bytes, save_text

_STYLES = {Colour.GREEN: "green", Colour.AMBER: "yellow", Colour.RED: "red"}


def _file(suffix: str, what: str) -> typer.models.OptionInfo:
    option: typer.models.OptionInfo = typer.Option(metavar=f"FILE.{suffix}", help=what)
    return option


def moods_command(
    lang: Annotated[str, typer.Option(metavar="CODE", help=f"Language: {', '.join(LANGUAGES)}.")] = "en",
    html: Annotated[Path | None, _file("html", "Write the chart as a page; it prints on A3.")] = None,
    svg: Annotated[Path | None, _file("svg", "Write the poster as a drawing of any size.")] = None,
    pdf: Annotated[Path | None, _file("pdf", "Write the poster as a PDF, to hang up.")] = None,
    quiz: Annotated[Path | None, _file("html", "Write a quiz to practise with, as a page.")] = None,
    json: Annotated[
        str | None,
        typer.Option(metavar="FILE|-", help="Write the chart as JSON, all languages; - prints it."),
    ] = None,
) -> None:
    """Show the eyes chart: 32 moods above a mask in green, amber and red, and what helps."""
    language = _language(lang)
    pages = {"--html": html, "--svg": svg, "--pdf": pdf, "--quiz": quiz}
    targets = {option: path for option, path in pages.items() if path is not None}
    check_targets({**targets, **json_target(json)}, {})
    if json is not None:
        document = json_module.dumps(chart_document(), ensure_ascii=False, indent=2)
        if json == STDOUT:
            say(document)
        save_json(document, json)
    texts = {"--html": chart_page, "--svg": poster, "--quiz": quiz_page}
    for option, path in targets.items():
        if option == "--pdf":
            save_bytes(poster_pdf(language), path, what="poster", option=option)
        else:
            save_text(texts[option](language), path, what=option.strip("-"), option=option)
        say(f"{path} is written.")
    if not targets and json is None:
        _print(language)


def _language(code: str) -> Language:
    for language in LANGUAGES:
        if language == code.lower():
            return language
    known = ", ".join(f"{key} ({name})" for key, name in LANGUAGES.items())
    raise SettingError(f"The chart is not in '{code}'; --lang takes {known}.")


def _print(language: Language) -> None:
    said = words(language)
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("")
    table.add_column(said.mood, no_wrap=True)
    table.add_column(said.advice, ratio=1)
    table.add_column("", no_wrap=True)
    for mood in chart():
        sign = Text(mood.colour.sign, style=_STYLES[mood.colour])
        read = Text("●") if mood.key in SHOWN else Text("○", style="dim")
        table.add_row(sign, mood.names[language], mood.advice[language], read)
    out.print(Text(f"{said.title}: {said.subtitle}", style="bold"))
    out.print(table)
    for colour in Colour:
        meaning = f"{colour.sign} {getattr(said, colour.value)}: {getattr(said, f'{colour.value}_do')}"
        out.print(Text(meaning, style=_STYLES[colour]))
    out.print(Text(f"● {said.read}; ○ {said.chart_only}", style="dim"))
    out.print(Text(said.disclaimer, style="bold"))

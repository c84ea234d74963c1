"""The report of a study: a page that needs nothing beside it, figures as PNG and PDF, tables as files."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

from tintype import __version__
from tintype.report import style
from tintype.report.drawings import Drawing
from tintype.report.folder import FIGURES, PAGE, TABLES, new_folder
from tintype.report.page import GENERATOR
from tintype.report.tables import Table, latex, markdown
from tintype.study import charts, records, words
from tintype.study import tables as own_tables
from tintype.study.analysis import Analysis, analyze
from tintype.study.people import FEWEST
from tintype.study.protocol import Protocol
from tintype.study.resampling import Draws
from tintype.study.service import Study
from tintype.study.simulate import LANGUAGE

FEW: Final = 20
"""People below whom the page says that they are few."""
LISTED: Final = ("models", "exclusions", "left_out", "stars")
"""What of a protocol has words of its own on the page."""


@dataclass(frozen=True)
class About:
    """What there is to say of a study beside its answers."""

    protocol: Protocol
    protocol_sha256: str
    people: int
    """Who ever began."""
    consented: int
    finished: int
    withdrawn: int
    made_up: int
    """Of the people those who do not exist."""


def report(study: Study, output: Path, draws: Draws, *, overwrite: bool = False) -> Path:
    """Analyze a study and write its report into a folder; gives the path of the page.

    Raises `ConfigError` when the folder is not to be written, `SaveError`, `StudyError`.
    """
    with new_folder(output, overwrite) as folder:
        analysis = analyze(records.answers(study, scored_only=False), study.protocol.kinds, draws)
        write(analysis, about(study), folder)
    return output / PAGE


def about(study: Study) -> About:
    """What is to be said of a study and of who took part."""
    people = records.people(study)
    return About(
        study.protocol,
        study.protocol_sha256,
        len(people),
        sum(person.consented for person in people),
        sum(person.finished for person in people),
        sum(person.withdrawn for person in people),
        sum(person.language == LANGUAGE for person in people),
    )


def write(analysis: Analysis, about: About, folder: Path) -> None:
    """Write page, figures and tables into a folder. Raises `OSError`."""
    (folder / FIGURES).mkdir()
    (folder / TABLES).mkdir()
    drawn = drawings(analysis, about.protocol)
    for drawing in drawn:
        style.save(drawing.figure, folder / FIGURES / drawing.key)
    found = own_tables.tables(analysis, about.protocol)
    for table in found:
        for suffix, form in (("md", markdown), ("tex", latex), ("csv", own_tables.as_csv)):
            path = folder / TABLES / f"{table.key}.{suffix}"
            path.write_text(form(table), encoding="utf-8", newline="\n")
    (folder / PAGE).write_text(render(analysis, about, drawn, found), encoding="utf-8", newline="\n")


def drawings(analysis: Analysis, protocol: Protocol) -> list[Drawing]:
    """The figures with their words."""
    said = " ".join(words.findings(analysis))
    return [
        Drawing(
            "figure-16",
            "Figure 16: who is believed",
            "Bars of the share of answers that believed each kind to be real; the numbers are in a table. "
            f"{said}",
            "Share of answers that believed a picture to be real, with 95 % intervals over people and "
            "pictures. Triangles: the 2019 report's own values, hollow where it says them in words "
            "(“nearly half” is drawn at 48 %); the dotted line is one half.",
            charts.figure_16(analysis),
        ),
        Drawing(
            "figure-17",
            "Figure 17: mean stars",
            "Bars of the mean stars of each kind; the numbers are in a table.",
            "Mean stars with 95 % intervals over people and pictures. Triangles: the 2019 report's own "
            "values, hollow where it says them in words (“around three”).",
            charts.figure_17(analysis, protocol.stars),
        ),
        Drawing(
            "star-shares",
            "How often each number of stars was given",
            "Bars of the shares of one to four stars for each kind; the numbers are in a table.",
            "How often each number of stars was given, in percent.",
            charts.star_shares(analysis),
        ),
        Drawing(
            "sensitivity",
            "Sensitivity and bias",
            "Points of d′ and c for each model; the numbers are in a table.",
            "How well people tell each model's pictures from real ones, and which way they lean, with 95 % "
            "intervals.",
            charts.sensitivity(analysis),
        ),
    ]


def render(analysis: Analysis, about: About, drawn: list[Drawing], found: list[Table]) -> str:
    """The page."""
    environment = Environment(
        loader=ChoiceLoader([PackageLoader("tintype.study"), PackageLoader("tintype.report")]),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    method, *definitions = words.METHOD
    draws = analysis.draws
    return environment.get_template("study-report.html.j2").render(
        title=about.protocol.name,
        generator=f"{GENERATOR} {__version__} of a study",
        findings=words.findings(analysis),
        warnings=_warnings(analysis, about),
        fewest=FEWEST,
        about=about,
        answered=words.answered(analysis.counts),
        figures={drawing.key: drawing for drawing in drawn},
        tables={table.key: table for table in found},
        group_tables=[table for table in found if table.key.startswith(("age-", "color-vision-"))],
        rules=words.rules(about.protocol.exclusions),
        settings=_settings(about.protocol),
        methods=[method.format(resamples=draws.resamples, seed=draws.seed), *definitions],
    )


def _warnings(analysis: Analysis, about: About) -> list[str]:
    """What a reader must know before the numbers."""
    found = []
    if about.made_up:
        who = (
            "The people of this study do"
            if about.made_up == about.people
            else (f"{about.made_up:,} of the {about.people:,} people of this study do")
        )
        found.append(f"{who} not exist: their answers were simulated and say nothing about pictures.")
    people = analysis.counts.people_kept
    if 0 < people < FEW:
        found.append(
            f"{words.people(people)} only: intervals are wide, and "
            "what is not shown to differ may well differ."
        )
    return found


def _settings(protocol: Protocol) -> dict[str, Any]:
    """The plain settings of a protocol."""
    return {key: value for key, value in asdict(protocol).items() if key not in LISTED}

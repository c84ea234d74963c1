"""The leaderboard: one page of Markdown with the scores of all models on all sets, and its data as JSON.

The page is made from the data alone, so that anyone can see that the two agree.
"""

import json
import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from tintype.errors import ConfigError, DataError
from tintype.evaluate.labels import FROM_FOLDERS
from tintype.evaluate.measures import MEASURES
from tintype.evaluate.results import MOST_REFERENCES, Protocol, Results, write_text
from tintype.report import scores, tables, wording
from tintype.report.sections import told, what_was_given

FORMAT: Final = 1
SUFFIX: Final = ".md"
DATA_SUFFIX: Final = ".json"
FITTED_ELSEWHERE: Final = re.compile(r"\d+ pictures of (?!the scored pictures$)(.+)")
"""How a protocol tells that the baselines were fitted on another set, and its name."""
EXTRAS: Final = ("lpips", "fid")
"""Measures that are taken only when asked for."""
INTRODUCTION: Final = """\
# Leaderboard

How near the colors of each model come to those of photographs, beside what is reached without any model.
Numbers of different sets, or of different protocols, do not compare; within a set they do, as far as the
intervals allow. The data of this page are in [{data}]({data}).
"""


def summary(sets: Sequence[Results]) -> dict[str, Any]:
    """What the page is made of: the results without anything that is told picture by picture."""
    return {"format": FORMAT, "sets": [_without_pictures(results).to_dict() for results in sets]}


def _without_pictures(results: Results) -> Results:
    entries = [replace(entry, pictures={}, table=None) for entry in results.entries]
    data = replace(results.data, left_out=[])
    references = [replace(each, chosen=[]) for each in results.references]
    return replace(results, data=data, pictures=[], entries=entries, comparisons=[], references=references)


def read_summary(data: Mapping[str, Any]) -> list[Results]:
    """The results in a summary. Raises `DataError` when it is none, or of another format."""
    try:
        if data["format"] != FORMAT:
            raise KeyError("format")
        found: list[Results] = TypeAdapter(list[Results]).validate_python(data["sets"])
    except (KeyError, TypeError, ValidationError) as error:
        raise DataError(
            "these are no data of a leaderboard of this version; make them by `tintype report --leaderboard`"
        ) from error
    return found


def render(data: Mapping[str, Any], name: str = "leaderboard.json") -> str:
    """The page of a summary, as Markdown; `name` is that of the summary's file.

    Raises `DataError` as `read_summary`.
    """
    sets = read_summary(data)
    parts = [INTRODUCTION.format(data=name)]
    parts += [_section(name, results) for name, results in zip(wording.set_names(sets), sets, strict=True)]
    parts.append("## Models\n\n" + _models(sets))
    parts.append("## What the measures mean\n\n" + _definitions(sets))
    parts.append("## Made by\n\n" + _commands(sets))
    return "\n".join(parts)


def check_free(path: Path, *, overwrite: bool) -> None:
    """Raise `ConfigError` when a leaderboard must not be written there."""
    if path.suffix != SUFFIX:
        raise ConfigError(f"the leaderboard {path} is Markdown; give it a name that ends in {SUFFIX}")
    for each in (path, path.with_suffix(DATA_SUFFIX)):
        if each.exists() and not overwrite:
            raise ConfigError(
                f"{each} exists and is left as it is; name another file, or replace it with --overwrite"
            )


def write(sets: Sequence[Results], path: Path, *, overwrite: bool = False) -> list[Path]:
    """Write the page, and its data beside it. Raises `ConfigError` as `check_free`, and `SaveError`."""
    check_free(path, overwrite=overwrite)
    beside = path.with_suffix(DATA_SUFFIX)
    text = json.dumps(summary(sets), indent=1, ensure_ascii=False) + "\n"
    page = render(json.loads(text), beside.name)
    write_text(beside, text)
    write_text(path, page)
    return [path, beside]


def _section(name: str, results: Results) -> str:
    """What is said of one set."""
    data = results.data
    counted = ", ".join(f"{many:,} {kind}" for kind, many in data.counts.items() if many)
    kept = f"; scored all the same: {wording.listed(results.protocol.kept)}" if results.protocol.kept else ""
    found = f"{data.pictures:,} of {wording.count(data.found, 'picture')}"
    about = [
        f"## {tables.markdown_text(name)}\n",
        f"- {found}{f' ({counted}{kept})' if counted else ''}; sha256 `{data.sha256}`",
        f"- {wording.protocol(results.protocol)}",
        f"- baselines of mean color fitted on {tables.markdown_text(results.protocol.fit)}",
        f"- with {', '.join(f'{name} {number}' for name, number in results.versions.items())}",
    ]
    about += [f"- {fact.lower()}: {tables.markdown_text(text)}" for fact, text in what_was_given(results)]
    shown = [] if _all_beside(results) else [_table(table) for table in scores.score_tables(results)]
    for section in told(results):
        shown.append(f"### {tables.markdown_text(section.title)}\n\n{tables.markdown_text(section.about)}\n")
        shown += [_table(table, "####") for table in scores.told_tables(section)]
    return "\n".join([*about, "", *shown])


def _table(table: tables.Table, level: str = "###") -> str:
    return f"{level} {tables.markdown_text(table.caption)}\n\n{tables.markdown(table)}"


def _all_beside(results: Results) -> bool:
    """Whether all automatic entries stand beside others that were told something anyway."""
    names = {entry.name for section in told(results) for entry in section.results.entries}
    return names >= {entry.name for entry in results.entries}


def _models(sets: Sequence[Results]) -> str:
    table = scores.model_table(sets)
    rows = [
        f"| {tables.markdown_text(row.name)} | {row.cells[0].text} | `{row.cells[1].text}` |"
        for row in table.rows
    ]
    return "\n".join(["| model | file, MB | sha256 of the file |", "| --- | ---: | --- |", *rows]) + "\n"


def _definitions(sets: Sequence[Results]) -> str:
    there = {measure.key for results in sets for measure in scores.measured(results)}
    chosen = [measure for measure in MEASURES if measure.key in there]
    return "".join(
        f"- **{tables.markdown_text(title)}**: {tables.markdown_text(meaning)}\n"
        for title, meaning in scores.definitions(chosen)
    )


def _commands(sets: Sequence[Results]) -> str:
    """The commands that make this page again."""
    files = [f"{name}.json" for name in _stems(sets)]
    lines = [evaluation(results, file) for results, file in zip(sets, files, strict=True)]
    lines.append(shlex.join(["tintype", "report", *files, "--leaderboard", "leaderboard.md", "--overwrite"]))
    return "\n".join(["```sh", *lines, "```", ""])


def _stems(sets: Sequence[Results]) -> list[str]:
    """A file name for each set, no two alike."""
    names = [f"{number} {results.data.name}" for number, results in enumerate(sets)]
    alike = len({wording.slug(results.data.name) for results in sets}) < len(sets)
    return [
        wording.slug(name if alike else results.data.name) for name, results in zip(names, sets, strict=True)
    ]


def evaluation(results: Results, output: str) -> str:
    """The command that makes results again; files and folders by their names alone."""
    models = dict.fromkeys(entry.model or entry.name for entry in results.entries if entry.kind != "baseline")
    vivids = sorted({entry.vivid for entry in results.entries if entry.vivid is not None})
    words = ["tintype", "evaluate", "--data", results.data.name, *models]
    for vivid in vivids:
        words += ["--vivid", f"{vivid:g}"]
    strokes = next((entry.strokes for entry in results.entries if entry.strokes is not None), None)
    words += [] if strokes is None else ["--strokes", str(strokes)]
    for each in results.references[:1]:
        words += ["--references", each.name]
        words += [] if each.most == MOST_REFERENCES else ["--most-references", str(each.most)]
    return shlex.join([*words, *_settings(results), "-o", output])


def _settings(results: Results) -> list[str]:
    """Options of the command for all that is not as usual."""
    protocol, usual = results.protocol, Protocol()
    words = [] if protocol.size == usual.size else ["--size", str(protocol.size)]
    words += ["--stretch"] if protocol.shape == "stretch" else []
    words += [] if protocol.limit is None else ["--limit", str(protocol.limit)]
    words += [] if results.data.labels in (None, FROM_FOLDERS) else ["--labels", str(results.data.labels)]
    if fitted := FITTED_ELSEWHERE.fullmatch(protocol.fit):
        words += ["--fit", fitted[1]]
    for kind in protocol.kept:
        words += ["--keep", kind]
    words += [] if protocol.seed == usual.seed else ["--seed", str(protocol.seed)]
    for key in EXTRAS:
        words += ["--also", key] if any(key in entry.sum for entry in results.entries) else []
    return words

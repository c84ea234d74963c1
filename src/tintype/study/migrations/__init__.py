"""How the tables of a study came to be: named steps that are only ever added to, run by Alembic from here."""

from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from tintype.errors import StudyError

FOLDER: Final = Path(__file__).parent
VERSION_TABLE: Final = "tintype_study_version"
"""Holds the name of the last step that a database has seen."""


def head(folder: Path = FOLDER) -> str:
    """The newest step that this program knows."""
    return str(ScriptDirectory(str(folder)).get_current_head())


def current(connection: Connection) -> str | None:
    """The last step that a database has seen; None for one without tables of a study."""
    return MigrationContext.configure(
        connection, opts={"version_table": VERSION_TABLE}
    ).get_current_revision()


def known(revision: str, folder: Path = FOLDER) -> bool:
    """Whether a step is one of this program's."""
    return revision in {step.revision for step in ScriptDirectory(str(folder)).walk_revisions()}


def upgrade(connection: Connection, revision: str = "head", folder: Path = FOLDER) -> None:
    """Take a database to a step, in the transaction that the connection is in."""
    config = Config()
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def check_known(revision: str, folder: Path = FOLDER) -> None:
    """Raise `StudyError` when a step is not known: a newer program made it."""
    if not known(revision, folder):
        raise StudyError(
            f"the study was made or opened by a newer version of Tintype (its tables are at {revision}, this "
            f"program knows {head(folder)}); update Tintype, or restore a back-up"
        )

"""The tables: how they come to be, grow, and are refused."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, func, select

from study_samples import arrive, play_round
from tintype.errors import ConfigError, StudyError
from tintype.study import migrations, records
from tintype.study.database import Database, bring_up_to_date, make_tables, url_of
from tintype.study.models import Base, ParticipantRow
from tintype.study.service import Study

NEXT_STEP = '''
"""A step that a test adds: a column, and a table made anew."""

import sqlalchemy as sa
from alembic import op

revision = "{revision}"
down_revision = "{before}"


def upgrade() -> None:
    with op.batch_alter_table("participant", recreate="{recreate}") as batch:
        batch.add_column(sa.Column("mood", sa.Text, nullable=False, server_default="fine"))
    {more}
'''


@pytest.fixture
def steps(tmp_path: Path) -> Path:
    """The migrations with one more step."""
    return with_step(tmp_path / "steps")


def with_step(folder: Path, more: str = "pass") -> Path:
    shutil.copytree(migrations.FOLDER, folder)
    text = NEXT_STEP.format(revision="9999", before=migrations.head(), recreate="auto", more=more)
    (folder / "versions" / "m9999_mood.py").write_text(text)
    return folder


def url(study: Study) -> str:
    return study.database.url.render_as_string(hide_password=False)


def test_tables_are_those_of_the_models_in_both_kinds_of_database(study: Study) -> None:
    with study.database.reading() as session:
        context = MigrationContext.configure(
            session.connection(),
            opts={"version_table": migrations.VERSION_TABLE, "compare_server_default": True},
        )
        assert compare_metadata(context, Base.metadata) == []
        assert context.get_current_revision() == migrations.head()


def test_every_step_of_the_migrations_leads_to_the_next(tmp_path: Path, database: str | None) -> None:
    opened = Database(url_of(database, tmp_path))
    try:
        from alembic.script import ScriptDirectory

        steps = [step.revision for step in ScriptDirectory(str(migrations.FOLDER)).walk_revisions()]
        for step in reversed(steps):
            with opened.writing() as session:
                migrations.upgrade(session.connection(), step)
                assert migrations.current(session.connection()) == step
        assert steps[0] == migrations.head()
    finally:
        opened.close()


def test_an_older_study_is_brought_up_to_date_and_keeps_its_answers(study: Study, steps: Path) -> None:
    play_round(study, arrive(study))
    before = records.answers(study, scored_only=False)
    kept = bring_up_to_date(study.database, steps)
    assert records.answers(study, scored_only=False) == before
    with study.database.reading() as session:
        assert migrations.current(session.connection()) == "9999"
        assert (
            session.connection().exec_driver_sql("SELECT DISTINCT mood FROM participant").scalar_one()
            == "fine"
        )
    if kept is not None:
        with closing(sqlite3.connect(kept)) as copy:
            assert copy.execute("SELECT count(*) FROM trial").fetchone() == (len(before),)
    assert (kept is None) == (study.database.url.get_backend_name() == "postgresql")


def test_a_step_that_fails_leaves_the_study_as_it_was(study: Study, tmp_path: Path) -> None:
    play_round(study, arrive(study))
    broken = with_step(tmp_path / "broken", more='op.execute("SELECT no_such_column FROM participant")')
    with pytest.raises(Exception, match="no_such_column"):
        bring_up_to_date(study.database, broken)
    with study.database.reading() as session:
        assert migrations.current(session.connection()) == migrations.head()
    assert len(records.answers(study)) == 10
    play_round(study, arrive(study))


def test_a_newer_study_is_refused_with_advice(study: Study, steps: Path) -> None:
    bring_up_to_date(study.database, steps)
    study.close()
    with pytest.raises(StudyError, match=r"newer version of Tintype .*update Tintype"):
        Study.open(study.folder)


def test_a_table_made_anew_loses_no_row_that_refers_to_it(file_study: Study, tmp_path: Path) -> None:
    play_round(file_study, arrive(file_study))
    folder = with_step(tmp_path / "anew")
    step = folder / "versions" / "m9999_mood.py"
    step.write_text(step.read_text().replace('"auto"', '"always"'))
    bring_up_to_date(file_study.database, folder)
    with file_study.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(ParticipantRow)) == 1
    assert len(records.answers(file_study)) == 10


def test_opening_twice_changes_nothing(study: Study) -> None:
    with Study.open(study.folder) as again:
        assert again.protocol == study.protocol
        assert again.protocol_sha256 == study.protocol.sha256
    make_tables(study.database)


def test_a_protocol_that_was_changed_behind_its_back_is_noticed(file_study: Study) -> None:
    with file_study.database.writing() as session:
        session.connection().exec_driver_sql(
            "UPDATE study SET protocol = replace(protocol, '\"part_one\":5', '\"part_one\":6')"
        )
    with pytest.raises(StudyError, match="changed after the study began"):
        Study.open(file_study.folder)


def test_a_database_that_is_gone_damaged_or_another_ones_is_told_in_one_line(
    file_study: Study, tmp_path: Path
) -> None:
    file_study.close()
    file = file_study.folder / "study.db"
    whole = file.read_bytes()
    for content, told in (
        (None, "not there; restore a back-up"),
        (b"no database at all" * 100, "does not do its work: file is not a database"),
        (b"", "holds no study"),
    ):
        file.unlink(missing_ok=True)
        if content is not None:
            file.write_bytes(content)
        with pytest.raises(StudyError, match=told) as caught:
            Study.open(file_study.folder)
        assert "\n" not in str(caught.value)
    file.unlink()
    file.write_bytes(whole)
    Study.open(file_study.folder).close()


def test_a_folder_that_is_no_study_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="is no study"):
        Study.open(tmp_path)
    (tmp_path / "study.json").write_text("{}")
    with pytest.raises(StudyError, match="cannot be read"):
        Study.open(tmp_path)


def test_a_server_that_does_not_answer_is_told_without_the_password(
    file_study: Study, tmp_path: Path
) -> None:
    nowhere = f"postgresql://me:hunter2@/study?host={tmp_path}"
    with pytest.raises(StudyError, match="see that the server runs") as caught:
        Study.open(file_study.folder, nowhere)
    assert "hunter2" not in str(caught.value)


def test_an_empty_database_elsewhere_holds_no_study(file_study: Study, postgres_url: str) -> None:
    with pytest.raises(StudyError, match="holds no study"):
        Study.open(file_study.folder, postgres_url)


@pytest.mark.parametrize("wrong", ["mysql://x/y", "nonsense", "sqlite://", "sqlite:///:memory:"])
def test_other_kinds_of_databases_are_refused(wrong: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"give postgresql\+psycopg"):
        url_of(wrong, tmp_path)


def test_times_are_stored_in_utc_and_none_without_a_zone(file_study: Study) -> None:
    from datetime import UTC, datetime

    from tintype.study.models import StudyRow

    with file_study.database.reading() as session:
        made = session.scalars(select(StudyRow.created_at)).one()
    assert made.tzinfo is UTC
    assert abs((datetime.now(UTC) - made).total_seconds()) < 3600
    engine = create_engine("sqlite://")
    with pytest.raises(Exception, match="without a time zone"), engine.connect() as link:
        link.execute(select(StudyRow.id).where(StudyRow.created_at == datetime(2026, 1, 1)))
    engine.dispose()

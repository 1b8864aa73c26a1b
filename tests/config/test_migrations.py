"""The migrations lead to the tables the suite runs on, which are made from the models at once (it is ten times faster).

Whoever forgets a migration, or writes one that leaves another column, check or index behind, is told here by name.
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection

ROOT = Path(__file__).resolve().parents[2]
MIGRATED = """
import json, os
from config.cli import django_ready
django_ready()
from django.core.management import call_command
from django.db import connection
from tests.config.test_migrations import shape
call_command("migrate", verbosity=0)
print(json.dumps(shape(connection)))
"""
#: As an installation begins, and begins again: nothing is left to be migrated, and a second time changes nothing.
BEGUN = """
import json, os
from config.cli import django_ready
django_ready()
from config import serving
from django.db import connection
from tests.config.test_migrations import shape
serving.migrate()
first = shape(connection)
assert serving.unapplied_migrations() == []
serving.migrate()
assert shape(connection) == first
from django.contrib.auth.models import Permission
assert Permission.objects.exists()
print(json.dumps(first))
"""
ON_POSTGRES = """
SELECT relname, concat_ws(' ', 'column', attname, format_type(atttypid, atttypmod), attnotnull, attidentity,
                          pg_get_expr(adbin, adrelid))
  FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
  LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
 WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND attnum > 0 AND NOT attisdropped
UNION ALL
SELECT conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint
 WHERE connamespace = 'public'::regnamespace
UNION ALL
SELECT tablename, regexp_replace(indexdef, 'INDEX \\S+', 'INDEX') FROM pg_indexes WHERE schemaname = 'public'
"""


def shape(connection) -> dict[str, list[str]]:
    """{table: its columns, checks, keys and indexes}, each as the database tells it, in no order of their making."""
    told = {}
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(ON_POSTGRES)
            rows = cursor.fetchall()
        else:
            cursor.execute("SELECT tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL")
            rows = [(table, part) for table, sql in cursor.fetchall() for part in parts(sql)]
    for table, part in rows:
        if table not in ("django_migrations", "sqlite_sequence"):
            told.setdefault(table, []).append(part)
    return {table: sorted(found) for table, found in told.items()}


def parts(sql: str) -> list[str]:
    """What one CREATE says: an index without its name, a table's lines one by one."""
    sql = re.sub(r"\s+", " ", sql)
    if not sql.startswith("CREATE TABLE"):
        return [re.sub(r'INDEX "[^"]+"', "INDEX", sql)]
    inside, depth, found = sql[sql.index("(") + 1 : sql.rindex(")")], 0, [""]
    for sign in inside:
        depth += (sign == "(") - (sign == ")")
        if sign == "," and not depth:
            found.append("")
        else:
            found[-1] += sign
    return [part.strip() for part in found]


@pytest.fixture
def empty_database(db, tmp_path):
    """The URL of a database without a table, of the kind the suite runs on."""
    if connection.vendor == "sqlite":
        yield f"sqlite:///{tmp_path / 'migrated.sqlite3'}"
        return
    import psycopg

    told = connection.settings_dict
    name = f"{told['NAME']}_migrated"
    with psycopg.connect(host=told["HOST"], user=told["USER"], dbname="postgres", autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}"')
        yield f"postgresql://{told['USER']}@/{name}?host={told['HOST']}"
        server.execute(f'DROP DATABASE "{name}"')


@pytest.mark.parametrize("how", [MIGRATED, BEGUN], ids=["migrated", "begun"])
def test_migrations_lead_to_the_tables_of_the_models(empty_database, tmp_path, how):
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("DUGA_", "DJANGO_"))}
    environment |= {"DATABASE_URL": empty_database, "DUGA_DATA": str(tmp_path), "DUGA_SECRET": "for tests alone" * 3}
    done = subprocess.run(
        [sys.executable, "-c", how], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    migrated, made = json.loads(done.stdout), shape(connection)
    assert set(migrated) == set(made)
    models = apps.get_models(include_auto_created=True)
    ours = [model._meta.db_table for model in models if model.__module__.startswith("duga.")]
    assert len(ours) > 100
    for table in ours:
        assert migrated[table] == made[table], table

"""Many rows of one table in one statement: what is equal in all of them is prepared once."""

from django.db import DEFAULT_DB_ALIAS, connections, models


def _insert(model, fixed: dict, names: list[str], rows) -> None:
    """Inserts rows (tuples of the columns `names`); `fixed` holds the columns equal in all, defaults fill the rest.

    Several times faster than objects for each row, and the database's own constraints hold as ever.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    fields = {field.attname: field for field in model._meta.concrete_fields if not field.generated}
    if model._meta.auto_field is not None:
        fields.pop(model._meta.auto_field.attname)
    same = {name: field.get_default() for name, field in fields.items() if name not in names} | fixed
    columns = [*same, *names]
    quote = connection.ops.quote_name
    listed, marks = ", ".join(quote(fields[name].column) for name in columns), ", ".join(["%s"] * len(columns))
    sql = f"INSERT INTO {quote(model._meta.db_table)} ({listed}) VALUES ({marks})"  # noqa: S608 names are ours
    head = [fields[name].get_db_prep_save(value, connection) for name, value in same.items()]
    ready = [_preparation(fields[name], connection) for name in names]
    with connection.cursor() as cursor:
        cursor.executemany(
            sql,
            [
                head + [value if prepare is None else prepare(value) for prepare, value in zip(ready, row, strict=True)]
                for row in rows
            ],
        )


def _preparation(field, connection):
    """What a value of a field needs before the database takes it; None for texts and whole numbers: nothing."""
    target = field.target_field if field.is_relation else field
    if isinstance(target, models.UUIDField):
        return None if connection.features.has_native_uuid_field else lambda value: value and value.hex
    if isinstance(target, models.CharField | models.IntegerField):
        return None
    return lambda value: field.get_db_prep_save(value, connection)

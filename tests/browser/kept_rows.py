"""What took long to write into an empty database, put back into it from memory."""

from copy import deepcopy
from dataclasses import dataclass, field
from io import BytesIO

from django.contrib.contenttypes.models import ContentType
from django.core.files.storage import storages
from django.core.management.color import no_style
from django.db import connection, transaction


@dataclass
class KeptRows:
    """Every row of every table and every file of the memory's storage, as they stood when kept."""

    tables: dict[str, bytes] = field(default_factory=dict)
    files: object = None

    def keep(self) -> None:
        with connection.cursor() as cursor:
            for table in connection.introspection.table_names(cursor):
                rows = BytesIO()
                cursor.copy_expert(f"COPY {connection.ops.quote_name(table)} TO STDOUT", rows)
                self.tables[table] = rows.getvalue()
        self.files = deepcopy(storages["attachments"]._root)

    def put_back(self) -> None:
        """Nothing else is there; sequences went on, so that no key is given out again."""
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")  # rows as they were
            for statement in connection.ops.sql_flush(no_style(), list(self.tables)):
                cursor.execute(statement)
            for table, rows in self.tables.items():
                into = f"COPY {connection.ops.quote_name(table)} FROM STDIN"
                cursor.copy_expert(into, BytesIO(rows))
        storages["attachments"]._root = deepcopy(self.files)
        ContentType.objects.clear_cache()

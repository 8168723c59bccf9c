"""Kept files, in the database, name and content sealed."""

import sqlalchemy as sa
from sqlalchemy import bindparam

from bot.files.store import KeptFile
from bot.storage.schema import file_contents, files
from bot.storage.session import Session

_ADD, _ADD_CONTENT = sa.insert(files), sa.insert(file_contents)
_ONE = sa.select(files).where(files.c.id == bindparam("file"))
_CONTENT = sa.select(file_contents.c.content).where(file_contents.c.file_id == bindparam("file"))
_ALL = sa.select(files).where(files.c.conversation_id == bindparam("conversation")).order_by(files.c.kept_at)


class Files:
    """Implements FileStore."""

    def __init__(self, session: Session) -> None:
        self._connection = session.connection
        self._fields = session.fields

    def keep(self, file: KeptFile, content: bytes) -> None:
        row = {name: getattr(file, name) for name in KeptFile.__slots__}
        row["name"] = self._fields.seal_bytes(f"files.name:{file.id}", file.name.encode("utf-8", "replace"))
        sealed = self._fields.seal_bytes(f"files.content:{file.id}", content)
        self._connection.execute(_ADD, row)
        self._connection.execute(_ADD_CONTENT, {"file_id": file.id, "content": sealed})

    def file(self, file_id: str) -> KeptFile | None:
        row = self._connection.execute(_ONE, {"file": file_id}).first()
        return self._read(row) if row else None

    def content(self, file_id: str) -> bytes | None:
        sealed = self._connection.execute(_CONTENT, {"file": file_id}).scalar()
        return None if sealed is None else self._fields.open_bytes(f"files.content:{file_id}", sealed)

    def files(self, conversation_id: str) -> list[KeptFile]:
        return [self._read(row) for row in self._connection.execute(_ALL, {"conversation": conversation_id})]

    def _read(self, row: sa.Row[tuple[object, ...]]) -> KeptFile:
        values = dict(row._mapping)
        values["name"] = self._fields.open(f"files.name:{row.id}", row.name)
        return KeptFile(**values)

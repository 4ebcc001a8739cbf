"""Django's sessions in the database; every page reads one, so how it is read is kept."""

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.utils import timezone

from microcreds.kept_statements import KeptStatements


class SessionStore(db.SessionStore):
    def _get_session_from_db(self):
        [found] = _READ.rows(key=self.session_key, at=timezone.now()) or [None]
        if found is None:
            self._session_key = None
        return found


_READ = KeptStatements(
    lambda *, key, at: Session.objects.filter(session_key=key, expire_date__gt=at)
)

"""As many ideas as the product has proposals."""

import json
import tomllib
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand
from django.db import connection

from bench.floor.answers import FILLED, NUMBERS
from bench.floor.models import Idea
from bench.sessions import session_of
from microcreds.local.places import ROOT

OWNED_BY_ONE = 10
# The titles are made of the same words as the product's, so that a search finds as many.
WORDS = tomllib.loads((ROOT / "microcreds/demo/scale/words.toml").read_text(encoding="utf-8"))


class Command(BaseCommand):
    help = "Fills the floor's database for the benchmark; prints what is there as JSON."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("size", type=int)

    def handle(self, *, size: int, **options: Any) -> None:
        staff = User.objects.create_superuser("staff", "staff@miami.example", "staff")
        owners = max(1, size // OWNED_BY_ONE)
        answers: dict[str, Any] = {name: said for name, said in FILLED.items() if name != "title"}
        answers |= dict.fromkeys(NUMBERS, 3) | {"start_on": date.fromisoformat(FILLED["start_on"])}
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO auth_user (password, is_superuser, username, first_name, last_name,"
                " email, is_staff, is_active, date_joined) SELECT '!', false, 'scale' || n, '', '',"
                " 'scale' || n || '@miami.example', false, true, now()"
                " FROM generate_series(1, %s) n",
                [owners],
            )
            cursor.execute(
                f"INSERT INTO floor_idea (title, stage, owner_id, created_at, {', '.join(answers)})"  # noqa: S608 (names of our own)
                " SELECT (%(kinds)s::text[])[1 + n %% %(k)s] || ' '"
                " || (%(topics)s::text[])[1 + n * 7 %% %(t)s] || ' for '"
                " || (%(audiences)s::text[])[1 + n * 3 %% %(a)s],"
                " (ARRAY['submitted', 'accepted', 'rejected', 'draft'])[1 + n %% 4],"
                " %(first)s + n %% %(owners)s, now() - n * interval '1 minute',"
                f" {', '.join(f'%({name})s' for name in answers)}"
                " FROM generate_series(1, %(size)s) n",
                {
                    **answers,
                    **{name: WORDS[name] for name in ("kinds", "topics", "audiences")},
                    "k": len(WORDS["kinds"]),
                    "t": len(WORDS["topics"]),
                    "a": len(WORDS["audiences"]),
                    "first": User.objects.get(username="scale1").pk,
                    "owners": owners,
                    "size": size,
                },
            )
            cursor.execute("VACUUM ANALYZE")
        owner = User.objects.get(username="scale1")
        own = Idea.objects.filter(owner=owner)
        found = {
            "sessions": {"staff": session_of(staff), "owner": session_of(owner)},
            "ideas": list(Idea.objects.order_by("-pk").values_list("pk", flat=True)[:200]),
            "own": own[0].pk,
            "listed": size,
        }
        self.stdout.write(json.dumps(found))

"""The demo's inquiries of invented organizations, told through the services of the product."""

import tomllib
import uuid
from pathlib import Path
from typing import Any

from microcreds.accounts.models import User
from microcreds.demo.ideas import Past, Step
from microcreds.outbox import links
from partners.models import Inquiry, Organization
from reviews.clocks import campus_day
from reviews.inquiries import faculty, receiving, working

FILE = Path(__file__).with_name("inquiries.toml")


def tell_inquiries(cast: dict[str, User], past: Past) -> list[Inquiry]:
    """Each came in its own way, and what happened to it since has happened."""
    told = tomllib.loads(FILE.read_text(encoding="utf-8"))["inquiry"]
    return [_tell(one, cast, past) for one in sorted(told, key=lambda one: -one["ago"])]


def _tell(told: dict[str, Any], cast: dict[str, User], past: Past) -> Inquiry:
    at = past.moment(told["ago"])
    said = {name: told.get(name, "") for name in receiving.SAID}
    said |= {"how_many": told.get("how_many"), "by_day": None}
    said["abilities"] = " ".join(said["abilities"].split())
    if "typed_by" in told:
        inquiry = receiving.type_in(
            said=said,
            channel=told["channel"],
            heard_on=campus_day(at),
            by=cast[told["typed_by"]],
            form_key=uuid.uuid4(),
            at=at,
        )
    else:
        inquiry = receiving.begin(said=said, form_key=uuid.uuid4(), at=at)
        receiving.confirm(token=links.token_for(inquiry.uuid), at=past.moment(told["ago"], 4))
    for minute, step in enumerate(told.get("story", ()), start=1):
        _step(inquiry, step, cast, past, minute)
    inquiry.refresh_from_db()
    return inquiry


def _step(inquiry: Inquiry, step: Step, cast: dict[str, User], past: Past, minute: int) -> None:
    by, at = cast[step["by"]], past.moment(step["ago"], 30 + 10 * minute)
    words = step.get("words", "")
    match step["does"]:
        case "take":
            working.give(inquiry=inquiry, to=by, by=by, at=at)
        case "name":
            working.name_organization(inquiry=inquiry, organization=None, by=by, at=at)
            Organization.objects.filter(inquiries=inquiry).update(is_fictional=True)
        case "answer":
            working.answer(inquiry=inquiry, words=words, by=by, at=at)
        case "close":
            working.close(inquiry=inquiry, reason=step["reason"], words=words, by=by, at=at)
        case "ask":
            faculty.ask_faculty(
                inquiry=inquiry,
                email=cast[step["whom"]].email,
                name="",
                working_title=step["working_title"],
                words=words,
                by=by,
                at=at,
            )

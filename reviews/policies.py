"""What staff may set of the process without a deploy: targets, wordings, reasons, limits.

The code's tables are the default; ``Policy`` keeps what was set, and every page of a process reads
it at most a minute late. Plans read it anew, so what is shown and done follows what holds.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from string import Formatter
from typing import Any

from django.contrib.postgres.aggregates import JSONBAgg
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import JSONField, QuerySet, Value
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from microcreds.accounts.models import User
from microcreds.kept_statements import KeptStatements
from microcreds.outbox.models import MailText
from microcreds.outbox.wording.in_force import follow
from proposals.models import Stage
from reviews.holidays import remember_days_off
from reviews.models import Holiday, Policy
from reviews.workflow import LIMITS, REASONS, RETIRED_REASONS, STAGES, Move, Text

REMEMBERED_SECONDS = 60
LONGEST_WORDS, LONGEST_REASON, LONGEST_CODE, LONGEST_WHY = 300, 80, 40, 400
WORDINGS: dict[str, Text] = {
    "proposer_label": gettext_lazy("Proposers read, as its name"),
    "proposer_text": gettext_lazy("Proposers read, what it means"),
    "proposer_next": gettext_lazy("Proposers read, what comes next"),
    "partner_label": gettext_lazy("Partners read, as its name"),
    "partner_text": gettext_lazy("Partners read, what it means"),
    "partner_next": gettext_lazy("Partners read, what comes next"),
}
LIMIT_WORDS: dict[str, Text] = {
    "close_percent": gettext_lazy("A clock is close to its target at this many percent"),
    "late_percent": gettext_lazy("A clock is long past its target at this many percent"),
    "hold_days": gettext_lazy("Days that a hold may last"),
    "reopen_months": gettext_lazy("Months within which what has ended can be reopened"),
    "endorsements": gettext_lazy(
        "Endorsements that a proposal with a partner needs before the committee reads it (0: none)"
    ),
    "partner_ask_days": gettext_lazy(
        "Working days after its day for which something asked of a partner stays open"
    ),
}
LIMIT_RANGES = {
    "close_percent": (50, 99),
    "late_percent": (101, 400),
    "hold_days": (7, 365),
    "reopen_months": (1, 36),
    "endorsements": (0, 9),
    "partner_ask_days": (3, 60),
}
TARGET_RANGE = (1, 365)
# No settings, but read with them.
_TEXTS, _DAYS_OFF = "texts of mails", "days off"
_PLACEHOLDERS = frozenset({"wake_on", "month"})


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing that can be set: ``kind`` is ``stage``, ``reasons`` or ``limits``; ``name`` the
    stage or the move it is of."""

    kind: str
    name: str
    title: str

    @property
    def key(self) -> str:
        return f"{self.kind}:{self.name}" if self.name else self.kind

    def default(self) -> dict[str, Any]:
        """Its value as the code has it."""
        match self.kind:
            case "stage":
                row = STAGES.defaults[Stage(self.name)]
                names = [*WORDINGS, *(["target_days"] if row.target_days else [])]
                return {
                    name: value if isinstance(value := getattr(row, name), int) else str(value)
                    for name in names
                }
            case "reasons":
                offered = REASONS.defaults[Move(self.name)]
                return {
                    "offered": {code: str(words) for code, words in offered.items()},
                    "retired": {},
                }
            case _:
                return dict(LIMITS.defaults)


def settings() -> list[Setting]:
    """Everything that can be set: stages in the order of the process, reasons, limits."""
    return [
        *(Setting("stage", stage, info.name) for stage, info in STAGES.items()),
        *(
            Setting("reasons", move, _("Reasons: %(move)s") % {"move": Move(move).label})
            for move in REASONS
        ),
        Setting("limits", "", _("Clocks, holds, reopening, endorsements")),
    ]


def setting_of(key: str) -> Setting | None:
    """The setting with this key, if there is one."""
    return next((setting for setting in settings() if setting.key == key), None)


_read_at: float | None = None
_version = 0
_values: dict[str, Any] = {}


def refresh() -> int:
    """The tables are as staff have set them now, and so are the words of mails and the days off;
    one statement. Returns the number of the newest setting, by which a plan knows that one was made
    since."""
    global _read_at, _version, _values
    found = _SET.rows()
    follow(max((pk for key, _value, pk in found if key == _TEXTS), default=0))
    for key, days, _pk in found:
        if key == _DAYS_OFF:
            remember_days_off(map(date.fromisoformat, days))
    rows = [row for row in found if row[0] not in (_TEXTS, _DAYS_OFF)]
    _read_at = time.monotonic()
    _values = {key: value for key, value, _pk in rows if value is not None}
    _version = max((pk for _key, _value, pk in rows), default=0)
    _tune()
    return _version


def _set() -> QuerySet:
    newest = Policy.objects.order_by("key", "-pk").distinct("key").values_list("key", "value", "pk")
    # Of the words only their newest number comes along: they are read where it is another.
    texts = MailText.objects.order_by("-pk").values_list(
        Value(_TEXTS), Value(None, JSONField()), "pk"
    )
    days = Holiday.objects.order_by().values(key=Value(_DAYS_OFF))
    days = days.annotate(value=JSONBAgg("on", default=Value([], JSONField())), number=Value(0))
    return newest.union(texts[:1], days.values_list("key", "value", "number"), all=True)


_SET = KeptStatements(_set)


def refresh_if_old() -> None:
    """The same, at most once a minute in each process."""
    if _read_at is None or time.monotonic() - _read_at > REMEMBERED_SECONDS:
        refresh()


def version() -> int:
    """The number of the newest setting that this process follows; 0: the code's alone."""
    return _version


def as_in_code() -> None:
    """The tables are the code's, and this process takes that for what holds; for tests."""
    global _read_at, _version, _values
    _read_at, _version, _values = time.monotonic(), 0, {}
    _tune()


def value_of(setting: Setting) -> dict[str, Any]:
    """Its value as this process knows it."""
    return {**setting.default(), **_values.get(setting.key, {})}


def described(setting: Setting, value: Mapping[str, Any] | None) -> list[tuple[str, str]]:
    """A value as people read it: what, and how it is set; nothing where it is the code's."""
    if value is None:
        return []
    if setting.kind == "reasons":
        offered, retired = (", ".join(value[group].values()) for group in ("offered", "retired"))
        return [(_("Offered"), offered), *([(_("No longer"), retired)] if retired else [])]
    labels = {**WORDINGS, **LIMIT_WORDS, "target_days": _("Days it may take")}
    return [(str(labels[name]), str(each)) for name, each in value.items()]


def is_set(setting: Setting) -> bool:
    """Whether staff have set it otherwise than the code."""
    return setting.key in _values


def history_of(setting: Setting) -> QuerySet[Policy]:
    """Every time it was set, newest first."""
    return Policy.objects.filter(key=setting.key).select_related("by").order_by("-pk")


@transaction.atomic
def set_policy(
    *,
    setting: Setting,
    value: Mapping[str, Any] | None,
    why: str,
    by: User,
    at: datetime | None = None,
) -> Policy:
    """From now on it is ``value``; ``None``: as the code has it. What it was before stays on
    record. Raises ``ValidationError``, by field where one is wrong, or when ``by`` is no lead."""
    if not by.is_lead:
        raise ValidationError(_("Only the eLearning lead can set how the process works."))
    why = " ".join(why.split())
    if not why or len(why) > LONGEST_WHY:
        raise ValidationError({"why": _("Say in up to 400 characters why.")})
    default = setting.default()
    kept = None if value is None else cleaned(setting, value)
    if kept and setting.kind != "reasons":  # the code's words may become better
        kept = {name: each for name, each in kept.items() if each != default[name]}
    if not kept or kept == default:
        kept = None
    policy = Policy.objects.create(
        key=setting.key, value=kept, why=why, by=by, at=at or timezone.now()
    )
    transaction.on_commit(lambda: refresh() and None)
    return policy


def cleaned(setting: Setting, value: Mapping[str, Any]) -> dict[str, Any]:
    """The value fit to be kept. Raises ``ValidationError`` by field."""
    match setting.kind:
        case "stage":
            return _cleaned_stage(setting, value)
        case "reasons":
            return _cleaned_reasons(setting, value)
        case _:
            return _cleaned_numbers(value, LIMIT_RANGES)


def _cleaned_stage(setting: Setting, value: Mapping[str, Any]) -> dict[str, Any]:
    default, kept = setting.default(), {}
    errors: dict[str, Any] = {}
    for name in WORDINGS:
        words = " ".join(str(value.get(name, "")).split())
        if len(words) > LONGEST_WORDS:
            errors[name] = _("Write at most 300 characters.")
        elif not words and default[name]:
            errors[name] = _("Readers need words here.")
        elif not _is_sound(words):
            errors[name] = _(
                "Braces are only for dates: {wake_on} for the day, {month} for the month."
            )
        kept[name] = words
    if "target_days" in default:
        try:
            kept |= _cleaned_numbers(value, {"target_days": TARGET_RANGE})
        except ValidationError as refusal:
            errors |= refusal.message_dict
    if errors:
        raise ValidationError(errors)
    return kept


def _cleaned_reasons(setting: Setting, value: Mapping[str, Any]) -> dict[str, Any]:
    """``value``: ``offered`` and ``retired``, words by code; a code may not disappear, and a new
    one is made of its words where it is empty or of another's shape."""
    before = value_of(setting)
    known = {*before["offered"], *before["retired"]}
    kept: dict[str, dict[str, str]] = {"offered": {}, "retired": {}}
    said: set[str] = set()
    for group in kept:
        for code, words in value.get(group, {}).items():
            words = " ".join(str(words).split())
            if not words or len(words) > LONGEST_REASON:
                raise ValidationError(_("Each reason needs words, up to 80 characters."))
            if words.casefold() in said:
                raise ValidationError(_("“%(words)s” is there twice.") % {"words": words})
            said.add(words.casefold())
            kept[group][code if code in known else _new_code(words, known)] = words
    gone = known - {*kept["offered"], *kept["retired"]}
    kept["retired"] |= {
        code: before["offered"].get(code) or before["retired"][code] for code in sorted(gone)
    }
    if not kept["offered"]:
        raise ValidationError(_("Offer at least one reason."))
    return kept


def _new_code(words: str, known: set[str]) -> str:
    stem = slugify(words).replace("-", "_")[: LONGEST_CODE - 3] or "reason"
    code, number = stem, 2
    while code in known:
        code, number = f"{stem}_{number}", number + 1
    known.add(code)
    return code


def _cleaned_numbers(
    value: Mapping[str, Any], ranges: Mapping[str, tuple[int, int]]
) -> dict[str, Any]:
    errors, kept = {}, {}
    for name, (first, last) in ranges.items():
        number = value.get(name)
        if not isinstance(number, int) or not first <= number <= last:
            errors[name] = _("Choose a number from %(first)d to %(last)d.") % {
                "first": first,
                "last": last,
            }
        else:
            kept[name] = number
    if errors:
        raise ValidationError(errors)
    return kept


def _is_sound(words: str) -> bool:
    """Whether its braces name a date and nothing else."""
    try:
        fields = [
            (name, spec, conversion) for _t, name, spec, conversion in Formatter().parse(words)
        ]
    except ValueError:
        return False
    return all(
        name is None or (name in _PLACEHOLDERS and not spec and not conversion)
        for name, spec, conversion in fields
    )


def _tune() -> None:
    stages, offered, retired = {}, {}, {}
    for key, value in _values.items():
        kind, _colon, name = key.partition(":")
        if kind == "stage" and name in Stage.values:
            stages[Stage(name)] = replace(STAGES.defaults[Stage(name)], **value)
        elif kind == "reasons" and name in Move.values:
            offered[Move(name)], retired[Move(name)] = value["offered"], value["retired"]
    STAGES.tune(stages)
    REASONS.tune(offered)
    RETIRED_REASONS.tune(retired)
    LIMITS.tune(_values.get("limits", {}))

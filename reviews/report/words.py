"""A report in sentences: what the period came to, and what each figure means."""

from datetime import timedelta

from django.conf import settings
from django.utils.dateformat import format as written
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from proposals.interest import QUESTIONS
from reviews.durations import Usual
from reviews.report.figures import ALL, Count, Figures, Report, Wait
from reviews.report.periods import Kind, Period
from reviews.workflow import Move


def summary(report: Report) -> str:
    """One paragraph that says it all, of all units."""
    now, before = report.now[ALL], report.before[ALL]
    sentences = [
        _came_in(report, now.counts[Count.RECEIVED], before.counts[Count.RECEIVED]),
        _began(now),
        _decided(now),
        _took(now),
        _at_the_end(report, now),
        _forced(now.counts[Count.FORCED]),
        _so_far(report),
    ]
    return " ".join(filter(None, sentences))


def before_words(period: Period) -> str:
    """What the period is compared with, as a sentence has it."""
    return {
        Kind.QUARTER: _("the quarter before"),
        Kind.TERM: _("the term before"),
        Kind.ACADEMIC_YEAR: _("the academic year before"),
        Kind.CALENDAR_YEAR: _("the year before"),
        Kind.FISCAL_YEAR: _("the fiscal year before"),
        Kind.DAYS: _("as many days before"),
    }[period.kind]


def _came_in(report: Report, now: int, before: int) -> str:
    came = ngettext("%(n)d proposal came in", "%(n)d proposals came in", now) % {"n": now}
    came = came if now else _("no proposal came in")
    words = {"came": came, "before": before_words(report.period), "by": abs(now - before)}
    if now > before:
        compared = _("%(came)s, %(by)d more than in %(before)s.")
    elif now < before:
        compared = _("%(came)s, %(by)d fewer than in %(before)s.")
    else:
        compared = _("%(came)s, as many as in %(before)s.") if now else _("%(came)s.")
    return f"{_when(report)}, {compared % words}"


def _when(report: Report) -> str:
    first, last = report.period.first, report.until
    if first == last:
        return _("On %(day)s") % {"day": written(last, "j F Y")}
    pattern = "j F" if first.year == last.year else "j F Y"
    return _("Between %(first)s and %(last)s") % {
        "first": written(first, pattern),
        "last": written(last, "j F Y"),
    }


def _began(now: Figures) -> str:
    """The origin met most often; of two alike, the one that the form offers first."""
    received = now.counts[Count.RECEIVED]
    names = dict(QUESTIONS["origin"].choices)
    known = {key: now.origins[key] for key in names if now.origins[key]}
    if not known or received < 2:
        return ""
    most = max(known, key=lambda key: known[key])
    words = {"origin": names[most], "n": known[most], "all": received}
    return _("What forms most often give as the start: “%(origin)s” (%(n)d of %(all)d).") % words


def _decided(now: Figures) -> str:
    counts = now.counts
    how = [
        _("%(n)d approved") % {"n": counts[Move.CONSENT]},
        _("%(n)d declined") % {"n": counts[Move.DECLINE]},
        _("%(n)d redirected") % {"n": counts[Move.REDIRECT]},
        _("%(n)d merged") % {"n": counts[Move.MERGE]},
    ]
    numbers = [counts[move] for move in (Move.CONSENT, Move.DECLINE, Move.REDIRECT, Move.MERGE)]
    said = ", ".join(words for words, number in zip(how, numbers, strict=True) if number)
    decided = counts[Count.DECIDED]
    words = ngettext("%(n)d was decided: %(how)s.", "%(n)d were decided: %(how)s.", decided)
    sentences = [words % {"n": decided, "how": said} if decided else _("None was decided.")]
    gone = counts[Count.WITHDRAWN] + counts[Count.WITHDRAWN_LATE]
    if gone:
        words = ngettext("%(n)d was withdrawn.", "%(n)d were withdrawn.", gone)
        sentences.append(words % {"n": gone})
    return " ".join(sentences)


def _took(now: Figures) -> str:
    whole = now.waits.get(Wait.WHOLE)
    if not whole:
        return ""
    usual = Usual.of(whole)
    words = ngettext(
        "Half of the decisions came within %(half)d working day of submission, four of five"
        " within %(most)d.",
        "Half of the decisions came within %(half)d working days of submission, four of five"
        " within %(most)d.",
        usual.median,
    )
    sentence = words % {"half": usual.median, "most": usual.p80}
    parts = {wait: Usual.of(now.waits[wait]).median for wait in Wait if wait != Wait.WHOLE}
    longest = max(parts, key=lambda wait: parts[wait])
    if not parts[longest]:
        return sentence
    of_it = ngettext(
        "The longest part of that was %(whose)s: %(n)d working day in the middle case.",
        "The longest part of that was %(whose)s: %(n)d working days in the middle case.",
        parts[longest],
    )
    return f"{sentence} {of_it % {'whose': longest.label, 'n': parts[longest]}}"


def _at_the_end(report: Report, now: Figures) -> str:
    start, end = now.counts[Count.OPEN_AT_START], now.counts[Count.OPEN_AT_END]
    if end > start:
        than = _("%(by)d more than at the start")
    elif end < start:
        than = _("%(by)d fewer than at the start")
    else:
        than = _("as many as at the start")
    if report.is_running:
        frame = ngettext(
            "%(n)d is open today, %(than)s; %(late)d past their target, %(held)d on hold.",
            "%(n)d are open today, %(than)s; %(late)d past their target, %(held)d on hold.",
            end,
        )
    else:
        frame = ngettext(
            "%(n)d was open at the end, %(than)s; %(late)d past their target, %(held)d on hold.",
            "%(n)d were open at the end, %(than)s; %(late)d past their target, %(held)d on hold.",
            end,
        )
    return frame % {
        "n": end,
        "than": than % {"by": abs(end - start)},
        "late": now.counts[Count.PAST_TARGET],
        "held": now.counts[Count.ON_HOLD],
    }


def _forced(number: int) -> str:
    words = ngettext(
        "%(n)d move was forced by a lead.", "%(n)d moves were forced by a lead.", number
    )
    return words % {"n": number} if number else ""


def _so_far(report: Report) -> str:
    """What the figures still lack; empty: nothing, they are final."""
    if report.is_running:
        return _(
            "It is still running: all of %(before)s is compared with the days up to today."
        ) % {"before": before_words(report.period)}
    if not report.is_final:
        return _(
            "Moves of its last minutes can still be undone, so these figures are final only from"
            " %(day)s, %(time)s on."
        ) % {
            "day": written(report.final_from, "j F Y"),
            "time": written(report.final_from, "H:i"),
        }
    return ""


def definitions(report: Report) -> list[tuple[str, str]]:
    """What each figure means, and where it comes from."""
    grace = timedelta(seconds=settings.NOTIFICATION_GRACE_SECONDS)
    minutes = max(1, round(grace.total_seconds() / 60))
    return [
        (
            _("As it was"),
            _(
                "Every figure is read from the history of moves up to the end of the period, so"
                " moves made later change none. A move that was undone never counts, nor does its"
                " undoing. Undoing is possible for %(n)d min, so a report is final that long after"
                " its period has ended."
            )
            % {"n": minutes},
        ),
        (
            _("Unit"),
            _(
                "The unit a proposal had after its last move up to then. A change of unit between"
                " two moves counts from the next move on. Drafts never count."
            ),
        ),
        (
            _("Open"),
            _(
                "Submitted and without a decision, also while returned or on hold. Open at the"
                " start, and received, and reopened, less decided, withdrawn and taken back, makes"
                " open at the end; by unit only where none changed its unit."
            ),
        ),
        (
            _("Received"),
            _(
                "Submitted for the first time, or again after its owner had made it a draft; not"
                " what was made a draft again before the period ended. How the idea started is"
                " what the form said when it was sent."
            ),
        ),
        (
            _("Decided"),
            _(
                "Approved, declined, redirected or merged. What is reopened and decided again"
                " counts each time. The committee's recommendations are steps on the way, and not"
                " decisions here."
            ),
        ),
        (
            _("Past target"),
            _(
                "The university owed the next step on the last day, and it had been due before"
                " that day; approved proposals count too, as on the desk. On hold counts them"
                " too."
            ),
        ),
        (
            _("Working days"),
            _(
                "Monday to Friday without the days off entered today (%(n)d in both periods); a day"
                " off entered later changes them. Half within: the median. Four of five within:"
                " the 80th percentile. The parts are each measured by themselves, so they do not"
                " add up."
            )
            % {"n": report.days_off},
        ),
    ]

"""The form in which one thing of the process is set."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from proposals.models import Stage
from reviews.policies import (
    LIMIT_RANGES,
    LIMIT_WORDS,
    LONGEST_REASON,
    LONGEST_WHY,
    LONGEST_WORDS,
    TARGET_RANGE,
    WORDINGS,
    Setting,
    value_of,
)
from reviews.workflow import STAGES

NEW_REASONS = {"new_1": _("A new reason"), "new_2": _("Another new reason")}


class PolicyForm(forms.Form):
    """One setting, as it is now or as it was typed; what is sound, ``reviews.policies`` says."""

    def __init__(self, *args: Any, setting: Setting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.setting = setting
        now, default = value_of(setting), setting.default()
        match setting.kind:
            case "stage":
                self._stage(now, default)
            case "reasons":
                self._reasons(now)
            case _:
                for name, words in LIMIT_WORDS.items():
                    self.fields[name] = _number(words, LIMIT_RANGES[name], now[name], default[name])
        self.fields["why"] = forms.CharField(
            label=_("Why"),
            help_text=_("Stays in the history of this setting."),
            max_length=LONGEST_WHY,
        )

    def _stage(self, now: dict[str, Any], default: dict[str, Any]) -> None:
        if "target_days" in default:
            is_calendar = STAGES[Stage(self.setting.name)].is_calendar
            words = _("Calendar days it may take") if is_calendar else _("Working days it may take")
            self.fields["target_days"] = _number(
                words, TARGET_RANGE, now["target_days"], default["target_days"]
            )
        for name, label in WORDINGS.items():
            is_line = name.endswith("label")
            self.fields[name] = forms.CharField(
                label=str(label),
                initial=now[name],
                required=bool(default[name]),
                max_length=LONGEST_WORDS,
                help_text=_default_of(name, default[name]),
                widget=None if is_line else forms.Textarea(attrs={"rows": 2}),
            )

    def _reasons(self, now: dict[str, Any]) -> None:
        for group, is_offered in (("offered", True), ("retired", False)):
            for code, words in now[group].items():
                self.fields[f"words_{code}"] = forms.CharField(
                    label=_("Reason “%(code)s”") % {"code": code},
                    initial=words,
                    max_length=LONGEST_REASON,
                )
                self.fields[f"offered_{code}"] = _box(words, is_offered)
        for name, label in NEW_REASONS.items():
            self.fields[name] = forms.CharField(
                label=label, max_length=LONGEST_REASON, required=False
            )

    def stated(self) -> list[forms.BoundField]:
        """What is set, without what one only types."""
        return [field for field in self if field.name not in {"why", *NEW_REASONS}]

    def value(self) -> dict[str, Any]:
        """What was typed, as ``policies.set_policy`` takes it."""
        cleaned = self.cleaned_data
        if self.setting.kind != "reasons":
            return {name: each for name, each in cleaned.items() if name != "why"}
        offered: dict[str, str] = {}
        retired: dict[str, str] = {}
        for name, words in cleaned.items():
            if name.startswith("words_"):
                code = name.removeprefix("words_")
                (offered if cleaned[f"offered_{code}"] else retired)[code] = words
        offered |= {name: cleaned[name] for name in NEW_REASONS if cleaned[name].strip()}
        return {"offered": offered, "retired": retired}


def _default_of(name: str, words: str) -> str:
    """Beside one wording: what is read by default, also where the code has none."""
    if words:
        return _("Default: %(words)s") % {"words": words}
    if name.endswith("next"):
        return str(_("Default: nothing is said about what comes next."))
    return str(_("Default: no words of its own; partners read the words of the step."))


def _number(label: Any, span: tuple[int, int], now: int, default: int) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        initial=now,
        min_value=span[0],
        max_value=span[1],
        help_text=_("%(first)d to %(last)d; the default is %(default)d.")
        % {"first": span[0], "last": span[1], "default": default},
    )


def _box(words: str, is_offered: bool) -> forms.BooleanField:
    label = _("Offer “%(words)s”") % {"words": words}
    box: Any = forms.BooleanField(label=label, initial=is_offered, required=False)
    box.asked = True  # an empty box is an answer; "(optional)" would mislead
    return box

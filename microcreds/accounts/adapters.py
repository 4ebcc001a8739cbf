"""How allauth meets this site: its mails go to the outbox, people have one name."""

from typing import Any
from uuid import uuid4

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context as allauth_context
from django.conf import settings
from django.forms import BaseForm
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from microcreds.accounts.forms import is_of_the_university
from microcreds.accounts.models import User
from microcreds.outbox.models import Message
from microcreds.outbox.services import enqueue, one_line

UNKNOWN_ACCOUNT = "account/email/unknown_account"


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _("The address and the password do not match."),
        "incorrect_code": _("This is not the code we mailed. Check it, or ask for a new one."),
        "too_many_login_attempts": _(
            "That was wrong too many times. Wait a few minutes, or ask for a sign-in code by mail."
        ),
        "rate_limited": _("That was too many tries in a row. Wait a few minutes, then try again."),
    }

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """The mail stands in the outbox, due at once; no server is spoken to.

        Its templates name addresses from ``SITE_URL``, never from the request. Who has no account
        and no address of the university gets no mail: the page must not mail strangers.
        """
        if template_prefix == UNKNOWN_ACCOUNT and not is_of_the_university(email):
            return
        known = {
            "SITE_NAME": settings.SITE_NAME,
            "SITE_URL": settings.SITE_URL,
            "request": allauth_context.request,
            "email": email,
        }
        mail = self.render_mail(template_prefix, email, known | context)
        now = timezone.now()
        message = Message(
            event="account",
            to=email,
            user=context.get("user"),
            subject=one_line(mail.subject),
            body=mail.body,
            is_secret=True,
            priority=Message.Priority.AWAITED,
            dedupe_key=f"account:{uuid4()}",  # each one is asked for and carries its own code
            created_at=now,
            due_at=now,
        )
        enqueue([message])

    def save_user(
        self, request: HttpRequest, user: User, form: BaseForm, commit: bool = True
    ) -> User:
        user.name = form.cleaned_data["name"]
        return super().save_user(request, user, form, commit)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("home")

"""The request as views behind the sign-in wall receive it (``LoginRequiredMiddleware``)."""

from django.http import HttpRequest

from microcreds.accounts.models import User


class SignedInRequest(HttpRequest):
    """For annotations: nobody anonymous gets that far."""

    user: User

"""What an open page asks about the person in front of it."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, JsonResponse
from django.middleware.csrf import get_token
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from microcreds.accounts.sessions import seconds_left


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def session(request: HttpRequest) -> JsonResponse:
    """Who is signed in here and for how long; posting renews it. 401 where nobody is.

    The token lets a page that was open before the last sign-in post again.
    """
    if not request.user.is_authenticated:
        return JsonResponse({"account": None, "seconds": 0}, status=401)
    if request.method == "POST":
        request.session.modified = True  # saved with the answer, for the full time again
        seconds = settings.SESSION_COOKIE_AGE
    else:
        seconds = seconds_left(request.session)
    told = {"account": str(request.user.pk), "seconds": seconds, "token": get_token(request)}
    return JsonResponse(told)

"""One task a mail, handed to the broker by the web request."""

from celery import Celery

app = Celery("floor")
app.config_from_object("django.conf:settings", namespace="CELERY")


@app.task
def send_mail(to: str, subject: str) -> None:
    """Nobody runs it: what is measured is what the web request does."""

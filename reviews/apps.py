from django.apps import AppConfig
from django.core.checks import register
from django.db.models.signals import post_delete, post_save


class ReviewsConfig(AppConfig):
    name = "reviews"

    def ready(self) -> None:
        from reviews.holidays import forget_days_off

        for changed in (post_save, post_delete):
            changed.connect(forget_days_off, sender="reviews.Holiday")
        # Reads models and forms, which are there only now.
        from microcreds.outbox.digests import open_with
        from microcreds.outbox.replies import tags, taking
        from microcreds.outbox.wording import occasions
        from proposals.services.drafts import BEFORE_DELETION
        from reviews.asks.digest import waiting_on
        from reviews.checks import check_workflow
        from reviews.files_of_mail import keep
        from reviews.inquiries.faculty import let_go
        from reviews.mail_occasions import mail_occasions
        from reviews.replies import ANSWERED, join

        register(check_workflow)
        occasions.register(mail_occasions)
        BEFORE_DELETION.append(let_go)
        open_with(waiting_on)
        tags.answer(ANSWERED)
        taking.join_with(join)
        taking.keep_files_with(keep)

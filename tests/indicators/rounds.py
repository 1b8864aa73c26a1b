"""Counting rounds as pages need them: nothing is encoded or linked."""


def open_by_hand(cast):
    """A round of 2020 that asks both organisations."""
    from duga.indicators.actions import open_round

    told = {"purpose": "How many different people in 2020", "first_year": 2020, "last_year": 2020, "start": False}
    return open_round(by=cast.viewer("secretariat"), **told)


def released_by_hand(cast):
    """A round with a result that anybody may read."""
    from django.utils import timezone

    from duga.evidence.across import published
    from duga.indicators.actions import release_round
    from duga.indicators.models import CountingRound

    found = open_by_hand(cast)
    counts = [
        {"country": "ME", "year": 2020, "claimed": 412, "people": 371.2, "low": 362, "high": 384, "precise": True},
        {"country": "RS", "year": 2020, "claimed": 8, "people": 8, "low": 7, "high": 8, "precise": True},
        {"country": "", "year": 2020, "claimed": 420, "people": 378, "low": 369, "high": 391, "precise": False},
    ]
    now = timezone.now()
    CountingRound.objects.filter(pk=found.pk).update(
        state="closed", result=published(counts), linking_by="test", linked_at=now, closed_at=now, checked_by="test",
        fingerprint="ab" * 32,
    )  # fmt: skip
    return release_round(by=cast.viewer("secretariat"), round_id=found.pk)

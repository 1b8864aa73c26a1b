"""Stock: what a store holds, and every movement by which it came to hold it."""

from django.db import models
from django.db.models import F, Q

from duga.casework.rules import Movement
from duga.vault.fields import SealedField
from duga.vault.models import Record
from duga.vault.sensitivity import Sensitivity as S

_IN = [Movement.RECEIPT.value, Movement.RETURN.value]
_OUT = [Movement.ISSUE.value, Movement.LOSS.value]


class StockItem(Record):
    """One kind of goods in one store, counted in one unit. `balance` is the sum of its movements, never below zero."""

    organisation = models.ForeignKey("members.Organisation", models.PROTECT, related_name="+")
    unit = models.CharField(max_length=40)  # code list units
    name = models.CharField(max_length=120)
    store = models.CharField(max_length=120)  # where it stands: "Niš, warehouse"
    minimum = models.DecimalField(max_digits=12, decimal_places=2, default=0)  # below it one is warned; 0: never
    balance = models.DecimalField(max_digits=12, decimal_places=2, default=0)
    counted_on = models.DateField(null=True, blank=True)  # the last stocktake
    closed_at = models.DateTimeField(null=True, blank=True)

    SENSITIVITY = dict.fromkeys(
        ["organisation", "unit", "name", "store", "minimum", "balance", "counted_on", "closed_at"], S.INTERNAL
    )

    class Meta:
        ordering = ["store", "name"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "store", "name"], name="one_item_per_store"),
            models.CheckConstraint(condition=Q(balance__gte=0), name="stock_never_negative"),
            models.CheckConstraint(condition=Q(minimum__gte=0), name="minimum_not_negative"),
        ]


class StockMovement(Record):
    """One movement of goods: `change` is the quantity with its sign, `after` what the store held then.

    `assistance` is the entry it was given out with; `mark` knows the same form sent twice. A donor may be a person,
    so `told` lies sealed with the organisation's key. Movements are never changed: another one mends what was wrong.
    """

    item = models.ForeignKey(StockItem, models.PROTECT, related_name="movements")
    kind = models.CharField(max_length=12, choices=[(kind.value, kind.value) for kind in Movement])
    quantity = models.DecimalField(max_digits=12, decimal_places=2)
    change = models.DecimalField(max_digits=12, decimal_places=2)
    after = models.DecimalField(max_digits=12, decimal_places=2)
    date = models.DateField()
    reason = models.CharField(max_length=20, blank=True)  # of a loss: a key of rules.LOSS_LABELS
    batch = models.CharField(max_length=60, blank=True)
    expires_on = models.DateField(null=True, blank=True)
    told = SealedField()  # source (donor, supplier), note
    assistance = models.ForeignKey("casework.Assistance", models.PROTECT, null=True, blank=True, related_name="+")
    by = models.ForeignKey("members.Account", models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    mark = models.BinaryField(max_length=16, null=True, blank=True)

    SENSITIVITY = {
        **dict.fromkeys(
            ["item", "kind", "quantity", "change", "after", "date", "reason", "batch", "expires_on", "assistance"],
            S.INTERNAL,
        ),
        "told": S.IDENTITY, "by": S.STAFF, "mark": S.SECRET,
    }  # fmt: skip

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="movement_above_zero"),
            models.CheckConstraint(condition=Q(after__gte=0), name="movement_leaves_no_debt"),
            models.CheckConstraint(
                condition=Q(kind__in=_IN, change=F("quantity"))
                | Q(kind__in=_OUT, change=-F("quantity"))
                | (Q(kind=Movement.CORRECTION.value) & (Q(change=F("quantity")) | Q(change=-F("quantity")))),
                name="movement_has_its_sign",
            ),
            models.CheckConstraint(
                condition=(Q(kind=Movement.LOSS.value) & ~Q(reason="")) | (~Q(kind=Movement.LOSS.value) & Q(reason="")),
                name="loss_has_its_reason",
            ),
            models.UniqueConstraint(fields=["item", "mark"], name="movement_never_twice"),
        ]

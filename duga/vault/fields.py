"""The column a sealed value lies in."""

from django.db import models


class SealedField(models.BinaryField):
    """Ciphertext of `duga.vault.sealing.seal`. It never opens itself: whoever opens it does so in an action."""

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("default", b"")
        kwargs.setdefault("blank", True)
        kwargs["editable"] = False
        super().__init__(*args, **kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("editable", None)
        return name, path, args, kwargs

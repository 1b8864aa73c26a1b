"""A shift without a connection: a phone takes its worker's caseload along and sends back what was recorded, once each.

What the phone holds lies sealed there under a key that its PIN or passkey unlocks; the server knows neither.
"""

from duga.casework.actions.devices._help import Emptied
from duga.casework.actions.devices.hearing import Answered, Outcome, hear_device, receive_letters
from duga.casework.actions.devices.taking import PhoneKeys, add_device, take_directory, take_shift, wipe_device

__all__ = [
    "Answered", "Emptied", "Outcome", "PhoneKeys", "add_device", "hear_device", "receive_letters", "take_directory",
    "take_shift", "wipe_device",
]  # fmt: skip

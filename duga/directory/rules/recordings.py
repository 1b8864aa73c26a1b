"""Spoken texts: which files are taken, told by their first bytes, and what a recording may tell."""

#: Bytes: some two minutes of speech, so that a poor phone plays it.
MOST = 2 * 1024 * 1024
#: {media type: ending of the file's name}: what browsers play in a plain <audio>.
MEDIA = {"audio/mpeg": "mp3", "audio/ogg": "ogg", "audio/mp4": "m4a", "audio/wav": "wav"}
#: Texts of a service that can be spoken, the ones people need first.
SPOKEN = ("description", "application_process", "eligibility_description", "alert")


def media_type_of(data: bytes) -> str | None:
    """The media type of a recording by its first bytes; None for what is none we take.

    >>> media_type_of(b"OggS....")
    'audio/ogg'
    """
    if data.startswith(b"ID3") or (len(data) > 1 and data[0] == 0xFF and data[1] & 0xE6 == 0xE2):  # MPEG layer III
        return "audio/mpeg"
    if data.startswith(b"OggS"):
        return "audio/ogg"
    if data[4:8] == b"ftyp" and data[8:11] in (b"M4A", b"mp4", b"iso"):
        return "audio/mp4"
    if data.startswith(b"RIFF") and data[8:12] == b"WAVE":
        return "audio/wav"
    return None

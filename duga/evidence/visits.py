"""The counting layer of a snapshot: who was met, by month, in dense integers."""


def write(con, folder, words) -> dict:
    return {}

"""The directory as HSDS: what the API, downloads and pages tell of it."""

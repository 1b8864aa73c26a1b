"""How sensitive the fields of other people's tables are (sessions, sign-in, tasks): judged like our own."""

from duga.vault.sensitivity import Sensitivity as S

THIRD_PARTY = {
    "auth.Permission": {"id": S.INTERNAL, "name": S.INTERNAL, "content_type": S.INTERNAL, "codename": S.INTERNAL},
    "auth.Group": {"id": S.INTERNAL, "name": S.INTERNAL, "permissions": S.INTERNAL},
    "contenttypes.ContentType": {"id": S.INTERNAL, "app_label": S.INTERNAL, "model": S.INTERNAL},
    "sessions.Session": {"session_key": S.SECRET, "session_data": S.SECRET, "expire_date": S.INTERNAL},
    "axes.AccessAttempt": {
        **dict.fromkeys(["id", "attempt_time", "failures_since_start", "http_accept", "path_info"], S.INTERNAL),
        **dict.fromkeys(["user_agent", "ip_address", "username"], S.STAFF),
        **dict.fromkeys(["get_data", "post_data"], S.SECRET),
    },
    "axes.AccessAttemptExpiration": {"access_attempt": S.INTERNAL, "expires_at": S.INTERNAL},
    "axes.AccessFailureLog": {
        **dict.fromkeys(["id", "attempt_time", "locked_out", "http_accept", "path_info"], S.INTERNAL),
        **dict.fromkeys(["user_agent", "ip_address", "username"], S.STAFF),
    },
    "axes.AccessLog": {
        **dict.fromkeys(["id", "attempt_time", "logout_time", "http_accept", "path_info"], S.INTERNAL),
        **dict.fromkeys(["user_agent", "ip_address", "username"], S.STAFF),
        "session_hash": S.SECRET,
    },
    "django_tasks_database.DBTaskResult": dict.fromkeys(
        [
            "id", "status", "enqueued_at", "started_at", "finished_at", "args_kwargs", "priority", "task_path",
            "worker_ids", "queue_name", "backend_name", "run_after", "return_value", "exception_class_path",
            "traceback",
        ],
        S.INTERNAL,
    ),
    "account.EmailAddress": {
        "id": S.INTERNAL, "user": S.STAFF, "email": S.STAFF, "verified": S.INTERNAL, "primary": S.INTERNAL,
    },
    "account.EmailConfirmation": {
        "id": S.INTERNAL, "email_address": S.STAFF, "created": S.INTERNAL, "sent": S.INTERNAL, "key": S.SECRET,
    },
    "mfa.Authenticator": {
        "id": S.INTERNAL, "user": S.STAFF, "type": S.INTERNAL, "data": S.SECRET, "created_at": S.INTERNAL,
        "last_used_at": S.INTERNAL,
    },
    "usersessions.UserSession": {
        "id": S.INTERNAL, "user": S.STAFF, "created_at": S.INTERNAL, "ip": S.STAFF, "last_seen_at": S.STAFF,
        "session_key": S.SECRET, "user_agent": S.STAFF, "data": S.INTERNAL,
    },
}  # fmt: skip

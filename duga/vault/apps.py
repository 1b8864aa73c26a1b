from django.apps import AppConfig


class VaultConfig(AppConfig):
    name = "duga.vault"
    label = "vault"

"""The commands of `duga`, each with the file and function that answers it."""

COMMANDS = {
    "count": "config.commands.evidence:count",
    "protect": "config.commands.evidence:protect",
    # operations
    "serve": "config.commands.serve:serve",
    "worker": "config.commands.serve:worker",
    "upgrade": "config.commands.serve:upgrade",
}

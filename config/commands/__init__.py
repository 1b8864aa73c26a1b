"""The commands of `duga`, each with the file and function that answers it."""

COMMANDS = {
    "count": "config.commands.evidence:count",
    "protect": "config.commands.protect:protect",
    "check-figures": "config.commands.figures:check_figures",
    "link": "config.commands.link:link",
    "snapshot": "config.commands.indicators:snapshot",
    "release": "config.commands.indicators:release",
    "figures": "config.commands.indicators:figures",
    "round": "config.commands.rounds:round_",
    # operations
    "demo": "config.commands.demo:demo",
    "begin": "config.commands.begin:begin",
    "invite": "config.commands.begin:invite",
    "serve": "config.commands.serve:serve",
    "worker": "config.commands.serve:worker",
    "upgrade": "config.commands.serve:upgrade",
    "backup": "config.commands.keep:backup",
    "restore": "config.commands.keep:restore",
    "export": "config.commands.leave:export",
    "destroy": "config.commands.leave:destroy",
    "recover": "config.commands.begin:recover",
    "doctor": "config.commands.doctor:doctor",
    # casework
    "import": "config.commands.importing:import_",
    # surveys
    "answers": "config.commands.answers:answers",
    # directory
    "reindex": "config.commands.directory:reindex",
    # places
    "places": "config.commands.places:places",
    "messages": "config.commands.messages:messages",
}

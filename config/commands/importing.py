"""`duga import …`: records and directories, from files."""

from config.commands.answers import answers_in
from config.commands.casework import import_
from config.commands.directory import directory

__all__ = ["import_"]

import_.add_command(directory)
import_.add_command(answers_in)

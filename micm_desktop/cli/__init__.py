"""The command line: the same core as the window, headless. Commands, options, JSON keys and exit codes are stable."""

from micm_desktop.cli.app import main as main

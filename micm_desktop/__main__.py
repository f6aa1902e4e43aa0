"""``python -m micm_desktop``."""

from micm_desktop.cli import main

main()

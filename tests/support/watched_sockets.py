"""The command line with every socket that is used told on standard error."""

# Audit hooks see also what C code of Python's does; they cannot be removed.
WATCH = """
import sys
def watch(event, arguments):
    if event in ("socket.connect", "socket.bind", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"):
        sys.stderr.write(f"\\nSOCKET {event} {arguments}\\n")
        sys.stderr.flush()
sys.addaudithook(watch)
"""
WATCHED = WATCH + "from micm_desktop.cli import main; main()"
"""For ``run_fresh(..., code=WATCHED)``."""

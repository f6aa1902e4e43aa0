"""Fuzz one target after the other: python fuzz/run.py --minutes 10 [--target NAME]...

Needs atheris (pip install atheris; Linux, Python 3.11). What is found lies in ``--work``, one file for each way to
fail, and ends that target's run; the exit code says how many targets failed. Inputs that reach new code are kept there
too, and are where the next run goes on; ``fuzz/corpus`` is only read.
"""

import argparse
import logging
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent)]
LONGEST = 1 << 14
"""Bytes of an input."""
SECONDS_FOR_ONE = 300
"""Long, since a machine with other work may stop this process for minutes."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10.0, help="of each target")
    parser.add_argument("--target", action="append", help="only this one; may be given several times")
    parser.add_argument("--work", type=Path, default=HERE / "found", help="folder for what is found")
    parser.add_argument("--inside", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        return fuzz(options.inside, options.minutes, options.work)

    from targets import TARGETS

    failed = 0
    for name in options.target or TARGETS:
        began = time.monotonic()
        command = [sys.executable, __file__, "--inside", name, "--minutes", str(options.minutes)]
        code = subprocess.run([*command, "--work", str(options.work)], check=False).returncode
        failed += code != 0
        print(f"{name}: {'ok' if code == 0 else 'FAILED'} after {(time.monotonic() - began) / 60:.1f} min", flush=True)
    return failed


def fuzz(name: str, minutes: float, work: Path) -> int:
    """Fuzz one target in this process, which libFuzzer ends."""
    try:
        import atheris
    except ImportError:
        print("atheris is not installed here: pip install atheris (Linux, Python 3.11)", file=sys.stderr)
        return 2
    logging.disable()
    with atheris.instrument_imports(include=["micm_desktop"], enable_loader_override=False):
        from targets import TARGETS, corpus

        # What is imported on the way is instrumented, what is imported later is not: every file leads elsewhere.
        for file in sorted(corpus(name).iterdir()):
            TARGETS[name](file.read_bytes())
    reached = work / name
    reached.mkdir(parents=True, exist_ok=True)
    arguments = [
        str(reached), str(corpus(name)), f"-max_total_time={round(minutes * 60)}", f"-max_len={LONGEST}",
        f"-timeout={SECONDS_FOR_ONE}", "-rss_limit_mb=4096", f"-artifact_prefix={work / name}-", "-print_final_stats=1",
        "-verbosity=1",
    ]  # fmt: skip
    atheris.Setup([sys.argv[0], *arguments], TARGETS[name])
    atheris.Fuzz()
    return 0


if __name__ == "__main__":
    sys.exit(main())

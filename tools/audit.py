"""What is installed, and whether holes are known in it: python tools/audit.py --out sbom.cdx.json

Writes a software bill of materials (CycloneDX) of this Python's environment, and then asks the Python Packaging
Authority's list of known holes, for which it needs a network. Exit codes: 0 nothing known; 1 holes are known,
or a tool failed; 2 a tool is missing; 4 the bill is written, but the lists could not be asked.
"""

import argparse
import importlib.util
import json
import subprocess
import sys
from pathlib import Path

TOOLS = {"cyclonedx_py": "cyclonedx-bom", "pip_audit": "pip-audit"}
NO_NETWORK = ("ConnectionError", "ConnectError", "NameResolutionError", "Max retries", "ServiceError", "Timeout")
PROJECT = Path(__file__).parents[1] / "pyproject.toml"
"""What the bill says that it is of."""
HOLES, MISSING, NOT_ASKED = 1, 2, 4


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("sbom.cdx.json"), help="bill of materials to write")
    parser.add_argument("--offline", action="store_true", help="write the bill only")
    options = parser.parse_args()
    missing = [name for module, name in TOOLS.items() if importlib.util.find_spec(module) is None]
    if missing:
        print(f"Not installed here: {', '.join(missing)}. Install with: pip install '.[audit]'", file=sys.stderr)
        return MISSING
    bill = [sys.executable, "-m", "cyclonedx_py", "environment", "--pyproject", str(PROJECT), "--of", "JSON", "-o"]
    if (code := subprocess.run([*bill, str(options.out), sys.executable], check=False).returncode) != 0:
        return code
    parts = json.loads(options.out.read_text(encoding="utf-8"))["components"]
    without = sorted(part["name"] for part in parts if not part.get("licenses"))
    print(
        f"{options.out}: {len(parts)} packages, {len(without)} of them without a licence{': ' * bool(without)}", end=""
    )
    print(", ".join(without))
    return 0 if options.offline else known_holes()


def known_holes() -> int:
    """Ask whether holes are known in what is installed."""
    asked = subprocess.run(
        [sys.executable, "-m", "pip_audit", "--progress-spinner", "off", "--skip-editable", "--timeout", "10"],
        capture_output=True,
        text=True,
        check=False,
    )
    # A mirror of the index has no list: it knows no package, which must not read as "no holes".
    if "could not be audited" in asked.stdout and asked.stdout.count("not found on PyPI") > 5:
        print("The index that pip uses here has no list of known holes. Try where PyPI itself can be reached.")
        return NOT_ASKED
    if asked.returncode != 0 and any(word in asked.stderr for word in NO_NETWORK):
        print("The lists of known holes could not be asked: no network, or a proxy in between. Try where there is one.")
        return NOT_ASKED
    print(asked.stdout + asked.stderr, end="")
    return HOLES if asked.returncode else 0


if __name__ == "__main__":
    sys.exit(main())

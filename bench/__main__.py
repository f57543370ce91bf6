"""`python -m bench [NAME …] [--quick]`: run all benchmarks, or those whose name begins with NAME."""

import argparse
import importlib
import subprocess
import sys
import traceback

from bench import results

MODULES = {
    "messaging": "bench.messaging",
    "audit": "bench.audit",
    "churn": "bench.churn",
    "directory": "bench.directory",
    "growth": "bench.growth",
    "identity": "bench.identity",
    "idle": "bench.idle",
    "log": "bench.log",
    "mls": "bench.mls",
    "pages": "bench.pages",
    "server": "bench.server",
    "store": "bench.store",
}


def main() -> int:
    """Run, print each row as it comes, write bench/results.json. Being slow is no failure; breaking is."""
    parser = argparse.ArgumentParser(prog="bench")
    parser.add_argument("names", nargs="*", choices=[*MODULES, []], metavar="NAME", help=", ".join(MODULES))
    parser.add_argument(
        "--quick", action="store_true", help="short runs: for trying the harness, not for figures"
    )
    arguments = parser.parse_args()
    names = arguments.names or list(MODULES)
    print(results.machine(), flush=True)
    if len(names) > 1:
        again = [sys.executable, "-m", "bench", *(["--quick"] if arguments.quick else [])]
        return max(subprocess.run([*again, name], check=False).returncode for name in names)
    return measure(names[0], quick=arguments.quick)


def measure(name: str, *, quick: bool) -> int:
    """One benchmark, in this process: it may set up Django its own way."""
    rows: list[results.Row] = []
    notes: list[str] = []
    broken = False
    try:
        for item in importlib.import_module(MODULES[name]).run(quick=quick):
            if isinstance(item, str):
                notes.append(item)
                print(f"note: {item}", flush=True)
            else:
                rows.append(item)
                print(results.show(item), flush=True)
    except Exception:
        traceback.print_exc()
        broken = True
    if not quick:
        results.write(name, rows, notes)
    return int(broken)


if __name__ == "__main__":
    sys.exit(main())

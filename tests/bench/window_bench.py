"""window_bench: the window with a large database against another libadwaita program.

SPDX-License-Identifier: GPL-3.0-or-later

Both start on one display without a window manager, in turn, so that whatever else the machine does
falls on both; each has a home of its own, and no settings from before.
"""

import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile

ROUNDS = 9
LIMIT = 1.0
PEER = ("gnome-text-editor", "--new-window")
PROJECTS, DEPLOYS = 1_000, 1_000_000

SOURCE = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("DW_BENCH_BUILD", SOURCE / "build-bench"))
COLUMNS = ("start", "rss", "pss", "private")


def measure(command, home, settle_ms):
    environment = {**os.environ, "HOME": str(home), "GSETTINGS_BACKEND": "memory",
                   "GSETTINGS_SCHEMA_DIR": str(BUILD / "data"), "LC_ALL": "C.UTF-8",
                   "DOCKER_HOST": f"unix://{home}/no-engine.sock", "NO_AT_BRIDGE": "1"}
    for folder in ("config", "data", "cache", "state"):
        environment[f"XDG_{folder.upper()}_HOME"] = str(home / folder)
    output = subprocess.run([BUILD / "tests/bench/first-frame", str(settle_ms), *command],
                            env=environment, check=True, capture_output=True, text=True).stdout
    return dict(zip(COLUMNS, map(float, output.split()[-4:])))


def run_rounds(column, settle_ms, unit):
    """The medians of both, and the line that a benchmark ends with."""
    for part in ("xvfb-run", "dbus-run-session", PEER[0]):
        if not shutil.which(part):
            sys.exit(f"{column}-bench: {part} is not installed")
    if "DW_BENCH_DISPLAY" not in os.environ:
        os.environ["DW_BENCH_DISPLAY"] = "yes"
        os.execvp("xvfb-run", ["xvfb-run", "-a", "-s", "-screen 0 1280x800x24 -noreset",
                               "dbus-run-session", "--", *sys.argv])

    name = pathlib.Path(sys.argv[0]).name.removesuffix("-bench")
    with tempfile.TemporaryDirectory(prefix="dw-bench-") as scratch:
        ours, theirs = pathlib.Path(scratch, "ours"), pathlib.Path(scratch, "peer")
        database = ours / "data/docker-watcher/docker-watcher.db"
        database.parent.mkdir(parents=True)
        theirs.mkdir()
        subprocess.check_call([BUILD / "tests/bench/make-history", database,
                               "--projects", str(PROJECTS), "--deploys", str(DEPLOYS)],
                              stdout=sys.stderr)
        rounds = {"ours": [], "peer": []}
        # The first round of each fills the caches of the disk.
        for number in range(ROUNDS + 1):
            results = {"ours": measure([BUILD / "src/docker-watcher"], ours, settle_ms),
                       "peer": measure(PEER, theirs, settle_ms)}
            print(f"{name}: {results}", file=sys.stderr)
            if number > 0:
                for who, result in results.items():
                    rounds[who].append(result[column])

    medians = {who: statistics.median(values) for who, values in rounds.items()}
    ratio = medians["ours"] / medians["peer"]
    is_good = ratio <= LIMIT
    print(f"{name} ours={medians['ours']:.0f}{unit} peer={medians['peer']:.0f}{unit} "
          f"ratio={ratio:.3f} limit={LIMIT} {'ok' if is_good else 'short'}")
    sys.exit(0 if is_good else 1)

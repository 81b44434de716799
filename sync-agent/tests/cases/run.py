#!/usr/bin/env python3
"""Runs the cases: scripted servers against the real program and a real database.

usage: run.py --agent PROGRAM --server URL --template DATABASE --directory DIR [PREFIX …]

Prints one line of JSON a case: its name, where it was reported, what was expected, whether
that came about, what was found, and how long it took.
"""

import argparse
import contextlib
import importlib
import json
import multiprocessing
import pathlib
import sys
import tempfile
import time

import psycopg

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE))
sys.dont_write_bytecode = True

from support import CASES
from world import Setting


def run(name):
    _, expected, function = CASES[name]
    begun = time.monotonic()
    database = f"case_{name}"
    options = Setting.options
    with psycopg.connect(f"{options.server}/postgres", autocommit=True) as server:
        server.execute(f'create database "{database}" template "{options.template}"')
        with tempfile.TemporaryDirectory(dir=options.directory) as directory:
            Setting.agent = options.agent
            Setting.database = f"{options.server}/{database}"
            Setting.directory, Setting.worlds = directory, []
            try:
                passed, found = function()
                if any(world.srv.failed for world in Setting.worlds):
                    passed, found = False, f"an answer of the case failed: {found}"
            except Exception as error:
                passed, found = False, f"{type(error).__name__}: {error}"[:600]
            for world in Setting.worlds:
                with contextlib.suppress(Exception):
                    world.close()
        server.execute(f'drop database "{database}" with (force)')
    return {
        "name": name,
        "source": CASES[name][0],
        "expected": expected,
        "passed": bool(passed),
        "found": str(found),
        "seconds": round(time.monotonic() - begun, 2),
    }


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--agent", required=True)
    parser.add_argument("--server", required=True)
    parser.add_argument("--template", required=True)
    parser.add_argument("--directory", required=True)
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("prefixes", nargs="*")
    Setting.options = parser.parse_args()
    for path in sorted((HERE / "scenes").glob("[a-z]*.py")):
        importlib.import_module(f"scenes.{path.stem}")
    prefixes = tuple(Setting.options.prefixes) or ("",)
    names = [name for name in CASES if name.startswith(prefixes)]
    with multiprocessing.get_context("fork").Pool(Setting.options.workers) as pool:
        for result in pool.imap_unordered(run, names):
            print(json.dumps(result), flush=True)


if __name__ == "__main__":
    main()

"""The files of the repository, for the checks in Python beside this file."""

import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent
# Test code, by its place.
TESTS = re.compile(r"(^|/)(tests|benches|fuzz)/")


def repository_files():
    """The paths of all files that are tracked or new, and not ignored."""
    listed = subprocess.run(
        ["git", "-c", f"safe.directory={ROOT}", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [path for path in listed.split("\0") if path and (ROOT / path).is_file()]

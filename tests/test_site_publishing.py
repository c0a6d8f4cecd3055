"""The Dockerfile, as far as it can be tried without Docker: what it copies is there, what it runs runs."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import tomllib
import urllib.error
import urllib.request
from pathlib import Path

from tests.site_database import ROOT, make_database

DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")


def lines(instruction: str) -> list[str]:
    return re.findall(rf"^{instruction} +(.*)$", DOCKERFILE, re.M)


def test_what_is_copied_is_there() -> None:
    kept_out = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    for line in lines("COPY"):
        if line.startswith("--from"):
            continue
        for source in line.split()[:-1]:
            assert (ROOT / source).exists() and source not in kept_out, source


def test_the_site_gets_the_datasette_of_the_program() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = next(item for item in project["dependencies"] if item.startswith("datasette"))
    for file in ("Dockerfile", "docs/publishing.md"):
        assert f"'{wanted}'" in (ROOT / file).read_text(encoding="utf-8"), file


def test_it_runs_as_a_user_who_owns_nothing() -> None:
    assert lines("USER") == ["site"] and "useradd" in DOCKERFILE
    assert "--chown" not in DOCKERFILE


def test_what_the_image_runs_answers_and_is_healthy(tmp_path: Path) -> None:
    """The command and the health check of the Dockerfile, in a folder laid out as the image's."""
    make_database(tmp_path / "build")
    shutil.copytree(ROOT / "datasette", tmp_path / "datasette", ignore=shutil.ignore_patterns("__pycache__"))
    for line in lines("COPY --from=built"):
        assert (tmp_path / line.split()[-1]).exists(), line
    for file in tmp_path.rglob("*"):
        file.chmod(0o555 if file.is_dir() else 0o444)
    command: list[str] = json.loads(re.findall(r"^CMD +(\[.*\])", DOCKERFILE, re.M)[-1])
    healthy: list[str] = json.loads(re.findall(r"^HEALTHCHECK .*?CMD +(\[.*\])", DOCKERFILE, re.M)[0])
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    command = [part.replace("8001", port).replace("0.0.0.0", "127.0.0.1") for part in command]
    healthy = [part.replace("8001", port) for part in healthy]
    assert shutil.which(command[0], path=str(Path(sys.executable).parent))
    surroundings = {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}", "LC_ALL": "C.UTF-8"}
    server = subprocess.Popen(
        command, cwd=tmp_path, env=surroundings, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        for _ in range(100):
            if subprocess.run(healthy, env=surroundings, capture_output=True).returncode == 0:
                break
            time.sleep(0.1)
        else:
            raise AssertionError("the health check never passed")
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/letters/alderby-2013-03-05") as response:
            assert response.status == 200 and response.headers["cache-control"] == "public, max-age=300"
            address = re.search(r"/static/site\.css\?\w+", response.read().decode())
        assert address
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{address[0]}") as response:
            assert "immutable" in response.headers["cache-control"]
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/nowhere")
        except urllib.error.HTTPError as error:
            assert error.code == 404 and "cache-control" not in error.headers
    finally:
        server.terminate()
        server.wait()
        for file in (tmp_path, *tmp_path.rglob("*")):
            file.chmod(0o755)
    assert subprocess.run(healthy, env=surroundings, capture_output=True).returncode != 0

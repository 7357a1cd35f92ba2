"""The two forms in which the suite runs. A form starts, stops, starts again on the same state, and kills."""
import json
import os
import pathlib
import subprocess
import tempfile
import time

import mesh

BUILD = pathlib.Path(os.environ.get("STADTMESH_BUILD", mesh.ROOT / "build/release"))
# Everything here comes from one address: the limits have tests of their own.
NO_LIMITS = {f"{who}_{what}": 100000 for who in ("address", "user") for what in ("rate", "burst")}


class Form:
    def __init__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="stadtmesh-e2e-")
        self.data = pathlib.Path(self.folder.name)
        self.map = self.data / "town.osm"
        with open(self.map, "wb") as out:
            subprocess.run([str(BUILD / "bin/stadtmesh-make-town")], check=True, stdout=out)

    def tokens(self):
        return json.loads(subprocess.run([str(BUILD / "bin/stadtmesh"), "tokens", "--data", str(self.data)], check=True, capture_output=True, text=True).stdout)

    def people(self, role, count):
        command = [str(BUILD / "bin/stadtmesh"), "tokens", "--data", str(self.data), "--role", role, "--count", str(count)]
        return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)

    def close(self):
        self.stop()
        self.folder.cleanup()


class OneProcess(Form):
    def start(self):
        ready = self.data / "ready.json"
        ready.unlink(missing_ok=True)
        begin = time.monotonic()
        self.process = mesh.Process("stadtmesh", [BUILD / "bin/stadtmesh", "--demo", "--data", self.data, "--map", self.map,
                                                  "--listen", "127.0.0.1:0", "--ready-file", ready], self.data / "log", ready.exists,
                                    env={f"STADTMESH_GATEWAY_{name.upper()}": str(value) for name, value in NO_LIMITS.items()})
        self.start_seconds = time.monotonic() - begin
        self.port = json.loads(ready.read_text())["port"]

    def stop(self):
        begin = time.monotonic()
        code = self.process.stop()
        if code != 0:
            raise AssertionError(f"SIGTERM ended the town with {code}, not in order")
        if time.monotonic() - begin > 8:
            raise AssertionError("the end took longer than 8 s: something did not hear that it should end")
        return code

    def kill(self):
        self.process.child.kill()
        self.process.child.wait()


class Mesh(Form):
    mesh = None

    def start(self):
        self.mesh = mesh.Mesh(BUILD, self.data, self.map, extra={"gateway": {"gateway": NO_LIMITS}}).start()
        self.port = self.mesh.port

    def stop(self):
        self.mesh.stop()
        return 0

    def kill(self):
        self.mesh.kill()

"""Starts a private town of its own for the simulation: fresh state, simulated clock, loopback, free port."""
import json
import os
import pathlib
import shutil
import subprocess
import time

from .clock import TownClock


class Town:
    def __init__(self, binary, data, osm, start, buergerbus=None):
        """`buergerbus`: settings of that service, e.g. {"IMPROVER": "off"}."""
        self.binary, self.data = str(binary), pathlib.Path(data)
        shutil.rmtree(self.data, ignore_errors=True)
        self.data.mkdir(parents=True)
        self.clock = TownClock(self.data / "clock")
        self.clock.set(start)
        ready = self.data / "ready.json"
        # All apps come from one address here, and all phone bookings from one dispatcher: no limits per address or person.
        environment = {**os.environ, "STADTMESH_GATEWAY_ADDRESS_RATE": "100000", "STADTMESH_GATEWAY_ADDRESS_BURST": "100000",
                       "STADTMESH_GATEWAY_USER_RATE": "100000", "STADTMESH_GATEWAY_USER_BURST": "100000"}
        environment |= {f"STADTMESH_BUERGERBUS_{name}": value for name, value in (buergerbus or {}).items()}
        with open(self.data / "log", "wb") as log:
            self.child = subprocess.Popen([self.binary, "--demo", "--data", self.data, "--map", osm, "--listen", "127.0.0.1:0",
                                           "--clock", self.data / "clock", "--ready-file", ready],
                                          stdout=subprocess.DEVNULL, stderr=log, env=environment)
        deadline = time.monotonic() + 120
        while not ready.exists():
            if self.child.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise SystemExit("the town did not start:\n" + (self.data / "log").read_text()[-2000:])
            time.sleep(0.02)
        self.port = json.loads(ready.read_text())["port"]

    def tokens(self, role=None, count=0):
        """Role -> token, or a list of tokens for `count` people of one role; good for a day of the simulated clock."""
        command = [self.binary, "tokens", "--data", self.data, "--clock", self.data / "clock"]
        if role:
            command += ["--role", role, "--count", str(count)]
        return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)

    def stop(self):
        if self.child.poll() is None:
            self.child.terminate()
            try:
                self.child.wait(30)
            except subprocess.TimeoutExpired:
                self.child.kill()
                self.child.wait()
        return self.child.returncode

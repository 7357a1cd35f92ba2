#!/usr/bin/env python3
"""The town the way production runs it: every service its own process, real Kafka, real Redis, all on loopback.

Used by `tools/run --mesh` and by the end-to-end tests (class Mesh). Every process it starts dies with it."""
import argparse
import ctypes
import fcntl
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
import uuid

ROOT = pathlib.Path(__file__).resolve().parents[2]
KAFKA_LIBS = ROOT / ".cache" / "kafka-3.9.1" / "libs"
TENANT = "demo-musterstadt"


class Failure(Exception):
    """Something did not start; the message says what and where its log is."""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _die_with_parent():
    ctypes.CDLL("libc.so.6").prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG


def lock_data(data):
    """The lock on a town's data folder, as an open file: the same that the all-in-one takes, so that one town at a time writes there.
    Servers that inherit it keep it until the last of them has ended, also when whoever started them was killed."""
    path = pathlib.Path(data) / "redis" / "redis.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = open(path, "ab")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        raise Failure(f"another town runs on {data}, or is just ending; --data names another folder") from None
    return lock


class Process:
    """One child with its log; `ready` is polled until it is true. `lock` is what it inherits and so holds while it lives."""

    def __init__(self, name, command, log, ready=None, timeout=60, env=None, lock=None):
        self.name, self.log = name, log
        log.parent.mkdir(parents=True, exist_ok=True)
        with open(log, "ab") as out:
            self.child = subprocess.Popen([str(part) for part in command], stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                                          preexec_fn=_die_with_parent, start_new_session=True,
                                          pass_fds=[lock.fileno()] if lock else [], env={**os.environ, **(env or {})})
        deadline = time.monotonic() + timeout
        while ready and not ready():
            if self.child.poll() is not None or time.monotonic() > deadline:
                self.stop()
                tail = "\n".join(log.read_text(errors="replace").splitlines()[-15:])
                raise Failure(f"{name} did not start; the end of {log}:\n{tail}")
            time.sleep(0.02)

    def stop(self, grace=20):
        if self.child.poll() is None:
            self.child.terminate()
            try:
                self.child.wait(grace)
            except subprocess.TimeoutExpired:
                self.child.kill()
                self.child.wait()
        return self.child.returncode


def port_open(port):
    def check():
        with socket.socket() as probe:
            probe.settimeout(0.2)
            return probe.connect_ex(("127.0.0.1", port)) == 0
    return check


def http_ok(port, path):
    def check():
        import http.client
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
        try:
            connection.request("GET", path, headers={"Host": "localhost"})
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()
    return check


def start_redis(directory, lock, port=None):
    """A durable redis-server on loopback; returns (Process, port)."""
    directory.mkdir(parents=True, exist_ok=True)
    port = port or free_port()
    command = ["redis-server", "--bind", "127.0.0.1", "--port", port, "--dir", directory, "--appendonly", "yes",
               "--appendfsync", "always", "--auto-aof-rewrite-min-size", "4mb", "--auto-aof-rewrite-percentage", "50", "--maxmemory-policy", "noeviction", "--save", ""]
    return Process("redis-server", command, directory / "redis.log", port_open(port), lock=lock), port


def start_kafka(directory, lock, port=None):
    """One Apache Kafka 3.9 broker and controller in KRaft mode on loopback; returns (Process, port)."""
    if not any(KAFKA_LIBS.glob("kafka_2.13-*.jar")):
        raise Failure("Apache Kafka's jars are missing: run tools/kafka/fetch (needs Maven Central)")
    directory.mkdir(parents=True, exist_ok=True)
    port, controller = port or free_port(), free_port()
    properties = directory / "server.properties"
    properties.write_text(f"""process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
controller.listener.names=CONTROLLER
log.dirs={directory}/log
num.partitions=6
offsets.topic.replication.factor=1
offsets.topic.num.partitions=3
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
group.initial.rebalance.delay.ms=0
log.flush.interval.messages=1
""")
    log4j = directory / "log4j.properties"
    log4j.write_text("log4j.rootLogger=WARN, stdout\nlog4j.appender.stdout=org.apache.log4j.ConsoleAppender\n"
                     "log4j.appender.stdout.layout=org.apache.log4j.PatternLayout\n"
                     "log4j.appender.stdout.layout.ConversionPattern=%d %p %m (%c)%n\n")
    java = ["java", "-Xmx512m", "-XX:TieredStopAtLevel=1", "-cp", f"{KAFKA_LIBS}/*", f"-Dlog4j.configuration=file:{log4j}"]
    if not (directory / "log" / "meta.properties").exists():
        subprocess.run([*java, "kafka.tools.StorageTool", "format", "-t", str(uuid.uuid4()), "-c", str(properties)],
                       check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return Process("kafka", [*java, "kafka.Kafka", properties], directory / "kafka.log", port_open(port), lock=lock), port


class Mesh:
    """All processes of the demo town. `port` is the gateway's (0: a free one); `extra` are settings on top: {service: {group: {name: value}}}."""

    def __init__(self, build, data, town, port=0, log_level="info", extra=None):
        self.build, self.data, self.town = pathlib.Path(build), pathlib.Path(data), pathlib.Path(town)
        self.port, self.log_level, self.extra = port or free_port(), log_level, extra or {}
        self.processes, self.lock = {}, None

    def start(self, progress=lambda text: None):
        self.lock = lock_data(self.data)
        progress("Redis")
        self.processes["redis"], self.redis_port = start_redis(self.data / "redis", self.lock)
        progress("Apache Kafka")
        self.processes["kafka"], self.kafka_port = start_kafka(self.data / "kafka", self.lock)
        self._secrets()
        self.grpc_port = free_port()
        progress("buergerbus")
        self.start_service("buergerbus", port_open(self.grpc_port))
        progress("gateway")
        self.start_service("gateway", http_ok(self.port, "/readyz"))
        return self

    def start_service(self, name, ready):
        binary = self.build / "bin" / f"stadtmesh-{name}"
        config = self.data / "config" / f"{name}.yaml"
        config.parent.mkdir(parents=True, exist_ok=True)
        config.write_text(json.dumps(self.settings(name), indent=1))  # JSON is YAML
        self.processes[name] = Process(name, [binary, "--demo", "--config", config], self.data / "log" / f"{name}.log", ready)

    def settings(self, name):
        shared = {
            "tenants": [TENANT],
            "log": {"level": self.log_level},
            "metrics": {"listen": ""},
            "redis": {"address": f"127.0.0.1:{self.redis_port}"},
            "bus": {"kind": "kafka"},
            "kafka": {"brokers": f"127.0.0.1:{self.kafka_port}"},
            "auth": {"development_jwks": str(self.data / "development-issuer.jwks.json"),
                     "alias_secret_file": str(self.secrets["alias"]), "mesh_key_file": str(self.secrets["mesh"])},
        }
        own = {
            "buergerbus": {"server": {"listen": f"127.0.0.1:{self.grpc_port}"},
                           "buergerbus": {"map": str(self.town)}},
            "gateway": {"gateway": {"listen": f"127.0.0.1:{self.port}",
                                    "upstreams": [f"stadtmesh.buergerbus.v1=127.0.0.1:{self.grpc_port}"],
                                    "hosts": [f"localhost={TENANT}", f"127.0.0.1={TENANT}"],
                                    "descriptor_set": str(self.build / "stadtmesh.protoset")}},
        }[name]
        merged = {**shared, **own}
        for group, values in self.extra.get(name, {}).items():
            merged[group] = {**merged.get(group, {}), **values}
        return merged

    def _secrets(self):
        """Makes the installation's secrets and the development issuer's key at the first start, and tokens for every role."""
        self.secrets = {"alias": self.data / "secrets" / "alias-secret", "mesh": self.data / "secrets" / "mesh-key.pem"}
        self.tokens = json.loads(subprocess.run([str(self.build / "bin" / "stadtmesh"), "tokens", "--data", str(self.data)],
                                                check=True, capture_output=True, text=True).stdout)

    def two_stops(self):
        """For a first ride: ids of the first and the last stop."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/v1/buergerbus/stops?pageSize=100", timeout=10) as answer:
            stops = json.load(answer)["stops"]
        return stops[0]["id"], stops[-1]["id"]

    def stop(self):
        for name in ("gateway", "buergerbus", "kafka", "redis"):
            if name in self.processes:
                self.processes.pop(name).stop()
        self._unlock()

    def kill(self):
        """As a power cut would: nobody hears that it ends."""
        for process in self.processes.values():
            process.child.kill()
        for process in self.processes.values():
            process.child.wait()
        self.processes.clear()
        self._unlock()

    def _unlock(self):
        if self.lock:
            self.lock.close()
            self.lock = None


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("build", "data", "map"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--port", type=int, default=8080)
    options = parser.parse_args()
    if shutil.which("redis-server") is None:
        sys.exit("redis-server is missing: tools/run installs it")
    mesh = Mesh(options.build, options.data, options.map, options.port)
    for ending in (signal.SIGTERM, signal.SIGINT):  # a script's background jobs begin with the latter ignored
        signal.signal(ending, lambda *_: (_ for _ in ()).throw(KeyboardInterrupt()))
    try:
        mesh.start(lambda text: print(f"· starting {text}", file=sys.stderr))
        first, last = mesh.two_stops()
        subprocess.run([str(mesh.build / "bin" / "stadtmesh"), "welcome", "--data", options.data,
                        "--url", f"http://localhost:{options.port}", "--from", first, "--to", last], check=True)
        while all(process.child.poll() is None for process in mesh.processes.values()):
            time.sleep(0.2)
        ended = next(name for name, process in mesh.processes.items() if process.child.poll() is not None)
        sys.exit(f"{ended} has ended; see {mesh.processes[ended].log}")
    except KeyboardInterrupt:
        print("\n· ending", file=sys.stderr)
    except Failure as failure:
        sys.exit(str(failure))
    finally:
        mesh.stop()


if __name__ == "__main__":
    main()

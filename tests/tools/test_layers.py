"""tools/lib/layers refuses what the layers forbid, and lets through what they are for."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

LAYERS = pathlib.Path(__file__).resolve().parents[2] / "tools/lib/layers"

BAD = {
    "libs/base": ["store/store.h", "buergerbus/domain/ids.h", "spdlog/spdlog.h"],
    "libs/dispatch": ["store/store.h"],
    "libs/events": ["hiredis/hiredis.h", "events/kafka_bus.h", "librdkafka/rdkafka.h", "events/testing/bus.h"],
    "libs/routing": ["osmium/io/reader.hpp", "routing/osm_import.h"],
    "libs/store": ["stadtmesh/buergerbus/v1/state.pb.h"],
    "services/buergerbus/domain": ["absl/time/clock.h", "absl/random/random.h", "absl/synchronization/mutex.h", "ctime", "future", "chrono", "time.h", "fstream",
                                   "routing/osm_import.h", "dispatch/plan.h", "buergerbus/planner/planner.h", "buergerbus/service/rides.h",
                                   "stadtmesh/buergerbus/v1/resources.pb.h"],
    "services/buergerbus/planner": ["absl/synchronization/mutex.h", "mutex", "buergerbus/repository.h"],
    "services/buergerbus/wire": ["buergerbus/records.h", "store/store.h"],
    "services/buergerbus/service": ["buergerbus/rpc/render.h", "buergerbus/views/board.h", "buergerbus/buergerbus.h", "buergerbus/wire/values.h", "rpc/call.h",
                                    "redis/client.h", "events/kafka_bus.h", "events/bus.h", "wiring/backends.h", "grpcpp/grpcpp.h",
                                    "stadtmesh/buergerbus/v1/buergerbus.pb.h", "gateway/gateway.h"],
    "services/buergerbus/rpc": ["grpcpp/grpcpp.h", "buergerbus/tasks.h", "redis/client.h"],
    "services/gateway/transcode": ["gateway/api/api.h", "thread"],
    "services/gateway/live": ["boost/beast/core.hpp", "buergerbus/service/rides.h", "testing/fake_clock.h"],
}
BAD_FILES = {"services/buergerbus/repository.h": ["buergerbus/service/rides.h"], "services/lorena/main.cpp": ["string"], "libs/news/news.h": ["string"]}

GOOD = {
    "libs/store/tests": ["testing/fake_clock.h", "buergerbus/buergerbus.h"],
    "services/buergerbus/domain": ["map", "absl/time/time.h", "absl/strings/str_cat.h", "base/money.h", "buergerbus/domain/ride.h"],
    "services/buergerbus/planner": ["buergerbus/domain/ride.h", "dispatch/plan.h"],
    "services/buergerbus/service": ["buergerbus/repository.h", "buergerbus/events.h", "absl/synchronization/mutex.h", "store/store.h"],
    "services/buergerbus/rpc": ["buergerbus/service/services.h", "rpc/service.h", "stadtmesh/buergerbus/v1/buergerbus.pb.h"],
    "services/stadtmesh": ["gateway/gateway.h", "buergerbus/buergerbus.h", "stadtmesh/town.h"],
}


class LayersTest(unittest.TestCase):
    def check(self, files):
        """What layers says of a tree with these files, each with its includes."""
        with tempfile.TemporaryDirectory(prefix="stadtmesh-layers-") as folder:
            for name, includes in files.items():
                path = pathlib.Path(folder, name)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text("".join(f"#include <{include}>\n" for include in includes))
            ended = subprocess.run([sys.executable, LAYERS, folder], capture_output=True, text=True)
            self.assertEqual(ended.stderr, "")
            return ended.returncode, ended.stdout

    def test_bad_includes_are_named_one_by_one(self):
        files = {f"{folder}/mistake.cpp": includes for folder, includes in BAD.items()} | BAD_FILES
        code, said = self.check(files)
        self.assertEqual(code, 1)
        for name, includes in files.items():
            for include in includes:
                with self.subTest(file=name, include=include):
                    self.assertTrue(f"{name}: includes {include}, " in said or f"{name}: belongs to no part" in said)

    def test_what_the_layers_are_for_passes(self):
        code, said = self.check({f"{folder}/example.cpp": includes for folder, includes in GOOD.items()})
        self.assertEqual((code, said), (0, "layers: every include points the right way\n"))

    def test_beast_stays_in_few_files(self):
        code, said = self.check({f"services/gateway/http/{name}.cpp": ["boost/beast/http.hpp"] for name in "abcd"})
        self.assertEqual(code, 1)
        self.assertIn("more than three files", said)


if __name__ == "__main__":
    unittest.main()

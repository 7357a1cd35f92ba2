"""One town at a time writes into a data folder, and none is deleted while it runs."""
import pathlib
import subprocess
import tempfile
import unittest

import mesh


def forget(data):
    """What tools/run --fresh does to a data folder."""
    return subprocess.run(["bash", "-c", f"source {mesh.ROOT}/tools/lib/common.sh; forget_town \"$1\"", "run", data], capture_output=True, text=True, timeout=60)


class DataLockTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="stadtmesh-lock-")
        self.addCleanup(folder.cleanup)
        self.data = pathlib.Path(folder.name) / "a town's data"
        for name in ("redis/appendonlydir/file.aof", "redis/redis.log", "kafka/log/meta.properties", "musterstadt.osm", "secrets/alias-secret"):
            (self.data / name).parent.mkdir(parents=True, exist_ok=True)
            (self.data / name).touch()

    def files(self):
        return sorted(str(path.relative_to(self.data)) for path in self.data.rglob("*") if path.is_file())

    def test_the_second_town_is_refused(self):
        with mesh.lock_data(self.data):
            with self.assertRaisesRegex(mesh.Failure, "another town runs on .*a town's data"):
                mesh.lock_data(self.data)
        mesh.lock_data(self.data).close()

    def test_a_server_keeps_the_lock_of_whoever_started_it_and_was_killed(self):
        lock = mesh.lock_data(self.data)
        redis, _ = mesh.start_redis(self.data / "redis", lock)
        self.addCleanup(redis.stop)
        lock.close()
        self.assertRaises(mesh.Failure, mesh.lock_data, self.data)
        redis.stop()
        mesh.lock_data(self.data).close()

    def test_what_runs_is_not_forgotten(self):
        with mesh.lock_data(self.data):
            before = self.files()
            ended = forget(self.data)
            self.assertEqual(ended.returncode, 1)
            self.assertIn("a town runs on", ended.stderr)
            self.assertEqual(self.files(), before)

    def test_state_and_the_town_that_was_made_are_forgotten(self):
        ended = forget(self.data)
        self.assertEqual((ended.returncode, ended.stderr), (0, ""))
        self.assertEqual(self.files(), ["redis/redis.lock", "secrets/alias-secret"])
        self.assertEqual(forget(self.data).returncode, 0)

    def test_a_new_folder_has_nothing_to_forget(self):
        self.assertEqual(forget(self.data / "new").returncode, 0)


if __name__ == "__main__":
    unittest.main()

"""What a tool cannot do it says in one line, before it installs, builds or starts anything."""
import pathlib
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]


class CommandLinesTest(unittest.TestCase):
    def refuse(self, code, tool, *arguments):
        """The one line that `tool` says."""
        ended = subprocess.run([ROOT / "tools" / tool, *arguments], capture_output=True, text=True, timeout=60)
        self.assertEqual(ended.returncode, code, ended.stderr)
        self.assertEqual((ended.stdout, ended.stderr.count("\n")), ("", 1), ended.stderr)
        return ended.stderr

    def test_run_takes_ports_that_there_are(self):
        for port in ("0", "65536", "99999", "080", "-1", "http"):
            self.assertIn(f"--port is {port}, should be a number from 1 to 65535", self.refuse(1, "run", "--port", port))

    def test_run_takes_a_map_that_is_there(self):
        self.assertIn("no such file", self.refuse(1, "run", "--map", "/tmp/no-such.osm"))

    def test_simulate_names_the_option_and_what_it_should_be(self):
        with tempfile.TemporaryDirectory() as folder:
            build = pathlib.Path(folder)
            (build / "bin").mkdir()
            for name in ("stadtmesh", "stadtmesh-make-town"):
                (build / "bin" / name).touch()
            wrong = {"--day": ("foo", "2026-11-31", "0001-01-01"), "--apps": ("0", "many"), "--rides": ("0",), "--no-shows": ("2", "nan"),
                     "--pace": ("-1",), "--break-at": ("nan",), "--map": ("/nope",), "--improver": ("perhaps",), "--build": ("/nope",)}
            for option, values in wrong.items():
                for value in values:
                    said = self.refuse(2, "simulate", "--build", folder, option, value)
                    self.assertIn(option, said)
                    self.assertIn(value, said)


if __name__ == "__main__":
    unittest.main()

import json
import os
import pathlib
import subprocess
import unittest

import mesh
from forms import BUILD, OneProcess
from suite import Suite


class OneProcessTest(Suite, unittest.TestCase):
    make_form = OneProcess


class OtherTownsTest(unittest.TestCase):
    def test_the_first_settings_of_the_documentation_make_a_town(self):
        form = OneProcess()
        try:
            form.start()
            tokens = form.tokens()
            Suite.form = form
            present = Suite.request("GET", "/settings", token=tokens["city"])[1]
            document = json.loads((mesh.ROOT / "docs/first-settings.json").read_text())
            status, answer, _ = Suite.request("PUT", "/settings", {**document, "etag": present["etag"]}, tokens["city"])
            self.assertEqual(status, 200, answer)
            status, service, _ = Suite.request("GET", "/stops?pageSize=100")
            self.assertEqual({stop["id"] for stop in service["stops"]}, {stop["id"] for stop in document["settings"]["stops"]})
        finally:
            Suite.form = None
            form.close()

    def test_a_towns_data_under_another_towns_map_is_refused(self):
        form = OneProcess()
        try:
            form.start()
            form.stop()
            # The same town, some hundred kilometres to the north.
            text = form.map.read_text()
            moved = form.data / "moved.osm"
            moved.write_text(text.replace('lat="51.', 'lat="53.').replace('lat="52.', 'lat="54.'))
            ended = subprocess.run([BUILD / "bin/stadtmesh", "--demo", "--data", form.data, "--map", moved, "--listen", "127.0.0.1:0"],
                                   capture_output=True, text=True, timeout=60)
            self.assertEqual(ended.returncode, 1)
            self.assertIn("no stop on this map", ended.stderr)
        finally:
            form.folder.cleanup()

    def test_the_development_issuer_stays_on_the_address_that_was_checked(self):
        form = OneProcess()
        try:
            ended = subprocess.run([BUILD / "bin/stadtmesh", "--demo", "--data", form.data, "--map", form.map, "--listen", "127.0.0.1:0"],
                                   capture_output=True, text=True, timeout=60, env={**os.environ, "STADTMESH_GATEWAY_LISTEN": "127.0.0.2:0"})
            self.assertEqual(ended.returncode, 2)
            self.assertIn("gateway.listen", ended.stderr)
        finally:
            form.folder.cleanup()


if __name__ == "__main__":
    unittest.main()

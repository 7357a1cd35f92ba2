import subprocess
import unittest

import mesh
from forms import BUILD, Mesh
from suite import Suite


class MeshTest(Suite, unittest.TestCase):
    make_form = Mesh

    def test_a_second_town_on_its_data_is_refused_and_does_no_harm(self):
        with self.assertRaisesRegex(mesh.Failure, "another town runs on"):
            mesh.Mesh(BUILD, self.form.data, self.form.map).start()
        ended = subprocess.run([BUILD / "bin/stadtmesh", "--demo", "--data", self.form.data, "--map", self.form.map, "--listen", "127.0.0.1:0"],
                               capture_output=True, text=True, timeout=60)
        self.assertEqual(ended.returncode, 1)
        self.assertIn("holds the data directory", ended.stderr)
        self.book(self.form.people("citizen", 9)[8])


if __name__ == "__main__":
    unittest.main()

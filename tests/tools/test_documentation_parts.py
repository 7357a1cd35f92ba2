"""The documentation page's parts come with the first build that can fetch them, however many before could not."""
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

DOCS = pathlib.Path(__file__).resolve().parents[2] / "services/gateway/docs"
PARTS = ("swagger-ui-bundle.js", "swagger-ui.css")
PROJECT = """cmake_minimum_required(VERSION 3.25)
project(parts LANGUAGES CXX)
function(stadtmesh_library)
  add_library(docs STATIC assets.cpp)
endfunction()
add_subdirectory(docs)
"""


class DocumentationPartsTest(unittest.TestCase):
    """The folder's own CMakeLists.txt and script, with an npm that the test plays, and nothing of it compiled but the parts."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="stadtmesh-parts-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        shutil.copytree(DOCS, self.folder / "docs")
        (self.folder / "docs/assets.cpp").write_text(f'asm(".incbin \\"" STADTMESH_ASSETS "/{PARTS[0]}\\"");\n')
        (self.folder / "CMakeLists.txt").write_text(PROJECT)
        (self.folder / "npm").write_text(f'#!/bin/sh\necho "$@" >>{self.folder}/npm.calls\nexec sh {self.folder}/npm.does\n')
        (self.folder / "npm").chmod(0o755)
        self.npm("exit 1")
        self.run_tool("cmake", "-G", "Ninja", "-S", ".", "-B", "build")

    def npm(self, script):
        (self.folder / "npm.does").write_text(script)

    def run_tool(self, *command):
        ended = subprocess.run(command, cwd=self.folder, env={**os.environ, "PATH": f"{self.folder}:{os.environ['PATH']}"}, capture_output=True, text=True)
        self.assertEqual(ended.returncode, 0, ended.stdout + ended.stderr)
        return ended.stdout + ended.stderr

    def build(self):
        """What the build said, and the sizes of the parts."""
        said = self.run_tool("ninja", "-C", "build")
        return said, [(self.folder / "build/docs/assets" / part).stat().st_size for part in PARTS]

    def test_a_build_without_network_is_made_good_by_the_next_with_it(self):
        said, sizes = self.build()
        self.assertIn("plain page", said)
        self.assertEqual(sizes, [0, 0])
        said, sizes = self.build()
        self.assertIn("plain page", said)
        self.assertNotIn("assets.cpp", said, "nothing new, and yet compiled anew")
        self.npm("mkdir -p node_modules/swagger-ui-dist && cd node_modules/swagger-ui-dist && echo script >swagger-ui-bundle.js && echo style >swagger-ui.css")
        said, sizes = self.build()
        self.assertNotIn("plain page", said)
        self.assertIn("assets.cpp", said)
        self.assertEqual(sizes, [7, 6])
        self.assertIn("no work to do", self.build()[0])
        retries = ["--fetch-retries=0" in call for call in (self.folder / "npm.calls").read_text().splitlines()]
        self.assertEqual(retries, [False, True, True])


if __name__ == "__main__":
    unittest.main()

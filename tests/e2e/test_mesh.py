import unittest

from forms import Mesh
from suite import Suite


class MeshTest(Suite, unittest.TestCase):
    make_form = Mesh


if __name__ == "__main__":
    unittest.main()

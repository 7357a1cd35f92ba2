import unittest

from forms import OneProcess
from suite import Suite


class OneProcessTest(Suite, unittest.TestCase):
    make_form = OneProcess


if __name__ == "__main__":
    unittest.main()

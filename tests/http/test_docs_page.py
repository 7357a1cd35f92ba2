"""The documentation page in a real browser: Swagger UI shows every call, and nothing breaks its strict content security policy."""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import urllib.request

from forms import OneProcess

FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
         "--disable-dev-shm-usage", "--enable-logging=stderr", "--window-size=1200,1600", "--virtual-time-budget=20000")


def browser():
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if shutil.which(name):
            return name
    if os.environ.get("CI") == "true":
        sys.exit("there is no Chromium (with CI=true a failure)")
    print("there is no Chromium: skipped")
    sys.exit(77)


def entries(url):
    """A call stands in the group of everybody who may make it."""
    with urllib.request.urlopen(url + "/openapi.json", timeout=20) as answer:
        paths = json.load(answer)["paths"]
    return sum(len(operation["tags"]) for path in paths.values() for operation in path.values())


def main():
    program = browser()
    form = OneProcess()
    with tempfile.TemporaryDirectory(prefix="stadtmesh-browser-") as profile:
        try:
            form.start()
            url = f"http://localhost:{form.port}"
            command = [program, *FLAGS, f"--user-data-dir={profile}", "--dump-dom", url + "/docs"]
            page = subprocess.run(command, capture_output=True, text=True, timeout=240)
            complaints = [line for line in page.stderr.splitlines() if "CONSOLE" in line]
            shown, described = page.stdout.count('class="opblock '), entries(url)
            print(f"{shown} of {described} entries shown, {len(complaints)} console messages")
            assert not complaints, complaints
            assert shown == described > 40, page.stdout[:2000]
            assert form.stop() == 0
        finally:
            form.close()


if __name__ == "__main__":
    main()

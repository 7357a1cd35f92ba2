"""The documentation page in a real browser: Swagger UI shows every call, nothing breaks its strict content security policy, what a newcomer needs
first stands first, also on a phone, and what is filled in can be sent: from offers to a booked ride by pressing Execute."""
import json
import urllib.request

import browser
from forms import OneProcess

SHOWN = "document.querySelectorAll('.opblock').length"
WAIT = """(async (find) => {
  for (let i = 0; i < 2400; ++i) {
    const found = find();
    if (found) return typeof found === 'string' ? found : 'there';
    await new Promise((go) => setTimeout(go, 25));
  }
  return 'nothing came';
})"""
CALLS = (("citizen", ("GetService", "SearchPlaces", "FindOffers", "HoldRide", "BookRide", "GetRide", "CancelRide")),
         ("dispatcher", ("GetBoard", "CreateRiderCard", "FindRiderCard", "GetRiderCard", "UpdateRiderCard", "DeleteRiderCard")))


def describe(url):
    """Paths by method: the operations of the description."""
    with urllib.request.urlopen(url + "/openapi.json", timeout=20) as answer:
        paths = json.load(answer)["paths"]
    return {(path, method): operation for path, methods in paths.items() for method, operation in methods.items()}


def execute(page, operations, name):
    """Opens a call and presses Execute: the status, and what came."""
    path, method = next(key for key, operation in operations.items() if operation["operationId"].endswith("_" + name))
    block = f"document.querySelector('[id^=operations-][id$=_{name}]')"
    page.evaluate(f"{block}.querySelector('.opblock-summary-control').click()")
    # Before the call's part of the description is read, Execute does nothing.
    page.evaluate(f"{WAIT}(() => ui.specSelectors.specResolvedSubtree({json.dumps(['paths', path, method])}))")
    page.evaluate(f"{WAIT}(() => {block}.querySelector('.execute'))")
    page.evaluate(f"{block}.querySelector('.execute').click()")
    rows = f"{block}.querySelector('.live-responses-table tbody')"
    return page.evaluate(f"{WAIT}(() => {rows} && {rows}.innerText.trim())")


def show(page, url):
    """Opens the address as people type it; it leads to the page."""
    page.open(url + "/")
    # A call stands in the group of everybody who may make it.
    count = sum(len(operation["tags"]) for operation in describe(url).values())
    page.evaluate(f"new Promise((done) => {{ const look = () => ({SHOWN} >= {count} ? done() : setTimeout(look, 50)); look(); }})")
    assert page.evaluate(SHOWN) == count > 40
    print(f"{count} entries shown")


def tops(page):
    return page.evaluate("""['.authorize', '.opblock'].map((name) => document.querySelector(name).getBoundingClientRect().top + window.scrollY)
                            .concat(document.documentElement.scrollWidth - document.documentElement.clientWidth)""")


def check_phone(url):
    page = browser.Page(390, 800)
    try:
        show(page, url)
        authorize, first, too_wide = tops(page)
        assert authorize < 900 and first < 1100 and too_wide <= 0, (authorize, first, too_wide)
    finally:
        page.close()


def check_calls(url, tokens):
    page = browser.Page(1200, 1000)
    try:
        show(page, url)
        authorize, first, _ = tops(page)
        assert authorize < 600 and first < 800, (authorize, first)
        operations = describe(url)
        for role, names in CALLS:
            page.evaluate(f"ui.preauthorizeApiKey('token', {json.dumps(tokens[role])})")
            for name in names:
                answer = execute(page, operations, name)
                print(role, name, answer[:3])
                assert answer.startswith("200"), f"{name} as it is filled in: {answer[:1500]}"
        assert not page.complaints, page.complaints
    finally:
        page.close()


def main():
    browser.program()
    form = OneProcess()
    try:
        form.start()
        url = f"http://localhost:{form.port}"
        check_phone(url)
        check_calls(url, form.tokens())
        assert form.stop() == 0
    finally:
        form.close()


if __name__ == "__main__":
    main()

"""The worker that keeps and sends what a rating page writes down: what a test changes in it, or hears of it."""

from playwright.sync_api import BrowserContext, Page, Route


def prepare_worker(context: BrowserContext, code: str) -> None:
    """Run code in the worker before its own."""

    def put_before(route: Route) -> None:
        script = route.fetch()
        route.fulfill(response=script, body=code + script.text())

    context.route("**/outbox_worker-*.js", put_before)


def stored(page: Page) -> dict[str, int]:
    """How many keys and records lie in the browser's database."""
    counts: dict[str, int] = page.evaluate(
        """() => new Promise((resolve) => {
            indexedDB.open("dialogram").onsuccess = ({target}) => {
                const stores = target.result.transaction(["keys", "records"]);
                const counts = {};
                for (const name of ["keys", "records"])
                    stores.objectStore(name).count().onsuccess = (event) => { counts[name] = event.target.result; };
                stores.oncomplete = () => { target.result.close(); resolve(counts); };
            };
        })"""
    )
    return counts

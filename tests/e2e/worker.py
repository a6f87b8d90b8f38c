"""The worker that keeps and sends what a rating page writes down: what a test changes in it, or hears of it."""

from playwright.sync_api import BrowserContext, Route


def prepare_worker(context: BrowserContext, code: str) -> None:
    """Run code in the worker before its own."""

    def put_before(route: Route) -> None:
        script = route.fetch()
        route.fulfill(response=script, body=code + script.text())

    context.route("**/outbox_worker-*.js", put_before)

"""What a page holds on to, once all that can be thrown away is thrown away."""

import json
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page


@dataclass(frozen=True)
class Memory:
    """Bytes of JavaScript objects of the page and of its worker, nodes and listeners of its document."""

    page_bytes: int
    worker_bytes: int
    nodes: int
    listeners: int


class PageMemory:
    """Asks the browser, past the page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.cdp = page.context.new_cdp_session(page)
        self.cdp.send("Performance.enable")
        self._workers: list[str] = []
        self._answers: dict[int, Any] = {}
        self.cdp.on("Target.attachedToTarget", lambda event: self._workers.append(event["sessionId"]))
        self.cdp.on("Target.receivedMessageFromTarget", self._hear)
        self.cdp.send("Target.setAutoAttach", {"autoAttach": True, "waitForDebuggerOnStart": False, "flatten": False})

    def _hear(self, event: dict[str, Any]) -> None:
        message = json.loads(event["message"])
        if "id" in message:
            self._answers[message["id"]] = message["result"]

    def _ask_worker(self, method: str) -> Any:
        (worker,) = self._workers
        ident = len(self._answers)
        message = json.dumps({"id": ident, "method": method})
        self.cdp.send("Target.sendMessageToTarget", {"sessionId": worker, "message": message})
        while ident not in self._answers:
            self.page.wait_for_timeout(20)
        return self._answers[ident]

    def read(self) -> Memory:
        self.cdp.send("HeapProfiler.collectGarbage")
        self._ask_worker("HeapProfiler.collectGarbage")
        told = {metric["name"]: metric["value"] for metric in self.cdp.send("Performance.getMetrics")["metrics"]}
        return Memory(
            page_bytes=int(told["JSHeapUsedSize"]),
            worker_bytes=int(self._ask_worker("Runtime.getHeapUsage")["usedSize"]),
            nodes=int(told["Nodes"]),
            listeners=int(told["JSEventListeners"]),
        )

"""What a page holds on to, once all that can be thrown away is thrown away."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page

COMPILED = {"code", "object shape", "native", "synthetic", "hidden"}
"""What the browser makes for itself of a program that runs on, and lets go of as it likes."""


@dataclass(frozen=True)
class Memory:
    """Bytes of what the scripts of page and worker made, of all that is in their heaps; nodes and listeners."""

    made_bytes: int
    worker_made_bytes: int
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
        self._snapshot: list[str] = []
        self.cdp.on("Target.attachedToTarget", lambda event: self._workers.append(event["sessionId"]))
        self.cdp.on("Target.receivedMessageFromTarget", self._hear)
        self.cdp.on("HeapProfiler.addHeapSnapshotChunk", lambda event: self._snapshot.append(event["chunk"]))
        self.cdp.send("Target.setAutoAttach", {"autoAttach": True, "waitForDebuggerOnStart": False, "flatten": False})

    def read(self) -> Memory:
        self._throw_away(self.cdp.send)
        self._throw_away(self._ask_worker)
        made_bytes, worker_made_bytes = self._made_bytes(self.cdp.send), self._made_bytes(self._ask_worker)
        told = {metric["name"]: metric["value"] for metric in self.cdp.send("Performance.getMetrics")["metrics"]}
        return Memory(
            made_bytes=made_bytes,
            worker_made_bytes=worker_made_bytes,
            page_bytes=int(told["JSHeapUsedSize"]),
            worker_bytes=int(self._ask_worker("Runtime.getHeapUsage")["usedSize"]),
            nodes=int(told["Nodes"]),
            listeners=int(told["JSEventListeners"]),
        )

    @staticmethod
    def _throw_away(send: Callable[[str], object]) -> None:
        # once more for what only the first time let go of
        send("HeapProfiler.collectGarbage")
        send("HeapProfiler.collectGarbage")

    def _made_bytes(self, send: Callable[[str], object]) -> int:
        self._snapshot.clear()
        send("HeapProfiler.takeHeapSnapshot")
        snapshot = json.loads("".join(self._snapshot))
        meta, nodes = snapshot["snapshot"]["meta"], snapshot["nodes"]
        each, kinds = len(meta["node_fields"]), meta["node_types"][0]
        kind_at, size_at = meta["node_fields"].index("type"), meta["node_fields"].index("self_size")
        pairs = zip(nodes[kind_at::each], nodes[size_at::each], strict=True)
        return sum(size for kind, size in pairs if kinds[kind] not in COMPILED)

    def _hear(self, event: dict[str, Any]) -> None:
        message = json.loads(event["message"])
        if "id" in message:
            self._answers[message["id"]] = message["result"]
        elif message["method"] == "HeapProfiler.addHeapSnapshotChunk":
            self._snapshot.append(message["params"]["chunk"])

    def _ask_worker(self, method: str) -> Any:
        (worker,) = self._workers
        ident = len(self._answers)
        message = json.dumps({"id": ident, "method": method})
        self.cdp.send("Target.sendMessageToTarget", {"sessionId": worker, "message": message})
        while ident not in self._answers:
            self.page.wait_for_timeout(20)
        return self._answers[ident]

"""A page in headless Chromium, driven over its own protocol: what a reader does, and what they see."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import time
import urllib.request
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on the PATH")
_OPTIONS = ("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--hide-scrollbars")
_QUIET = ("--disable-background-networking", "--disable-component-update", "--disable-sync")
_LOUD = {"Runtime.exceptionThrown", "Log.entryAdded"}


class Browser:
    """One tab.

    Args:
        profile: A new folder for Chromium's own files.
        width: Of the window, in pixels; a narrow one is a phone's.
        theme: `light` or `dark`, which the reader's machine is set to.
        scripts: Whether JavaScript is on.
    """

    def __init__(self, profile: Path, width: int = 1280, theme: str = "light", scripts: bool = True) -> None:
        command = [
            str(CHROMIUM),
            *_OPTIONS,
            *_QUIET,
            f"--user-data-dir={profile}",
            "--remote-debugging-port=0",
        ]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self._process = subprocess.Popen([*command, "--remote-allow-origins=*", "about:blank"], **quiet)
        self._number = 0
        self.said: list[dict[str, Any]] = []
        import websocket

        self._socket = websocket.create_connection(_address(profile), timeout=60)
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")
        size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500}
        self.call("Emulation.setDeviceMetricsOverride", **size)
        scheme = {"name": "prefers-color-scheme", "value": theme}
        self.call("Emulation.setEmulatedMedia", features=[scheme])
        self.call("Emulation.setFocusEmulationEnabled", enabled=True)
        self.call("Emulation.setScriptExecutionDisabled", value=not scripts)

    def __enter__(self) -> Browser:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()
        self._process.kill()
        self._process.wait()

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Call the protocol, keeping what the page says meanwhile."""
        self._number += 1
        self._socket.send(json.dumps({"id": self._number, "method": method, "params": parameters}))
        while (answer := json.loads(self._socket.recv())).get("id") != self._number:
            self.said.append(answer)
        assert "error" not in answer, answer
        return answer["result"]

    def open(self, address: str) -> float:
        """Go there and wait until all is loaded; returns the seconds it took."""
        self.said.clear()
        begun = time.perf_counter()
        self.call("Page.navigate", url=address)
        self._wait()
        return time.perf_counter() - begun

    def back(self) -> None:
        """To the page before."""
        history = self.call("Page.getNavigationHistory")
        self.said.clear()
        before = history["entries"][history["currentIndex"] - 1]
        self.call("Page.navigateToHistoryEntry", entryId=before["id"])
        self._wait()

    def do(self, script: str) -> Any:
        """The value of a JavaScript expression in the page; waits for promises.

        Raises:
            AssertionError: It failed.
        """
        told = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in told, told["exceptionDetails"]
        return told["result"].get("value")

    def follow(self, script: str) -> None:
        """Do what leads to another page, and wait for it."""
        self.said.clear()
        self.do(script)
        self._wait()

    def until(self, script: str) -> Any:
        """The value of an expression as soon as it is true."""
        for _ in range(100):
            if value := self.do(script):
                return value
            time.sleep(0.05)
        raise AssertionError(f"never true: {script}")

    def key(self, name: str, code: int) -> None:
        """Press a key, with its number among the Windows virtual keys."""
        key = {"key": name, "code": name, "windowsVirtualKeyCode": code}
        self.call("Input.dispatchKeyEvent", type="keyDown", **key, **({"text": "\r"} if code == 13 else {}))
        self.call("Input.dispatchKeyEvent", type="keyUp", **key)

    def picture(self, path: Path) -> None:
        """Keep what is seen as a PNG."""
        shot = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=True)
        path.write_bytes(base64.b64decode(shot["data"]))

    @property
    def faults(self) -> list[dict[str, Any]]:
        """Errors of scripts, and what the page was refused, since it was opened."""
        self.do("0")
        return [event["params"] for event in self.said if event.get("method") in _LOUD]

    @property
    def asked_for(self) -> list[str]:
        """The addresses that the page asked for."""
        asked = [event for event in self.said if event.get("method") == "Network.requestWillBeSent"]
        return [event["params"]["request"]["url"] for event in asked]

    def _wait(self) -> None:
        while not any(event.get("method") == "Page.loadEventFired" for event in self.said):
            self.said.append(json.loads(self._socket.recv()))


def _address(profile: Path) -> str:
    """Where the tab listens, once Chromium is up."""
    for _ in range(300):
        try:
            port = (profile / "DevToolsActivePort").read_text().split()[0]
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/json") as answer:
                tabs = json.load(answer)
            return next(tab["webSocketDebuggerUrl"] for tab in tabs if tab["type"] == "page")
        except (OSError, IndexError, StopIteration):
            time.sleep(0.1)
    raise AssertionError("Chromium did not start")

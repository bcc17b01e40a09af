"""A real Chromium without a network, driven over a pipe by its own protocol."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
PATIENCE_SECONDS = 60
OFFLINE = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--proxy-server=127.0.0.1:9",
    "--remote-debugging-pipe",
)
KEYS = {"Tab": 9, "Enter": 13, "Escape": 27, " ": 32, "ArrowRight": 39}


@dataclass
class Browser:
    """One Chromium process; commands go to file 3, answers and events come from file 4."""

    process: subprocess.Popen[bytes]
    commands: int
    answers: int
    net_log: Path
    buffered: bytes = b""
    asked: int = 0
    events: list[dict[str, Any]] = field(default_factory=list)

    def call(self, method: str, session: str | None = None, **parameters: Any) -> dict[str, Any]:
        """Send a command and return its answer; events that come before are kept."""
        self.asked += 1
        message = {"id": self.asked, "method": method, "params": parameters}
        os.write(self.commands, json.dumps(message | ({"sessionId": session} if session else {})).encode() + b"\0")
        while True:
            answer = self.next_message()
            if answer.get("id") == self.asked:
                assert "error" not in answer, (method, answer["error"])
                return dict(answer["result"])
            self.events.append(answer)

    def wait_for(self, event: str) -> None:
        """Wait until `event` has come; events of the same name from before are forgotten by the caller."""
        while not any(seen.get("method") == event for seen in self.events):
            self.events.append(self.next_message())

    def next_message(self) -> dict[str, Any]:
        while b"\0" not in self.buffered:
            piece = os.read(self.answers, 1 << 20)
            assert piece, "the browser has ended"
            self.buffered += piece
        message, _, self.buffered = self.buffered.partition(b"\0")
        return dict(json.loads(message))

    def close(self) -> None:
        """End it in order, so that the log of the network is written whole."""
        self.call("Browser.close")
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


@dataclass
class Tab:
    """One page in the browser."""

    browser: Browser
    session: str

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        return self.browser.call(method, self.session, **parameters)

    def go(self, url: str) -> None:
        """Load `url` anew, though only its part after `#` differs."""
        for address in ("about:blank", url):
            self.browser.events.clear()
            self.call("Page.navigate", url=address)
            self.browser.wait_for("Page.loadEventFired")

    def ask(self, expression: str) -> Any:
        """Return the value of a JavaScript expression."""
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def press(self, key: str, times: int = 1) -> None:
        """Press a key as a person does."""
        text = {"Enter": "\r", " ": " "}.get(key)
        code = {"key": key, "code": "Space" if key == " " else key, "windowsVirtualKeyCode": KEYS[key]}
        for _ in range(times):
            self.call("Input.dispatchKeyEvent", type="keyDown", **code, **({"text": text} if text else {}))
            self.call("Input.dispatchKeyEvent", type="keyUp", **code)

    def tab_to(self, selector: str, limit: int = 60) -> None:
        """Press Tab until the focus is on `selector`."""
        for _ in range(limit):
            if self.ask(f"document.activeElement.matches({selector!r})"):
                return
            self.press("Tab")
        raise AssertionError(f"{selector} is not reached by {limit} times Tab")

    def width(self, pixels: int) -> None:
        """Set the window's width."""
        self.call("Emulation.setDeviceMetricsOverride", width=pixels, height=900, deviceScaleFactor=1, mobile=False)

    def visible(self, selector: str) -> int:
        """Count the elements of `selector` that are displayed."""
        return int(self.ask(f"[...document.querySelectorAll({selector!r})].filter(e => e.checkVisibility()).length"))

    def complaints(self) -> list[str]:
        """What the console and the log of the page hold since it was loaded."""
        methods = ("Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded")
        return [json.dumps(event["params"]) for event in self.browser.events if event.get("method") in methods]

    def requests(self) -> list[str]:
        """Addresses that the page has asked for since it was loaded."""
        sent = [event for event in self.browser.events if event.get("method") == "Network.requestWillBeSent"]
        return [str(event["params"]["request"]["url"]) for event in sent]


def start(program: str, folder: Path) -> Browser:
    """Start Chromium with its own profile in `folder` and wait until it answers."""
    (their_in, our_out), (our_in, their_out) = os.pipe(), os.pipe()

    def place_pipes() -> None:
        spare_in, spare_out = os.dup(their_in), os.dup(their_out)
        os.dup2(spare_in, 3)
        os.dup2(spare_out, 4)

    net_log = folder / "net.json"
    process = subprocess.Popen(
        [program, *OFFLINE, f"--user-data-dir={folder / 'profile'}", f"--log-net-log={net_log}", "about:blank"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        pass_fds=(3, 4),
        preexec_fn=place_pipes,
        start_new_session=True,
    )
    os.close(their_in)
    os.close(their_out)
    browser = Browser(process, our_out, our_in, net_log)
    deadline = time.monotonic() + PATIENCE_SECONDS
    assert browser.call("Browser.getVersion")["product"]
    assert time.monotonic() < deadline
    return browser

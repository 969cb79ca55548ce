"""The machine's Chromium, or Playwright's own: one for all tests of this folder that a process runs."""

import os
import shutil
from contextlib import ExitStack

from playwright.sync_api import Browser, sync_playwright

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# The browser's own popup for addresses, a page of its own for each window, takes longer to start than ours.
_POPUP = ("WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup")
# Our list takes the place of Playwright's: what calls out, leaves http or delays the first picture stays off.
_OFF = (
    *_POPUP,
    *("AimEnabled", "MediaRouter", "NetworkTimeServiceQuerying", "OptimizationHints"),
    *("PreconnectToSearch", "HttpsUpgrades", "HttpsFirstBalancedModeAutoEnable"),
    *("AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "LensOverlay"),
    *("AvoidCorsURLLoaderRestartOnRedirect", "PaintHolding", "ThirdPartyStoragePartitioning"),
)
_FLAGS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--allow-loopback-in-peer-connection",  # a picture over WebRTC comes from this machine
    f"--disable-features={','.join(_OFF)}",
]


class Chromium:
    """Starts when it is first wanted, and ends when no test of this folder follows.

    Playwright keeps an event loop running while it lives, which no asynchronous test may meet.
    """

    def __init__(self) -> None:
        self._running = ExitStack()
        self._browser: Browser | None = None

    def browser(self) -> Browser:
        """The running browser."""
        if self._browser is None or not self._browser.is_connected():
            self.end()
            playwright = self._running.enter_context(sync_playwright())
            found = next((path for name in _NAMES if (path := shutil.which(name))), None)
            flags = [*_FLAGS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
            self._browser = playwright.chromium.launch(executable_path=found, args=flags)
            self._running.callback(self._browser.close)
        return self._browser

    def end(self) -> None:
        """Stop it, if it runs."""
        self._browser = None
        self._running.close()

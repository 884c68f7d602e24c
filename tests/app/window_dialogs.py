"""window_dialogs: what people do in the dialogs of the window, and around them.

SPDX-License-Identifier: GPL-3.0-or-later
"""

import subprocess
import time

from window_driver import Atspi, get_text, wait_for

SETTLING_S = 0.5


def scroll(window, button, steps):
    """With the pointer at the edge of the dialog, where nothing in it scrolls by itself: in the newer
    GTK that is in the middle of the window."""
    left = "20" if window.get_toolkit() < (4, 10) else "228"
    subprocess.check_call(["xdotool", "mousemove", left, "400", "click", "--repeat", str(steps),
                           "--delay", "5", str(button), "mousemove", "999", "699"])
    time.sleep(SETTLING_S)


def reveal(window, name):
    """Scrolls to a row, so that the pointer gets to it."""
    scroll(window, 4, 60)
    for _ in range(40):
        extents = window.wait(name).get_component_iface().get_extents(Atspi.CoordType.WINDOW)
        if 80 < extents.y < 300:
            return
        scroll(window, 5, 2)
    raise AssertionError(f"{name!r} is not to be scrolled to")


def open_preferences(window):
    """By the keyboard, which needs the pointer where nobody manages windows."""
    wait_for("the window", lambda: window.find("Projects"))
    subprocess.check_call(["xdotool", "mousemove", "500", "400", "key", "ctrl+comma"])
    subprocess.check_call(["xdotool", "mousemove", "999", "699"])
    window.wait("Preferences")
    wait_for("the settings", lambda: window.find_entries("Schedule") and
             get_text(window.find_entries("Schedule")[0]))

"""window_dialogs: what people do in the dialogs of the window, and around them.

SPDX-License-Identifier: GPL-3.0-or-later
"""

import subprocess
import time

from window_driver import Atspi, BUTTONS, ENTRIES, wait_for, walk

SETTLING_S = 0.5


def docker(*words):
    return subprocess.run(["docker", *words], check=True, capture_output=True, text=True).stdout


def get_text(node):
    return Atspi.Text.get_text(node, 0, Atspi.Text.get_character_count(node))


def find_entries(window, name):
    return [node for node in walk(window.root) if node.get_name() == name and
            node.get_role() in ENTRIES]


def type_text(window, name, text, nth=0):
    """Replaces what stands in an entry."""
    entry = wait_for(f"the entry {name!r}", lambda: find_entries(window, name)[nth:nth + 1])[0]
    Atspi.EditableText.set_text_contents(entry, text)
    return entry


def click_nth(window, name, nth):
    buttons = wait_for(name, lambda: [node for node in walk(window.root)
                                      if node.get_name() == name and node.get_role() in BUTTONS])
    assert Atspi.Action.do_action(buttons[nth], 0)


def accept(window, label):
    """The button of a dialog; the name that a mnemonic leaves differs from version to version."""
    button = wait_for(f"the button {label!r}", lambda: next(
        (node for node in walk(window.root) if node.get_role() in BUTTONS and
         window.is_showing(node) and node.get_name() in (label, f"_{label} {label}") and
         node.get_state_set().contains(Atspi.StateType.SENSITIVE)), None))
    assert Atspi.Action.do_action(button, 0)
    # GTK 4.8 complains of itself when somebody asks about a window that is closing.
    time.sleep(SETTLING_S)


def open_section(window, name):
    """The page has a title of the same name."""
    def find():
        sections = window.find("Sections")
        return sections and next((node for node in walk(sections) if node.get_name() == name and
                                  window.is_showing(node)), None)

    node = wait_for(f"the section {name!r}", find)
    extents = wait_for("its place", lambda: window.find_resting_place(node))
    left, top = window.find_origin()
    subprocess.check_call(["xdotool", "mousemove", str(left + extents.x + extents.width // 2),
                           str(top + extents.y + extents.height // 2), "click", "1"])
    subprocess.check_call(["xdotool", "mousemove", "999", "699"])


def scroll(button, steps):
    """With the pointer where nothing in the dialog scrolls by itself."""
    subprocess.check_call(["xdotool", "mousemove", "20", "400", "click", "--repeat", str(steps),
                           "--delay", "5", str(button), "mousemove", "999", "699"])
    time.sleep(SETTLING_S)


def reveal(window, name):
    """Scrolls to a row, so that the pointer gets to it."""
    scroll(4, 60)
    for _ in range(40):
        extents = window.wait(name).get_component_iface().get_extents(Atspi.CoordType.WINDOW)
        if 80 < extents.y < 300:
            return
        scroll(5, 2)
    raise AssertionError(f"{name!r} is not to be scrolled to")


def open_preferences(window):
    """By the keyboard, which needs the pointer where nobody manages windows."""
    wait_for("the window", lambda: window.find("Projects"))
    subprocess.check_call(["xdotool", "mousemove", "500", "400", "key", "ctrl+comma"])
    subprocess.check_call(["xdotool", "mousemove", "999", "699"])
    window.wait("Preferences")
    wait_for("the settings", lambda: find_entries(window, "Schedule") and
             get_text(find_entries(window, "Schedule")[0]))


def wait_until_free(window, stage):
    """Until the deploy is over to its last stroke, so that the program may be left."""
    wait_for(f"the end of the deploy to {stage}", lambda: window.find(
        f"Deploy to {stage}…", BUTTONS).get_state_set().contains(Atspi.StateType.SENSITIVE))

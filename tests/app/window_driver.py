"""window_driver: runs the real window, beside a real engine, and uses it through accessibility.

SPDX-License-Identifier: GPL-3.0-or-later

What imports it is a test program test-window-…, called as `test-window-… PROGRAM PICTURES` under
fixtures/with-engine. It is started again on a display and a session bus of its own. Pictures of each
state go to the folder PICTURES, for a person to look at.
"""

import contextlib
import fcntl
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time

# More than the minute that a registry is left alone in which has failed once.
LIMIT_S = 90
# A dialog that is taken down: GTK 4.8 falls over who looks at the window meanwhile.
CLOSING_S = 0.5
SCREEN = "1000x700x24"
SMALL = (360, 640)
APPLICATION = "io.github.alexei.DockerWatcher"
OBJECT = "/io/github/alexei/DockerWatcher"


def give_up(reason):
    """A test that needs a part which is not there is skipped, but never where all must be there."""
    print(f"Bail out! {reason}" if os.environ.get("CI") else f"1..0 # SKIP {reason}")
    sys.exit(1 if os.environ.get("CI") else 0)


if "DW_TEST_DISPLAY" not in os.environ:
    for part in ("xvfb-run", "dbus-run-session", "import", "xdotool", "gdbus"):
        if not shutil.which(part):
            give_up(f"{part} is not installed")
    os.environ["DW_TEST_DISPLAY"] = "yes"
    os.environ.pop("DBUS_SESSION_BUS_ADDRESS", None)
    # For the program; the accessibility library warns in this process of what is no fault.
    os.environ["DW_TEST_G_DEBUG"] = os.environ.pop("G_DEBUG", "")
    # TAP stays ours: what the bus starts may talk on standard output, and does. It goes by a number
    # that no shell script uses for itself.
    os.environ["DW_TEST_TAP"] = str(fcntl.fcntl(1, fcntl.F_DUPFD, 20))
    os.dup2(2, 1)
    # Without -noreset the display begins anew, and refuses whoever comes then, once it has no client.
    os.execvp("xvfb-run", ["xvfb-run", "-a", "-s", f"-screen 0 {SCREEN} -noreset",
                           "dbus-run-session", "--", *sys.argv])

sys.stdout = open(int(os.environ["DW_TEST_TAP"]), "w", encoding="utf-8", buffering=1)

try:
    import gi
    gi.require_version("Atspi", "2.0")
    from gi.repository import Atspi, Gio, GLib
except (ImportError, ValueError):
    give_up("gir1.2-atspi-2.0 or python3-gi is not installed")

# By number, because the names of the roles change from version to version.
BUTTONS = (Atspi.Role.PUSH_BUTTON, Atspi.Role.TOGGLE_BUTTON)
ENTRIES = (Atspi.Role.TEXT, Atspi.Role.ENTRY, Atspi.Role.PASSWORD_TEXT)
# Where the pointer is over nothing.
AWAY = ("999", "699")
DROPPING = (Atspi.Role.LIST_ITEM, Atspi.Role.COMBO_BOX)
MENU_ITEMS = (Atspi.Role.MENU_ITEM, Atspi.Role.RADIO_MENU_ITEM)
# In the newer GTK lists, and the dialogs of libadwaita, take the focus where nothing in them does.
HOLDING = (Atspi.Role.SCROLL_PANE, Atspi.Role.LIST, Atspi.Role.PANEL)
PROGRAM, PICTURES = sys.argv[1], pathlib.Path(sys.argv[2])
DATABASE = pathlib.Path(os.environ["XDG_DATA_HOME"], "docker-watcher", "docker-watcher.db")


def forget_size():
    """Each window begins as the first one, whatever size the one before was given."""
    path = pathlib.Path(os.environ["XDG_CONFIG_HOME"], "glib-2.0", "settings", "keyfile")
    if path.exists():
        lines = path.read_text().splitlines(keepends=True)
        path.write_text("".join(line for line in lines if not line.startswith(
            ("width=", "height=", "maximized="))))


def wait_for(what, found):
    """What found () returns, once it is something."""
    deadline = time.monotonic() + LIMIT_S
    while time.monotonic() < deadline:
        while GLib.MainContext.default().iteration(False):
            pass
        try:
            result = found()
        except GLib.Error:  # it went away while it was looked at
            result = None
        if result:
            return result
        time.sleep(0.05)
    raise AssertionError(f"{what} did not come to be within {LIMIT_S} s")


def look(found):
    """What found () returns, at once; but again when something went away while it was looked at, as
    all of a dialog does that closes."""
    return wait_for("a look at the window", lambda: [found()])[0]


def walk(node):
    yield node
    # At once: GTK falls over being asked for the second of two windows when that has been closed.
    for child in [node.get_child_at_index(index) for index in range(node.get_child_count())]:
        if child is not None:
            yield from walk(child)


def get_name(node):
    """Of what has a mnemonic, GTK 4.8 reads out the label as well: "_Save Save"."""
    name = node.get_name() or ""
    label, text = name[:len(name) // 2], name[len(name) // 2 + 1:]
    return text if "_" in label and label.replace("_", "", 1) == text else name


def get_text(node):
    return Atspi.Text.get_text(node, 0, Atspi.Text.get_character_count(node))


def is_sensitive(node):
    return node is not None and node.get_state_set().contains(Atspi.StateType.SENSITIVE)


def get_extents(node):
    return node.get_component_iface().get_extents(Atspi.CoordType.WINDOW)


def press_keys(*keys):
    """In the window under the pointer, for there is nobody who gives one the focus."""
    subprocess.check_call(["xdotool", "mousemove", "100", "100", "key", "--delay", "100", *keys,
                           "mousemove", *AWAY])


def get_way(node):
    """It and what it is in, from the outside: names, and roles where there is none."""
    return [*(get_way(node.get_parent()) if node.get_parent() else []),
            node.get_name() or node.get_role_name()]


def is_focusable(node):
    return node.get_state_set().contains(Atspi.StateType.FOCUSABLE)


def is_within(node, roles):
    parent = node.get_parent()
    while parent is not None and parent.get_role() not in roles:
        parent = parent.get_parent()
    return parent is not None


def is_reachable(node):
    """Whether the keyboard can come to it. What only holds others is passed over where something in
    it is not, and what scrolls also in a status page, which has the name, and in an alert; and lists
    that a field drops down, their rows, and what shows in it which was chosen, are the toolkit's."""
    role = node.get_role()
    if not is_focusable(node):
        return False
    if role == Atspi.Role.SCROLL_PANE and (node.get_parent().get_name() or
                                           is_within(node, (Atspi.Role.ALERT,))):
        return False
    if role in (Atspi.Role.LIST, Atspi.Role.LIST_ITEM) and is_within(node, DROPPING):
        return False
    if role == Atspi.Role.PANEL and is_within(node, (Atspi.Role.COMBO_BOX,)):
        return False

    return role not in HOLDING or not any(is_focusable(child) for child in walk(node)
                                          if child != node)


class Window:
    """The running program."""

    def __init__(self, size=None, **environment):
        environment["G_DEBUG"] = os.environ["DW_TEST_G_DEBUG"]
        self.clicked = None
        forget_size()
        self.has_ended = False
        self.process = subprocess.Popen([PROGRAM], env={**os.environ, **environment})
        self.root = wait_for("the window", self.find_root)
        if size:
            window = subprocess.check_output(
                ["xdotool", "search", "--sync", "--onlyvisible", "--pid", str(self.process.pid)],
                text=True).split()[-1]
            subprocess.check_call(["xdotool", "windowsize", window, *map(str, size)])

    def __enter__(self):
        return self

    def expect_end(self):
        """It ends by itself, and well; whoever it may still tell something answers meanwhile."""
        wait_for("the end of the program", lambda: self.process.poll() is not None)
        assert self.process.returncode == 0, f"the program ended with {self.process.returncode}"
        self.has_ended = True

    def __exit__(self, kind, *rest):
        if kind is not None:
            self.leave_failed()
            return
        if self.has_ended:
            return
        alive = self.process.poll() is None
        self.activate("quit", OBJECT) if alive else None
        status = self.process.wait(LIMIT_S)
        assert alive and status == 0, f"the program ended with {status}"

    def leave_failed(self):
        """Shows what there was, and ends it at once: it might ask what is to become of a deploy, and
        the next test needs its place."""
        try:
            if self.process.poll() is None:
                self.take_picture("failure")
                for node in walk(self.root):
                    print("#", node.get_role_name(), repr(node.get_name()))
        except (subprocess.SubprocessError, GLib.Error) as problem:
            print(f"# there is no more to show: {problem}")  # which is not what has failed
        finally:
            self.process.kill()
            self.process.wait()

    def find_root(self):
        assert self.process.poll() is None, f"the program ended with {self.process.returncode}"
        desktop = Atspi.get_desktop(0)
        for index in range(desktop.get_child_count()):
            child = desktop.get_child_at_index(index)
            if child and child.get_process_id() == self.process.pid and child.get_child_count():
                return child
        return None

    def is_showing(self, node):
        """GTK tells nobody which page of a stack is shown, but what never was has no size."""
        component = node.get_component_iface()
        extents = component and component.get_extents(Atspi.CoordType.WINDOW)
        return not extents or (extents.width > 0 and extents.height > 0)

    def find_all(self, name, roles=()):
        return look(lambda: [node for node in walk(self.root) if get_name(node) == name and
                             (not roles or node.get_role() in roles) and self.is_showing(node)])

    def find(self, name, roles=()):
        return look(lambda: next((node for node in walk(self.root) if get_name(node) == name and
                                  (not roles or node.get_role() in roles) and
                                  self.is_showing(node)), None))

    def find_text(self, start):
        return look(lambda: next((node for node in walk(self.root) if
                                  get_name(node).startswith(start) and self.is_showing(node)), None))

    def find_entries(self, name=None):
        """What can be typed into, whatever its name or of that name."""
        return look(lambda: [node for node in walk(self.root) if node.get_role() in ENTRIES and
                             name in (None, node.get_name()) and node.get_editable_text_iface() and
                             self.is_showing(node)])

    def wait(self, name, roles=()):
        return wait_for(repr(name), lambda: self.find(name, roles))

    def wait_for_text(self, start):
        return wait_for(repr(start), lambda: self.find_text(start))

    def wait_until_gone(self, name):
        wait_for(f"the end of {name!r}", lambda: self.find(name) is None)

    def wait_until_free(self, stage):
        """Until a deploy is over to its last stroke."""
        wait_for(f"the end of the deploy to {stage}",
                 lambda: is_sensitive(self.find(f"Deploy to {stage}…", BUTTONS)))

    def click(self, name, roles=BUTTONS, nth=0):
        # GTK holds a button down for a quarter of a second, and does not see it pressed meanwhile.
        if self.clicked == name:
            time.sleep(0.4)
        self.clicked = name
        nodes = wait_for(f"{name!r} to be clicked", lambda: [
            node for node in self.find_all(name, roles) if is_sensitive(node)][nth:][:1])
        assert Atspi.Action.do_action(nodes[0], 0)

    def close_with(self, name):
        """The click on a button that ends a dialog."""
        self.click(name)
        time.sleep(CLOSING_S)

    def type(self, name, text, nth=0):
        """Puts a text in the place of what is in an entry."""
        nodes = wait_for(f"the entry {name!r}", lambda: self.find_entries(name)[nth:][:1])
        assert Atspi.EditableText.set_text_contents(nodes[0], text)

    def point(self, name, *more):
        """A click of the mouse, for what offers no action to accessibility: rows of a list, and with
        GTK 4.8 the buttons of menus. It goes to a name, or to what was found. More is for xdotool,
        before the pointer leaves."""
        node = self.wait(name) if isinstance(name, str) else name
        if self.get_toolkit() >= (4, 10) and node.get_role() in BUTTONS:
            toggle = next((inner for inner in walk(node)
                           if inner.get_role() == Atspi.Role.TOGGLE_BUTTON), node)
            assert Atspi.Action.do_action(toggle, 0)
            return
        x, y = self.find_center(node)
        subprocess.check_call(["xdotool", "mousemove", str(x), str(y), "click", "1", *more,
                               "mousemove", *AWAY])

    def find_center(self, node):
        """On the screen, once it does not move: rows of a list find their places one after the
        other."""
        extents = wait_for("its place", lambda: self.find_resting_place(node))
        left, top = self.find_origin()
        return left + extents.x + extents.width // 2, top + extents.y + extents.height // 2

    def find_resting_place(self, node):
        places = []
        for _ in range(5):
            extents = get_extents(node)
            places.append((extents.x, extents.y, extents.width, extents.height))
            time.sleep(0.1)  # a page may begin to move late on a busy machine
        return extents if len(set(places)) == 1 else None

    def check_width(self):
        width = get_extents(self.root.get_child_at_index(0)).width
        assert width <= SMALL[0], f"the window is {width} wide"

    def open_section(self, name):
        """The page has a title of the same name."""
        def find():
            sections = self.find("Sections")
            return sections and next((node for node in walk(sections) if node.get_name() == name and
                                      self.is_showing(node)), None)

        self.point(wait_for(f"the section {name!r}", find))

    def open_narrow_section(self, name):
        self.click("Back")
        time.sleep(0.6)  # the pane slides in
        self.open_section(name)
        time.sleep(0.6)

    def open_project(self, name):
        self.wait_for_text("Docker ")
        self.point(name)
        self.wait("Project Menu")

    def get_toolkit(self):
        return tuple(map(int, self.root.get_toolkit_version().split(".")[:2]))

    def find_origin(self):
        """Where on the screen places begin. GTK since 4.10 leaves out the frame of the window and
        the padding of each widget around; what of it most have in common is near enough for what is
        not small."""
        if self.get_toolkit() < (4, 10):
            return 0, 0
        extents = get_extents(self.root.get_child_at_index(0))
        return 16 - extents.x, 14 - extents.y

    def choose(self, label, from_end=1):
        """An item of the open menu, with the mnemonic in its label. In GTK 4.18 items have no names
        for accessibility; there it is the key of the mnemonic, or, where the keyboard has none, the
        place from the end of the menu."""
        wait_for("a menu", lambda: any(
            node.get_role() in MENU_ITEMS and self.is_showing(node) for node in walk(self.root)))
        item = self.find(label.replace("_", ""), MENU_ITEMS)
        letter = label[label.index("_") + 1].lower()
        if item:
            assert Atspi.Action.do_action(item, 0)
        else:
            time.sleep(0.3)  # the menu takes the keyboard when it has been drawn
            keys = [letter] if letter.isascii() else [*["Up"] * from_end, "Return"]
            subprocess.check_call(["xdotool", "key", "--delay", "100", *keys])

    def activate(self, action, path):
        subprocess.check_call(
            ["gdbus", "call", "--session", "--dest", APPLICATION, "--object-path", path,
             "--method", "org.gtk.Actions.Activate", action, "[]", "{}"],
            stdout=subprocess.DEVNULL)

    def check_names(self):
        """A screen reader has something to say of whatever the keyboard can reach."""
        # That it has not of menus' items is a fault of GTK 4.18.
        known = MENU_ITEMS if self.get_toolkit() >= (4, 10) else ()

        unnamed = look(lambda: ["/".join(get_way(node)) for node in walk(self.root)
                                if is_reachable(node) and not node.get_name() and
                                self.is_showing(node) and node.get_role() not in known])
        assert not unnamed, "without a name: " + "; ".join(unnamed)

    def take_picture(self, name):
        time.sleep(0.6)  # transitions end; what is on the screen then is not a condition of any test
        if name != "failure":
            self.check_names()
        subprocess.check_call(["import", "-window", "root", str(PICTURES / f"{name}.png")])


def run(*words):
    return subprocess.run([PROGRAM, *words], check=True, stdout=subprocess.DEVNULL)


def ask(*words):
    """What the command line answers, in a process of its own."""
    return json.loads(subprocess.run([PROGRAM, *words, "--json"], check=True,
                                     capture_output=True).stdout)


def list_names(kind, *words):
    return [row["name"] for row in ask(kind, "list", *words)]


def docker(*words):
    return subprocess.run(["docker", *words], check=True, stdout=subprocess.PIPE,
                          text=True).stdout.strip()


def push(tag, *options):
    subprocess.run([os.environ["DW_TEST_FIXTURES"] + "/make-image",
                    f"{os.environ['DW_TEST_REGISTRY']}/acme/web:{tag}", "--version", tag, *options],
                   check=True, stdout=subprocess.DEVNULL)


def get_status(stage):
    return next(row for row in ask("status") if row["stage"] == stage)


def start_engine():
    subprocess.run([os.environ["DW_TEST_FIXTURES"] + "/start-engine", os.environ["DW_TEST_DIR"]],
                   check=True, stdout=subprocess.DEVNULL)


def stop_engine():
    path = pathlib.Path(os.environ["DW_TEST_DIR"], "engine.pid")
    pid = int(path.read_text())
    os.kill(pid, signal.SIGKILL)


def start_keyring():
    """One of the test's own, unlocked, on its own bus."""
    if not shutil.which("gnome-keyring-daemon"):
        give_up("gnome-keyring-daemon is not installed")
    environment = {name: value for name, value in os.environ.items() if name != "G_DEBUG"}
    daemon = subprocess.Popen(
        ["gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets"],
        stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        env=environment)
    daemon.stdin.write(b"secret")
    daemon.stdin.close()
    subprocess.check_call(["gdbus", "wait", "--session", "--timeout", "20",
                           "org.freedesktop.secrets"])
    return daemon


@contextlib.contextmanager
def keyring():
    daemon = start_keyring()
    try:
        yield
    finally:
        daemon.terminate()
        daemon.wait()


def call_keyring(method, *arguments):
    return Gio.bus_get_sync(Gio.BusType.SESSION).call_sync(
        "org.freedesktop.secrets", "/org/freedesktop/secrets", "org.freedesktop.Secret.Service",
        method, GLib.Variant(*arguments), None, Gio.DBusCallFlags.NONE, -1, None).unpack()


def has_secret(owner):
    return any(call_keyring("SearchItems", "(a{ss})", ({"owner": owner},)))


def get_brightness(picture):
    return float(subprocess.check_output(
        ["convert", str(PICTURES / f"{picture}.png"), "-crop", "300x300+300+300", "-colorspace",
         "gray", "-format", "%[fx:mean]", "info:"]))


def run_tests(tests):
    """Runs pairs of a name and a function, and tells in TAP how they went: all of them, or those
    whose names hold one of the words that follow PICTURES."""
    words = sys.argv[3:]
    tests = [test for test in tests if not words or any(word in test[0] for word in words)]
    PICTURES.mkdir(parents=True, exist_ok=True)
    subprocess.check_call(["xdotool", "mousemove", *AWAY])
    print(f"1..{len(tests)}")
    for number, (name, test) in enumerate(tests, 1):
        try:
            test()
            print(f"ok {number} /window/{name}", flush=True)
        except (AssertionError, subprocess.SubprocessError, GLib.Error) as problem:
            print(f"not ok {number} /window/{name}")
            print(f"# {problem}", flush=True)

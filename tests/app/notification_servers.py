"""notification_servers: what a desktop has that shows notifications, in each of the three ways.

SPDX-License-Identifier: GPL-3.0-or-later

Nothing is shown; it is remembered what a desktop would show now, as summary, body and buttons.
"""

import os
import pathlib
import shutil
import subprocess

from window_driver import APPLICATION, give_up, OBJECT, wait_for

from gi.repository import Gio, GLib

FREEDESKTOP = """
<node><interface name="org.freedesktop.Notifications">
  <method name="Notify">
    <arg type="s"/><arg type="u"/><arg type="s"/><arg type="s"/><arg type="s"/><arg type="as"/>
    <arg type="a{sv}"/><arg type="i"/><arg type="u" direction="out"/>
  </method>
  <method name="CloseNotification"><arg type="u"/></method>
  <method name="GetCapabilities"><arg type="as" direction="out"/></method>
  <method name="GetServerInformation">
    <arg type="s" direction="out"/><arg type="s" direction="out"/><arg type="s" direction="out"/>
    <arg type="s" direction="out"/>
  </method>
  <signal name="ActionInvoked"><arg type="u"/><arg type="s"/></signal>
</interface></node>"""

# GNOME Shell's own, and what stands behind the portal, are alike.
OF_AN_APPLICATION = """
<node><interface name="%s">
  <method name="AddNotification"><arg type="s"/><arg type="s"/><arg type="a{sv}"/></method>
  <method name="RemoveNotification"><arg type="s"/><arg type="s"/></method>
  <signal name="ActionInvoked"><arg type="s"/><arg type="s"/><arg type="s"/><arg type="av"/></signal>
</interface></node>"""

BACKEND = "org.freedesktop.impl.portal.desktop.test"


def activate(action, *target):
    """As a desktop does, which also starts the program for it."""
    Gio.bus_get_sync(Gio.BusType.SESSION).call_sync(
        APPLICATION, OBJECT, "org.freedesktop.Application", "ActivateAction",
        GLib.Variant("(sava{sv})", (action, target, {})), None, 0, -1, None)


class Server:
    """One of them, while it is used in a with statement."""

    environment = {}

    def __init__(self, interface, path, *names):
        self.shown = {}
        self.names = names
        self.connection = Gio.bus_get_sync(Gio.BusType.SESSION)
        self.connection.register_object(path, Gio.DBusNodeInfo.new_for_xml(interface).interfaces[0],
                                        self.on_call, None, None)

    def __enter__(self):
        self.shown.clear()
        for name in self.names:
            self.ask_bus("RequestName", GLib.Variant("(su)", (name, 4)))
        return self

    def __exit__(self, *rest):
        for name in self.names:
            self.ask_bus("ReleaseName", GLib.Variant("(s)", (name,)))

    def ask_bus(self, method, arguments):
        self.connection.call_sync(
            "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", method,
            arguments, None, 0, -1, None)

    def find(self, summary):
        return next((key for key, shown in self.shown.items() if shown[0] == summary), None)

    def wait(self, summary):
        key = wait_for(f"the notification {summary!r} (there are {self.shown})",
                       lambda: self.find(summary))
        return self.shown[key]

    def press(self, summary, button):
        key = wait_for(f"the notification {summary!r} (there are {self.shown})",
                       lambda: self.find(summary))
        self.invoke(key, self.shown.pop(key)[2][button])  # a desktop closes it with that


class FreedesktopServer(Server):
    def __init__(self):
        self.last = 0
        super().__init__(FREEDESKTOP, "/org/freedesktop/Notifications",
                         "org.freedesktop.Notifications")

    def on_call(self, connection, sender, path, interface, method, arguments, invocation):
        answer = None
        if method == "Notify":
            _name, number, _icon, summary, body, actions, _hints, _expires = arguments.unpack()
            if number not in self.shown:
                self.last += 1
                number = self.last
            buttons = dict(zip(actions[1::2], actions[::2]))
            buttons.pop("")  # what a press beside them does
            self.shown[number] = (summary, body, buttons)
            answer = GLib.Variant("(u)", (number,))
        elif method == "CloseNotification":
            self.shown.pop(arguments.unpack()[0], None)
        elif method == "GetCapabilities":
            answer = GLib.Variant("(as)", (["actions", "body"],))
        else:
            answer = GLib.Variant("(ssss)", ("test", "test", "1", "1.2"))
        invocation.return_value(answer)

    def invoke(self, number, action):
        self.connection.emit_signal(
            None, "/org/freedesktop/Notifications", "org.freedesktop.Notifications",
            "ActionInvoked", GLib.Variant("(us)", (number, action)))


class ApplicationServer(Server):
    """Told of what an application's action is, which it then activates."""

    def on_call(self, connection, sender, path, interface, method, arguments, invocation):
        application, key = arguments.get_child_value(0).get_string(), arguments.unpack()[1]
        self.applications.add(application)
        if method == "AddNotification":
            said = arguments.get_child_value(2)
            buttons = said.lookup_value("buttons", None)
            self.shown[key] = (
                said.lookup_value("title", None).get_string(),
                said.lookup_value("body", None).get_string(),
                {button.lookup_value("label", None).get_string():
                     (button.lookup_value("action", None).get_string(),
                      button.lookup_value("target", None))
                 for button in (buttons.get_child_value(index)
                                for index in range(buttons.n_children()))})
        else:
            self.shown.pop(key, None)
        invocation.return_value(None)

    def invoke(self, key, action):
        name, target = action
        assert name.startswith("app."), name
        activate(name.removeprefix("app."), target)


class ShellServer(ApplicationServer):
    def __init__(self):
        self.applications = set()
        super().__init__(OF_AN_APPLICATION % "org.gtk.Notifications", "/org/gtk/Notifications",
                         "org.gtk.Notifications")


class PortalServer(ApplicationServer):
    """Behind the real portal."""

    # Newer GLibs ask for the second.
    environment = {"GTK_USE_PORTAL": "1", "GIO_USE_PORTALS": "1"}

    def __init__(self):
        self.applications = set()
        self.portal = None
        # The portal for documents would mount a file system.
        super().__init__(OF_AN_APPLICATION % "org.freedesktop.impl.portal.Notification",
                         "/org/freedesktop/portal/desktop", BACKEND,
                         "org.freedesktop.portal.Documents")

    def __enter__(self):
        program = shutil.which("xdg-desktop-portal",
                               path="/usr/libexec:/usr/lib/x86_64-linux-gnu:/usr/lib")
        if not program:
            give_up("xdg-desktop-portal is not installed")
        super().__enter__()
        folder = pathlib.Path(os.environ["HOME"], "portals")
        folder.mkdir(exist_ok=True)
        folder.joinpath("test.portal").write_text(
            f"[portal]\nDBusName={BACKEND}\nUseIn=test\n"
            "Interfaces=org.freedesktop.impl.portal.Notification\n")
        # Since 1.17 it is told by name which one to take.
        folder.joinpath("test-portals.conf").write_text("[preferred]\ndefault=test\n")
        environment = {name: value for name, value in os.environ.items() if name != "G_DEBUG"}
        # The toolkit may have had the bus start one already.
        self.portal = subprocess.Popen(
            [program, "--replace"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env={**environment, "XDG_DESKTOP_PORTAL_DIR": str(folder),
                 "XDG_CURRENT_DESKTOP": "test"})
        # It asks the test for its properties, which answers while it waits.
        wait_for("the portal", lambda: self.connection.call_sync(
            "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
            "GetConnectionUnixProcessID", GLib.Variant("(s)", ("org.freedesktop.portal.Desktop",)),
            None, 0, -1, None).unpack()[0] == self.portal.pid)
        return self

    def __exit__(self, *rest):
        self.portal.terminate()
        self.portal.wait()
        super().__exit__(*rest)

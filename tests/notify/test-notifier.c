/* test-notifier.c: for how long the process is there for what it told
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * On a bus of its own, with a server of notifications that shows none. What the desktop's own
 * servers do with them is tested with the window.
 */

#include "config.h"

#include "notify/dw-notifier.h"

#define SERVER "org.freedesktop.Notifications"
#define ENOUGH_MS 1500

static const char server_xml[] = "<node><interface name='" SERVER "'>"
                                 "<method name='Notify'>"
                                 "<arg type='s' direction='in'/><arg type='u' direction='in'/>"
                                 "<arg type='s' direction='in'/><arg type='s' direction='in'/>"
                                 "<arg type='s' direction='in'/><arg type='as' direction='in'/>"
                                 "<arg type='a{sv}' direction='in'/><arg type='i' direction='in'/>"
                                 "<arg type='u' direction='out'/>"
                                 "</method></interface></node>";

static void
on_call (GDBusConnection *connection,
         const char *sender,
         const char *path,
         const char *interface,
         const char *method,
         GVariant *parameters,
         GDBusMethodInvocation *invocation,
         gpointer user_data)
{
  guint *n_shown = user_data;

  (*n_shown)++;
  g_dbus_method_invocation_return_value (invocation, g_variant_new ("(u)", *n_shown));
}

static void
start_server (GDBusConnection *connection, guint *n_shown)
{
  static const GDBusInterfaceVTable vtable = { .method_call = on_call };
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusNodeInfo) node = g_dbus_node_info_new_for_xml (server_xml, &error);
  g_autoptr (GVariant) answer = NULL;

  g_assert_no_error (error);
  g_dbus_connection_register_object (connection, "/org/freedesktop/Notifications",
                                     node->interfaces[0], &vtable, n_shown, NULL, &error);
  g_assert_no_error (error);
  answer = g_dbus_connection_call_sync (connection, "org.freedesktop.DBus", "/org/freedesktop/DBus",
                                        "org.freedesktop.DBus", "RequestName",
                                        g_variant_new ("(su)", SERVER, 0), NULL,
                                        G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);
  g_assert_no_error (error);
}

/* Nothing but the notifier holds the process. */
static void
on_activate (GApplication *application, DwNotifier *notifier)
{
  g_autoptr (DwProject) project = g_object_new (DW_TYPE_PROJECT, "name", "shop", NULL);
  g_autoptr (DwStage) stage = g_object_new (DW_TYPE_STAGE, "id", "0", "name", "prod", NULL);

  dw_notifier_tell_refusal (notifier, project, stage, "there is nothing to go back to");
}

static gboolean
on_enough (gpointer application)
{
  g_application_quit (application);

  return G_SOURCE_REMOVE;
}

/* In a process of its own: GLib keeps a connection to the first bus that it meets. */
static void
test_patient (void)
{
  if (!g_test_subprocess ())
    {
      g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
      g_test_trap_assert_passed ();
      return;
    }

  static GTestDBus *bus;
  guint n_shown = 0;

  bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (bus);
  g_autoptr (GDBusConnection) connection = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, NULL);
  g_autoptr (GApplication)
      application = g_application_new (DW_APPLICATION_ID, G_APPLICATION_DEFAULT_FLAGS);
  g_autoptr (DwNotifier) notifier = dw_notifier_new (application);

  start_server (connection, &n_shown);
  g_signal_connect (application, "activate", G_CALLBACK (on_activate), notifier);
  g_timeout_add (ENOUGH_MS, on_enough, application);
  gint64 began = g_get_monotonic_time ();
  g_assert_cmpint (g_application_run (application, 0, NULL), ==, 0);

  g_assert_cmpint ((g_get_monotonic_time () - began) / 1000, >=, ENOUGH_MS);
  g_assert_cmpuint (n_shown, ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/notify/notifier/a-process-lives-for-the-buttons-of-what-it-told-last",
                   test_patient);

  return g_test_run ();
}

/* test-secrets.c: secrets are kept in a real keyring, and its absence is told from its being locked
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * To be run by with-keyring. Each test of an absence is a process of its own, because the library
 * holds on to the first keyring that it finds.
 */

#include "config.h"

#include <libsecret/secret.h>
#include <string.h>

#include "secrets/dw-secrets.h"

static void
assert_secret (const char *owner, const char *expected)
{
  g_autoptr (GError) error = NULL;
  char *secret = NULL;

  g_assert_true (dw_secrets_lookup (owner, &secret, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (secret, ==, expected);
  secret_password_free (secret);
}

static void
keep (const char *owner, const char *secret)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (dw_secrets_store (owner, "Docker Watcher: a test", secret, NULL, &error));
  g_assert_no_error (error);
}

static void
forget (const char *owner)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (dw_secrets_clear (owner, NULL, &error));
  g_assert_no_error (error);
}

static void
test_kept (void)
{
  keep ("owner-1", "wonderland");
  keep ("owner-2", "pass “word” \\ \n");
  assert_secret ("owner-1", "wonderland");
  assert_secret ("owner-2", "pass “word” \\ \n");

  keep ("owner-1", "looking-glass");
  assert_secret ("owner-1", "looking-glass");

  forget ("owner-1");
  assert_secret ("owner-1", NULL);
  assert_secret ("owner-2", "pass “word” \\ \n");
  forget ("owner-2");
}

static void
test_nothing (void)
{
  assert_secret ("owner-of-nothing", NULL);
  forget ("owner-of-nothing");
}

static gpointer
look_up (gpointer data)
{
  assert_secret ("owner-of-threads", "wonderland");

  return NULL;
}

static void
test_threads (void)
{
  GThread *threads[8];

  keep ("owner-of-threads", "wonderland");
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("secrets", look_up, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  forget ("owner-of-threads");
}

static void
test_cancel (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autofree char *secret = NULL;
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  g_assert_false (dw_secrets_lookup ("owner", &secret, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_false (dw_secrets_store ("owner", "a test", "x", cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_false (dw_secrets_clear ("owner", cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* Called in a thread of GDBus: a keyring that takes each question and never answers. */
static GDBusMessage *
swallow (GDBusConnection *connection, GDBusMessage *message, gboolean incoming, gpointer user_data)
{
  if (!incoming || g_dbus_message_get_message_type (message) != G_DBUS_MESSAGE_TYPE_METHOD_CALL)
    return message;

  g_object_unref (message);
  g_cancellable_cancel (user_data);

  return NULL;
}

static void
test_silent (void)
{
  if (!g_test_subprocess ())
    {
      g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
      g_test_trap_assert_passed ();
      return;
    }

  static GTestDBus *bus;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autofree char *secret = NULL;
  g_autoptr (GError) error = NULL;

  bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (bus);
  g_autoptr (GDBusConnection) keyring = g_dbus_connection_new_for_address_sync (
      g_test_dbus_get_bus_address (bus),
      G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
          G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
      NULL, NULL, &error);
  g_assert_no_error (error);
  g_autoptr (GVariant) owned = g_dbus_connection_call_sync (
      keyring, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
      "RequestName", g_variant_new ("(su)", "org.freedesktop.secrets", 0), NULL,
      G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (owned);
  g_dbus_connection_add_filter (keyring, swallow, cancellable, NULL);

  g_assert_false (dw_secrets_lookup ("owner", &secret, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* There is nobody who could be asked to unlock it. */
static void
test_locked (void)
{
  if (!g_test_subprocess ())
    {
      g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
      g_test_trap_assert_passed ();
      return;
    }

  g_autoptr (GError) error = NULL;
  g_autofree char *secret = NULL;

  keep ("owner-1", "wonderland");
  g_autoptr (SecretService) service = secret_service_get_sync (SECRET_SERVICE_NONE, NULL, &error);
  g_assert_no_error (error);
  g_autoptr (SecretCollection) collection = secret_collection_for_alias_sync (
      service, SECRET_COLLECTION_DEFAULT, SECRET_COLLECTION_NONE, NULL, &error);
  g_assert_no_error (error);
  GList objects = { .data = collection };
  g_assert_cmpint (secret_service_lock_sync (service, &objects, NULL, NULL, &error), ==, 1);
  g_assert_no_error (error);

  g_assert_false (dw_secrets_lookup ("owner-1", &secret, NULL, &error));
  g_assert_error (error, DW_SECRETS_ERROR, DW_SECRETS_ERROR_LOCKED);
  g_assert_nonnull (strstr (error->message, "unlock"));
  g_assert_null (secret);
  g_clear_error (&error);
  g_assert_false (dw_secrets_store ("owner-1", "a test", "x", NULL, &error));
  g_assert_error (error, DW_SECRETS_ERROR, DW_SECRETS_ERROR_LOCKED);
}

static void
assert_no_keyring (void)
{
  g_autofree char *secret = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_false (dw_secrets_lookup ("owner", &secret, NULL, &error));
  g_assert_error (error, DW_SECRETS_ERROR, DW_SECRETS_ERROR_NO_KEYRING);
  g_assert_nonnull (strstr (error->message, "gnome-keyring"));
  g_clear_error (&error);
  g_assert_false (dw_secrets_store ("owner", "a test", "x", NULL, &error));
  g_assert_error (error, DW_SECRETS_ERROR, DW_SECRETS_ERROR_NO_KEYRING);
  g_clear_error (&error);
  g_assert_false (dw_secrets_clear ("owner", NULL, &error));
  g_assert_error (error, DW_SECRETS_ERROR, DW_SECRETS_ERROR_NO_KEYRING);
}

static void
run_without_keyring (const char *address)
{
  if (g_test_subprocess ())
    {
      assert_no_keyring ();
      return;
    }

  g_autofree char *own = g_strdup (g_getenv ("DBUS_SESSION_BUS_ADDRESS"));

  if (address != NULL)
    g_setenv ("DBUS_SESSION_BUS_ADDRESS", address, TRUE);
  else
    g_unsetenv ("DBUS_SESSION_BUS_ADDRESS");
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
  g_test_trap_assert_passed ();
  g_setenv ("DBUS_SESSION_BUS_ADDRESS", own, TRUE);
}

static void
test_no_bus (void)
{
  run_without_keyring (NULL);
}

static void
test_autolaunch (void)
{
  run_without_keyring ("autolaunch:");
}

static void
test_dead_bus (void)
{
  run_without_keyring ("unix:path=/nonexistent/bus");
}

/* GLib's own bus starts no services. It ends with the process: to be ended before it waits for
 * everybody to let go of their connection, which libsecret never does. */
static void
test_bare_bus (void)
{
  if (!g_test_subprocess ())
    {
      g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
      g_test_trap_assert_passed ();
      return;
    }

  static GTestDBus *bus;

  bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (bus);
  assert_no_keyring ();
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/secrets/each-owner-has-its-own-until-it-is-cleared", test_kept);
  g_test_add_func ("/secrets/an-owner-of-nothing-has-none", test_nothing);
  g_test_add_func ("/secrets/any-thread-may-ask", test_threads);
  g_test_add_func ("/secrets/a-cancel-ends-it", test_cancel);
  g_test_add_func ("/secrets/absent/a-cancel-ends-the-wait-for-a-silent-keyring", test_silent);
  g_test_add_func ("/secrets/absent/no-bus-means-no-keyring", test_no_bus);
  g_test_add_func ("/secrets/absent/no-bus-is-started", test_autolaunch);
  g_test_add_func ("/secrets/absent/a-dead-bus-means-no-keyring", test_dead_bus);
  g_test_add_func ("/secrets/absent/a-bus-without-a-keyring-means-no-keyring", test_bare_bus);
  g_test_add_func ("/secrets/last/a-locked-keyring-says-so", test_locked);

  return g_test_run ();
}

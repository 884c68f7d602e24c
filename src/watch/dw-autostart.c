/* dw-autostart.c: whether the program starts, without a window, when its user signs in
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Inside a flatpak the desktop's portal is asked, which asks the user and keeps the entry (XDG
 * Desktop Portal, org.freedesktop.portal.Background). Anywhere else the entry is a file of the
 * user's own (Desktop Application Autostart Specification).
 */

#include "config.h"

#include "watch/dw-autostart.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>

#define PORTAL_NAME "org.freedesktop.portal.Desktop"
#define PORTAL_PATH "/org/freedesktop/portal/desktop"
/* A person may think about it. */
#define ANSWER_LIMIT_S 120

/* Returns: whether a portal stands between this program and the desktop */
gboolean
dw_autostart_is_sandboxed (void)
{
  return g_file_test ("/.flatpak-info", G_FILE_TEST_EXISTS);
}

static char *
get_path (void)
{
  return g_build_filename (g_get_user_config_dir (), "autostart", DW_APPLICATION_ID ".desktop",
                           NULL);
}

/* Returns: whether there is an entry; of a sandbox nobody but the portal knows */
gboolean
dw_autostart_is_on (void)
{
  g_autofree char *path = get_path ();

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

/* As the Desktop Entry Specification wants an argument of Exec that may hold anything. */
static char *
quote_for_exec (const char *text)
{
  g_autoptr (GString) quoted = g_string_new ("\"");

  for (const char *c = text; *c != '\0'; c++)
    {
      if (strchr ("\"`$\\", *c) != NULL)
        g_string_append (quoted, "\\\\");
      if (*c == '%')
        g_string_append_c (quoted, '%');
      g_string_append_c (quoted, *c);
    }
  g_string_append_c (quoted, '"');

  return g_string_free (g_steal_pointer (&quoted), FALSE);
}

static gboolean
write_entry (GError **error)
{
  g_autofree char *path = get_path ();
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *program = g_file_read_link ("/proc/self/exe", error);

  if (program == NULL)
    return FALSE;

  g_autofree char *quoted = quote_for_exec (program);
  g_autofree char *text = g_strdup_printf ("[Desktop Entry]\n"
                                           "Type=Application\n"
                                           "Name=Docker Watcher\n"
                                           "Icon=%s\n"
                                           "Exec=%s --background\n"
                                           "X-GNOME-Autostart-enabled=true\n",
                                           DW_APPLICATION_ID, quoted);
  if (g_mkdir_with_parents (folder, 0700) != 0)
    {
      int code = errno;

      g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (code),
                   _ ("The folder %s cannot be made: %s"), folder, g_strerror (code));
      return FALSE;
    }

  return g_file_set_contents (path, text, -1, error);
}

static gboolean
remove_entry (GError **error)
{
  g_autofree char *path = get_path ();

  if (g_unlink (path) == 0 || errno == ENOENT)
    return TRUE;

  int code = errno;
  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (code),
               _ ("The file %s cannot be removed: %s"), path, g_strerror (code));
  return FALSE;
}

/* What the portal answers, in a signal of its own. */
typedef struct
{
  gboolean is_done;
  guint response;
  gboolean is_autostarted;
} Answer;

static void
on_response (GDBusConnection *bus,
             const char *sender,
             const char *path,
             const char *interface,
             const char *signal,
             GVariant *parameters,
             gpointer user_data)
{
  Answer *answer = user_data;
  g_autoptr (GVariant) results = NULL;

  answer->is_done = TRUE;
  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(ua{sv})")))
    return;
  g_variant_get (parameters, "(u@a{sv})", &answer->response, &results);
  g_variant_lookup (results, "autostart", "b", &answer->is_autostarted);
}

static gboolean
on_late (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;

  return G_SOURCE_REMOVE;
}

static void
wait_for_answer (Answer *answer, GMainContext *context, GCancellable *cancellable)
{
  g_autoptr (GSource) limit = g_timeout_source_new_seconds (ANSWER_LIMIT_S);
  g_autoptr (GSource) cancelled = g_cancellable_source_new (cancellable);
  gboolean is_late = FALSE;

  g_source_set_callback (limit, on_late, &is_late, NULL);
  g_source_attach (limit, context);
  g_source_set_callback (cancelled, G_SOURCE_FUNC (on_late), &is_late, NULL);
  while (!answer->is_done && !is_late && !g_cancellable_is_cancelled (cancellable))
    g_main_context_iteration (context, TRUE);
  g_source_destroy (limit);
}

static gboolean
ask_portal (gboolean is_on, GCancellable *cancellable, GError **error)
{
  static const char *const command[] = { "docker-watcher", "--background", NULL };
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GDBusConnection) bus = NULL;
  g_autofree char *token = g_strdup_printf ("dw%u", g_random_int ());
  GVariantBuilder options;
  Answer answer = { .response = 2 };

  g_main_context_push_thread_default (context);
  bus = g_bus_get_sync (G_BUS_TYPE_SESSION, cancellable, error);
  if (bus != NULL)
    {
      g_autofree char *sender = g_strdup (g_dbus_connection_get_unique_name (bus) + 1);
      g_autofree char *path = NULL;
      g_autoptr (GVariant) handle = NULL;

      g_strdelimit (sender, ".", '_');
      path = g_strdup_printf ("/org/freedesktop/portal/desktop/request/%s/%s", sender, token);
      guint subscription = g_dbus_connection_signal_subscribe (
          bus, PORTAL_NAME, "org.freedesktop.portal.Request", "Response", path, NULL,
          G_DBUS_SIGNAL_FLAGS_NO_MATCH_RULE, on_response, &answer, NULL);

      g_variant_builder_init (&options, G_VARIANT_TYPE_VARDICT);
      g_variant_builder_add (&options, "{sv}", "handle_token", g_variant_new_string (token));
      g_variant_builder_add (
          &options, "{sv}", "reason",
          g_variant_new_string (_ ("Docker Watcher looks for new versions, and deploys them.")));
      g_variant_builder_add (&options, "{sv}", "autostart", g_variant_new_boolean (is_on));
      g_variant_builder_add (&options, "{sv}", "commandline", g_variant_new_strv (command, -1));
      handle = g_dbus_connection_call_sync (
          bus, PORTAL_NAME, PORTAL_PATH, "org.freedesktop.portal.Background", "RequestBackground",
          g_variant_new ("(sa{sv})", "", &options), G_VARIANT_TYPE ("(o)"), G_DBUS_CALL_FLAGS_NONE,
          -1, cancellable, error);
      if (handle != NULL)
        wait_for_answer (&answer, context, cancellable);
      g_dbus_connection_signal_unsubscribe (bus, subscription);
      if (handle != NULL && (answer.response != 0 || answer.is_autostarted != is_on))
        g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED,
                             _ ("The desktop does not let Docker Watcher start at login; allow it "
                                "in its settings, under Apps"));
    }
  g_main_context_pop_thread_default (context);

  return answer.response == 0 && answer.is_autostarted == is_on;
}

/**
 * dw_autostart_set:
 * @is_on: whether to start at login from now on
 * @cancellable: (nullable): ends the waiting for a person
 * @error: a G_FILE_ERROR or G_IO_ERROR
 *
 * Blocks, in a sandbox as long as the desktop asks its user; not on the main thread.
 *
 * Returns: whether it is so
 */
gboolean
dw_autostart_set (gboolean is_on, GCancellable *cancellable, GError **error)
{
  if (dw_autostart_is_sandboxed ())
    return ask_portal (is_on, cancellable, error);

  return is_on ? write_entry (error) : remove_entry (error);
}

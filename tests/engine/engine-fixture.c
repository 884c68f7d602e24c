/* engine-fixture.c: what the tests against a real engine share
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The program fixtures/with-engine runs each test program beside an engine and two registries of
 * its own. Nothing here waits for a fixed time: what must happen is waited for, and the build's
 * time limit ends a test for which it never does.
 */

#include "config.h"

#include "engine-fixture.h"

#include <gio/gunixsocketaddress.h>
#include <libsoup/soup.h>
#include <stdarg.h>
#include <string.h>

static const char *
get_variable (const char *name)
{
  const char *value = g_getenv (name);

  if (value == NULL)
    g_error ("%s is not set: run this program with fixtures/with-engine", name);

  return value;
}

gboolean
fixture_is_podman (void)
{
  return g_str_equal (get_variable ("DW_TEST_ENGINE"), "podman");
}

DwEngine *
fixture_new_engine (void)
{
  return dw_engine_new (get_variable ("DOCKER_HOST"));
}

/* The reference of an image in the open registry. */
char *
fixture_image (const char *name)
{
  return g_strdup_printf ("%s/%s", get_variable ("DW_TEST_REGISTRY"), name);
}

static char *
make_image (const char *reference, va_list options)
{
  g_autoptr (GPtrArray) arguments = g_ptr_array_new ();
  g_autofree char *program = g_test_build_filename (G_TEST_DIST, "fixtures", "make-image", NULL);
  g_autofree char *output = NULL;
  g_autoptr (GError) error = NULL;
  int status;

  g_ptr_array_add (arguments, program);
  g_ptr_array_add (arguments, (char *) reference);
  for (const char *option = va_arg (options, const char *); option != NULL;
       option = va_arg (options, const char *))
    g_ptr_array_add (arguments, (char *) option);
  g_ptr_array_add (arguments, NULL);

  g_spawn_sync (NULL, (char **) arguments->pdata, NULL, 0, NULL, NULL, &output, NULL, &status,
                &error);
  g_assert_no_error (error);
  g_spawn_check_wait_status (status, &error);
  g_assert_no_error (error);

  const char *digest = strrchr (g_strchomp (output), '\n');
  g_assert_nonnull (digest);
  return g_strdup (digest + 1);
}

/* Pushes an image with make-image's options; the digest. */
char *
fixture_make_image (const char *reference, ...)
{
  va_list options;

  va_start (options, reference);
  char *digest = make_image (reference, options);
  va_end (options);

  return digest;
}

/* Makes an image in the open registry, and has the engine pull it; the reference. */
char *
fixture_pull_image (DwEngine *engine, const char *name, ...)
{
  char *reference = fixture_image (name);
  g_autoptr (GError) error = NULL;
  va_list options;

  va_start (options, name);
  g_autofree char *digest = make_image (reference, options);
  va_end (options);
  g_assert_nonnull (digest);

  dw_engine_pull_image (engine, reference, NULL, NULL, NULL, NULL, &error);
  g_assert_no_error (error);

  return reference;
}

GStrv
fixture_strv (const char *first, ...)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  va_list strings;

  va_start (strings, first);
  for (const char *string = first; string != NULL; string = va_arg (strings, const char *))
    g_strv_builder_add (builder, string);
  va_end (strings);

  return g_strv_builder_end (builder);
}

/* @script: (nullable): what the shell runs instead of the image's command. */
DwContainerSpec *
fixture_new_spec (const char *name, const char *image, const char *script)
{
  DwContainerSpec *spec = dw_container_spec_new (name, image);

  if (script != NULL)
    spec->command = fixture_strv ("sh", "-c", script, NULL);

  return spec;
}

char *
fixture_create (DwEngine *engine, DwContainerSpec *spec)
{
  g_autoptr (GError) error = NULL;
  char *id = dw_engine_create_container (engine, spec, NULL, &error);

  g_assert_no_error (error);
  g_assert_nonnull (id);

  return id;
}

/* Creates and starts. */
char *
fixture_run (DwEngine *engine, DwContainerSpec *spec)
{
  char *id = fixture_create (engine, spec);
  g_autoptr (GError) error = NULL;

  dw_engine_start_container (engine, id, NULL, &error);
  g_assert_no_error (error);

  return id;
}

/* The exit code, once it has ended. */
gint64
fixture_wait (DwEngine *engine, const char *id)
{
  g_autoptr (GError) error = NULL;
  gint64 exit_code = -1;

  dw_engine_wait_container (engine, id, &exit_code, NULL, &error);
  g_assert_no_error (error);

  return exit_code;
}

static gboolean
append_line (const char *line, gboolean is_stderr, gpointer user_data)
{
  g_string_append_printf (user_data, "%s\n", line);
  return TRUE;
}

/* What it has said so far, both streams. */
char *
fixture_read_all_logs (DwEngine *engine, const char *id)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  dw_engine_read_logs (engine, id, 0, FALSE, append_line, text, NULL, &error);
  g_assert_no_error (error);

  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* The body, once the port answers. */
char *
fixture_http_get (guint16 port, const char *path)
{
  g_autoptr (SoupSession) session = soup_session_new ();
  g_autofree char *url = g_strdup_printf ("http://127.0.0.1:%u%s", port, path);

  for (;;)
    {
      g_autoptr (SoupMessage) message = soup_message_new ("GET", url);
      g_autoptr (GBytes) body = soup_session_send_and_read (session, message, NULL, NULL);

      if (body != NULL && soup_message_get_status (message) == SOUP_STATUS_OK)
        return g_strndup (g_bytes_get_data (body, NULL), g_bytes_get_size (body));
      g_usleep (20 * 1000);
    }
}

/* Creates a container as the program never does, such as one with a terminal; the id. */
char *
fixture_create_raw (const char *json)
{
  const char *path = get_variable ("DOCKER_HOST") + strlen ("unix://");
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (path);
  g_autoptr (SoupSession)
      session = soup_session_new_with_options ("remote-connectable", address, NULL);
  g_autoptr (SoupMessage) message = soup_message_new ("POST", "http://engine/containers/create");
  g_autoptr (GBytes) body = g_bytes_new (json, strlen (json));
  g_autoptr (GError) error = NULL;

  soup_message_set_request_body_from_bytes (message, "application/json", body);
  g_autoptr (GBytes) answer = soup_session_send_and_read (session, message, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (soup_message_get_status (message), ==, SOUP_STATUS_CREATED);

  g_autofree char *text = g_strndup (g_bytes_get_data (answer, NULL), g_bytes_get_size (answer));
  const char *id = strstr (text, "\"Id\":\"");
  g_assert_nonnull (id);
  return g_strndup (id + strlen ("\"Id\":\""), 64);
}

/* Listens on a free loopback port; the port. */
guint16
fixture_take_port (GSocket **socket)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new_from_string ("127.0.0.1", 0);

  *socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP,
                          &error);
  g_assert_no_error (error);
  g_socket_bind (*socket, any, TRUE, &error);
  g_assert_no_error (error);
  g_socket_listen (*socket, &error);
  g_assert_no_error (error);

  g_autoptr (GSocketAddress) bound = g_socket_get_local_address (*socket, &error);
  g_assert_no_error (error);
  return g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
}

static gpointer
run_call (gpointer user_data)
{
  FixtureCall *call = user_data;
  gboolean succeeded = call->function (call, &call->error);

  g_mutex_lock (&call->lock);
  call->succeeded = succeeded;
  call->is_done = TRUE;
  g_cond_broadcast (&call->changed);
  g_mutex_unlock (&call->lock);

  return NULL;
}

FixtureCall *
fixture_call_new (DwEngine *engine, const char *target, FixtureCallFunc function)
{
  FixtureCall *call = g_new0 (FixtureCall, 1);

  call->engine = g_object_ref (engine);
  call->target = target;
  call->function = function;
  call->cancellable = g_cancellable_new ();
  call->lines = g_ptr_array_new_with_free_func (g_free);
  g_mutex_init (&call->lock);
  g_cond_init (&call->changed);
  call->thread = g_thread_new ("call", run_call, call);

  return call;
}

/* In the call's thread. */
void
fixture_call_tell (FixtureCall *call, const char *line)
{
  g_mutex_lock (&call->lock);
  g_ptr_array_add (call->lines, g_strdup (line));
  g_cond_broadcast (&call->changed);
  g_mutex_unlock (&call->lock);
}

/* Waits until the call was told so much; fails when it ends before that. */
void
fixture_call_await_lines (FixtureCall *call, guint n_lines)
{
  g_mutex_lock (&call->lock);
  while (call->lines->len < n_lines && !call->is_done)
    g_cond_wait (&call->changed, &call->lock);
  guint n_told = call->lines->len;
  g_mutex_unlock (&call->lock);

  g_assert_cmpuint (n_told, >=, n_lines);
}

void
fixture_call_join (FixtureCall *call)
{
  if (call->thread != NULL)
    g_thread_join (g_steal_pointer (&call->thread));
}

/* The call must still be under way, and must end with G_IO_ERROR_CANCELLED. */
void
fixture_call_cancel_and_check (FixtureCall *call)
{
  g_mutex_lock (&call->lock);
  g_assert_false (call->is_done);
  g_mutex_unlock (&call->lock);

  g_cancellable_cancel (call->cancellable);
  fixture_call_join (call);
  g_assert_error (call->error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_false (call->succeeded);
}

void
fixture_call_free (FixtureCall *call)
{
  g_cancellable_cancel (call->cancellable);
  fixture_call_join (call);
  g_clear_object (&call->cancellable);
  g_clear_object (&call->engine);
  g_clear_error (&call->error);
  g_ptr_array_unref (call->lines);
  g_mutex_clear (&call->lock);
  g_cond_clear (&call->changed);
  g_free (call);
}

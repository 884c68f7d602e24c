/* test-registries.c: the store's registries with their credentials
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * To be run by with-keyring.
 */

#include "config.h"

#include <glib/gstdio.h>

#include "deploy/dw-registries.h"

typedef struct
{
  char *directory;
  DwStore *store;
  DwRegistries *registries;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  self->directory = g_dir_make_tmp ("dw-test.XXXXXX", &error);
  g_assert_no_error (error);
  g_autofree char *path = g_build_filename (self->directory, "test.db", NULL);
  self->store = dw_store_open (path, &error);
  g_assert_no_error (error);
  self->registries = dw_registries_new (self->store);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_autofree char *path = g_build_filename (self->directory, "test.db", NULL);

  g_clear_object (&self->registries);
  g_assert_finalize_object (g_steal_pointer (&self->store));
  g_assert_cmpint (g_unlink (path), ==, 0);
  g_assert_cmpint (g_rmdir (self->directory), ==, 0);
  g_free (self->directory);
}

static DwRegistry *
add_registry (Fixture *self, const char *url, const char *username)
{
  g_autoptr (GError) error = NULL;
  DwRegistry *registry = g_object_new (DW_TYPE_REGISTRY, "name", "hub", "url", url, "username",
                                       username, NULL);

  dw_store_create (self->store, DW_ENTITY (registry), &error);
  g_assert_no_error (error);

  return registry;
}

static char *
get_auth (Fixture *self, DwRegistry *registry, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DwImageReference) image = dw_image_reference_parse (text, &error);
  char *auth = NULL;

  g_assert_no_error (error);
  dw_registries_get_engine_auth (self->registries, dw_entity_get_id (DW_ENTITY (registry)), image,
                                 &auth, NULL, NULL, &error);
  g_assert_no_error (error);

  return auth;
}

static void
test_password_stays_with_its_registry (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DwRegistry) registry = add_registry (self, "https://registry.example.com", "alice");

  dw_registries_set_password (self->registries, registry, "wonderland", NULL, &error);
  g_assert_no_error (error);

  g_autofree char *own = get_auth (self, registry, "registry.example.com/shop");
  g_autofree char *foreign = get_auth (self, registry, "elsewhere.example.com/shop");
  g_assert_nonnull (own);
  g_assert_null (foreign);

  dw_registries_remove (self->registries, dw_entity_get_id (DW_ENTITY (registry)), NULL, &error);
  g_assert_no_error (error);
}

typedef struct
{
  DwStore *store;
  GSocketListener *listener;
} Server;

/* A registry that hangs up, while a person edits its row. */
static gpointer
edit_and_hang_up (gpointer user_data)
{
  Server *server = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketConnection)
      connection = g_socket_listener_accept (server->listener, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (connection);
  g_autoptr (DwRegistry) registry = dw_store_find_registry (server->store, "hub", &error);
  g_assert_no_error (error);

  g_object_set (registry, "schedule", "@every 1h", NULL);
  dw_store_update (server->store, DW_ENTITY (registry), &error);
  g_assert_no_error (error);
  g_socket_listener_close (server->listener);

  return NULL;
}

static void
test_check_keeps_what_was_edited (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  guint16 port = g_socket_listener_add_any_inet_port (listener, NULL, &error);
  g_assert_no_error (error);
  g_autofree char *url = g_strdup_printf ("http://127.0.0.1:%u", port);
  g_autoptr (DwRegistry) registry = add_registry (self, url, NULL);
  const char *id = dw_entity_get_id (DW_ENTITY (registry));
  Server server = { self->store, listener };

  GThread *thread = g_thread_new ("registry", edit_and_hang_up, &server);
  g_assert_false (dw_registries_test (self->registries, id, NULL, &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  g_thread_join (thread);

  g_autoptr (DwRegistry) now = dw_store_get (self->store, DW_TYPE_REGISTRY, id, &error);
  g_assert_no_error (error);
  g_assert_nonnull (dw_registry_get_last_error (now));
  g_assert_cmpstr (dw_registry_get_schedule (now), ==, "@every 1h");
}

#define ADD(name, function)                                                                        \
  g_test_add ("/registries/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("a-password-goes-to-its-own-registry-alone", test_password_stays_with_its_registry);
  ADD ("a-check-keeps-what-was-edited-meanwhile", test_check_keeps_what_was_edited);

  return g_test_run ();
}

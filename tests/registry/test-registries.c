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

static DwPasswordPlace
find_password (Fixture *self, DwRegistry *registry)
{
  g_autoptr (GError) error = NULL;
  DwPasswordPlace place = DW_PASSWORD_NO_KEYRING;

  dw_registries_find_password (self->registries, dw_entity_get_id (DW_ENTITY (registry)), &place,
                               NULL, &error);
  g_assert_no_error (error);

  return place;
}

static void
save (Fixture *self, DwRegistry *registry, const char *password)
{
  g_autoptr (GError) error = NULL;

  dw_registries_save (self->registries, registry, password, NULL, &error);
  g_assert_no_error (error);
}

static void
test_save_keeps_row_and_password (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DwRegistry) registry = g_object_new (
      DW_TYPE_REGISTRY, "name", "hub", "url", "https://r.example.com", "username", "alice", NULL);

  save (self, registry, "wonderland");
  g_assert_cmpint (find_password (self, registry), ==, DW_PASSWORD_KEYRING);

  dw_store_set_registry_checked (self->store, dw_entity_get_id (DW_ENTITY (registry)),
                                 "it is closed", &error);
  g_assert_no_error (error);
  g_object_set (registry, "name", "the hub", NULL);
  save (self, registry, NULL);
  g_autoptr (DwRegistry) renamed = dw_store_find_registry (self->store, "the hub", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (dw_registry_get_last_error (renamed), ==, "it is closed");
  g_assert_cmpint (find_password (self, registry), ==, DW_PASSWORD_KEYRING);

  g_object_set (registry, "url", "https://other.example.com", NULL);
  save (self, registry, "");
  g_autoptr (DwRegistry) moved = dw_store_find_registry (self->store, "the hub", &error);
  g_assert_no_error (error);
  g_assert_null (dw_registry_get_last_error (moved));
  g_assert_cmpint (find_password (self, registry), ==, DW_PASSWORD_NOWHERE);
}

static void
test_refused_name_changes_nothing (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DwRegistry) first = add_registry (self, "https://r.example.com", NULL);
  g_autoptr (DwRegistry) second = g_object_new (DW_TYPE_REGISTRY, "name", "hub", "url",
                                                "https://s.example.com", "username", "alice", NULL);

  g_assert_false (dw_registries_save (self->registries, second, "wonderland", NULL, &error));
  g_assert_error (error, DW_STORE_ERROR, DW_STORE_ERROR_EXISTS);
  g_autoptr (GPtrArray) all = dw_store_list (self->store, DW_TYPE_REGISTRY, NULL);
  g_assert_cmpuint (all->len, ==, 1);
  g_assert_cmpstr (dw_entity_get_id (all->pdata[0]), ==, dw_entity_get_id (DW_ENTITY (first)));
}

static void
test_removal_is_undone (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DwRegistry) registry = add_registry (self, "https://r.example.com", NULL);
  g_autoptr (DwProject)
      project = g_object_new (DW_TYPE_PROJECT, "name", "shop", "image", "r.example.com/shop",
                              "registry-id", dw_entity_get_id (DW_ENTITY (registry)), NULL);

  dw_store_create (self->store, DW_ENTITY (project), &error);
  g_assert_no_error (error);
  dw_registries_remove (self->registries, dw_entity_get_id (DW_ENTITY (registry)), NULL, &error);
  g_assert_no_error (error);

  const char *const ids[] = { dw_entity_get_id (DW_ENTITY (project)), "nobody", NULL };
  dw_registries_restore (self->registries, registry, ids, &error);
  g_assert_no_error (error);

  g_autoptr (DwRegistry) again = dw_store_find_registry (self->store, "hub", &error);
  g_assert_no_error (error);
  g_autoptr (DwProject) now = dw_store_get (self->store, DW_TYPE_PROJECT, ids[0], &error);
  g_assert_no_error (error);
  g_assert_cmpstr (dw_project_get_registry_id (now), ==, dw_entity_get_id (DW_ENTITY (again)));
}

static void
test_nothing_listens_at_a_registry_that_is_tried (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *username = NULL;
  g_autoptr (DwRegistry)
      registry = g_object_new (DW_TYPE_REGISTRY, "name", "hub", "url", "http://127.0.0.1:9", NULL);

  g_assert_false (dw_registries_try (self->registries, registry, "x", &username, NULL, &error));
  g_assert_nonnull (error);
  g_assert_null (username);
  g_autoptr (GPtrArray) all = dw_store_list (self->store, DW_TYPE_REGISTRY, NULL);
  g_assert_cmpuint (all->len, ==, 0);
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
      connection G_GNUC_UNUSED = g_socket_listener_accept (server->listener, NULL, NULL, &error);
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
  ADD ("a-row-and-its-password-are-saved-together", test_save_keeps_row_and_password);
  ADD ("a-name-that-is-taken-adds-nothing", test_refused_name_changes_nothing);
  ADD ("a-removal-is-undone-for-its-projects-too", test_removal_is_undone);
  ADD ("what-is-tried-is-not-kept", test_nothing_listens_at_a_registry_that_is_tried);
  ADD ("a-check-keeps-what-was-edited-meanwhile", test_check_keeps_what_was_edited);

  return g_test_run ();
}

/* dw-engine-images.c: images of an engine
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Specification: Docker Engine API, “Images”.
 */

#include "config.h"

#include <string.h>

#include <glib/gi18n-lib.h>
#include <libsoup/soup.h>

#include "engine/dw-engine-private.h"
#include "engine/dw-pull-parser.h"
#include "model/dw-image-reference.h"
#include "model/dw-json.h"

#define READ_SIZE (16 * 1024)
/* Well below what a server takes for all headers. */
#define MAXIMUM_AUTH_LENGTH 16384

static char *
make_path (const char *reference, const char *rest, GError **error)
{
  if (!dw_engine_check_name (reference, error))
    return NULL;

  /* A repository's slashes are part of the path, other characters are not. */
  g_autofree char *escaped = g_uri_escape_string (reference, "/:@", FALSE);
  return g_strconcat ("/images/", escaped, rest, NULL);
}

static DwImageReference *
parse_reference (const char *text, GError **error)
{
  g_autoptr (GError) problem = NULL;
  DwImageReference *reference = dw_image_reference_parse (text, &problem);

  if (reference == NULL)
    g_set_error_literal (error, DW_ENGINE_ERROR, DW_ENGINE_ERROR_INVALID, problem->message);

  return reference;
}

/* base64url, with or without padding: nothing that could end a header. */
static gboolean
check_auth (const char *auth, GError **error)
{
  gsize length = strlen (auth);

  if (length <= MAXIMUM_AUTH_LENGTH &&
      strspn (auth, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "-_+/=") == length)
    return TRUE;

  g_set_error_literal (error, DW_ENGINE_ERROR, DW_ENGINE_ERROR_INVALID,
                       _ ("The registry's credentials cannot be given to the engine: they are not "
                          "base64url, or too long"));
  return FALSE;
}

/* Without a tag the engine would pull all of them. */
static char *
make_pull_path (DwImageReference *reference)
{
  g_autofree char *repository = dw_image_reference_get_repository (reference);
  const char *tag = dw_image_reference_get_digest (reference);

  if (tag == NULL)
    tag = dw_image_reference_get_tag (reference);
  if (tag == NULL)
    tag = "latest";

  g_autofree char *query = soup_form_encode ("fromImage", repository, "tag", tag, NULL);
  return g_strconcat ("/images/create?", query, NULL);
}

static gboolean
pull (DwEngine *self,
      const DwEngineRequest *request,
      DwPullFunc progress,
      gpointer user_data,
      GCancellable *cancellable,
      GError **error)
{
  g_autoptr (DwEngineAnswer) answer = dw_engine_connection_open (dw_engine_get_connection (self),
                                                                 request, cancellable, error);
  if (answer == NULL)
    return FALSE;

  g_autoptr (DwPullParser) parser = dw_pull_parser_new (
      dw_engine_get_address (self), dw_engine_answer_is_podman (answer), progress, user_data);
  g_autofree char *buffer = g_malloc (READ_SIZE);
  gssize n;
  while ((n = dw_engine_answer_read (answer, buffer, READ_SIZE, cancellable, error)) > 0)
    if (!dw_pull_parser_feed (parser, buffer, (gsize) n, error))
      return FALSE;

  return n == 0 && dw_pull_parser_finish (parser, error);
}

/**
 * dw_engine_pull_image:
 * @self: an engine
 * @reference: a reference by tag or by digest; by neither is latest
 * @auth: (nullable): the value of X-Registry-Auth, or %NULL for none
 * @progress: (nullable): told of every step, in this thread
 * @user_data: for @progress
 * @cancellable: (nullable): ends the pull at once
 * @error: DW_ENGINE_ERROR_NOT_FOUND when the registry has no such image, _UNAUTHORIZED when it
 *   refuses the credentials, _UNREACHABLE when the pull was cut off, any other DW_ENGINE_ERROR, or
 *   G_IO_ERROR_CANCELLED
 *
 * Pulls an image from its registry. Blocks; not on the main thread. Docker Engine API,
 * “ImageCreate”.
 *
 * Returns: whether the engine has the image, whole
 */
gboolean
dw_engine_pull_image (DwEngine *self,
                      const char *reference,
                      const char *auth,
                      DwPullFunc progress,
                      gpointer user_data,
                      GCancellable *cancellable,
                      GError **error)
{
  g_return_val_if_fail (DW_IS_ENGINE (self), FALSE);
  g_return_val_if_fail (reference != NULL, FALSE);

  g_autoptr (DwImageReference) parsed = parse_reference (reference, error);
  if (parsed == NULL || (auth != NULL && !check_auth (auth, error)))
    return FALSE;

  g_autofree char *path = make_pull_path (parsed);
  const DwEngineRequest request = {
    .method = "POST",
    .path = path,
    .auth = auth,
    .patience = DW_ENGINE_PATIENCE_ENDLESS,
    .is_pull = TRUE,
  };
  if (pull (self, &request, progress, user_data, cancellable, error))
    return TRUE;

  /* Not every engine says what it could not pull. */
  if (error != NULL && (*error)->domain == DW_ENGINE_ERROR)
    g_prefix_error (error, _ ("%s cannot be pulled: "), reference);
  return FALSE;
}

static int
compare_ports (gconstpointer a, gconstpointer b)
{
  return (int) *(const guint16 *) a - (int) *(const guint16 *) b;
}

/* { "8080/tcp": {} } */
static GArray *
parse_exposed_ports (JsonObject *map)
{
  GArray *ports = g_array_new (FALSE, FALSE, sizeof (guint16));
  JsonObjectIter iter;
  const char *key;

  if (map == NULL)
    return ports;

  json_object_iter_init (&iter, map);
  while (json_object_iter_next (&iter, &key, NULL))
    {
      g_auto (GStrv) parts = g_strsplit (key, "/", 2);
      guint64 number = 0;

      if (parts[0] != NULL && (parts[1] == NULL || g_str_equal (parts[1], "tcp")) &&
          g_ascii_string_to_unsigned (parts[0], 10, 1, G_MAXUINT16, &number, NULL))
        {
          guint16 port = (guint16) number;

          g_array_append_val (ports, port);
        }
    }
  g_array_sort (ports, compare_ports);

  return ports;
}

/* ["NONE"] is a health check that the image switches off. */
static gboolean
has_health_check (JsonObject *config)
{
  g_auto (GStrv) test = dw_json_dup_strings (dw_json_get_object (config, "Healthcheck"), "Test");

  return test[0] != NULL && *test[0] != '\0' && !g_str_equal (test[0], "NONE");
}

/* Lists without what engines write for an image that has no name. */
static GStrv
dup_names (JsonObject *object, const char *name)
{
  g_auto (GStrv) all = dw_json_dup_strings (object, name);
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();

  for (guint i = 0; all[i] != NULL; i++)
    if (!g_str_has_prefix (all[i], "<none>"))
      g_strv_builder_add (names, all[i]);

  return g_strv_builder_end (names);
}

/* A listing has no more than names and size; the rest is empty then. */
static DwImage *
parse_image (JsonObject *object)
{
  DwImage *image = g_new0 (DwImage, 1);
  JsonObject *config = dw_json_get_object (object, "Config");
  const char *stop_signal = dw_json_get_string (config, "StopSignal");

  image->id = dw_json_dup_string (object, "Id");
  image->repo_tags = dup_names (object, "RepoTags");
  image->repo_digests = dup_names (object, "RepoDigests");
  image->architecture = dw_json_dup_string (object, "Architecture");
  image->os = dw_json_dup_string (object, "Os");
  image->size_bytes = MAX (dw_json_get_int (object, "Size", 0), 0);
  image->exposed_ports = parse_exposed_ports (dw_json_get_object (config, "ExposedPorts"));
  image->has_health_check = has_health_check (config);
  image->stop_signal = stop_signal != NULL && *stop_signal != '\0' ? g_strdup (stop_signal) : NULL;
  image->environment = dw_json_dup_strings (config, "Env");
  image->command = dw_json_dup_strings (config, "Cmd");
  image->entrypoint = dw_json_dup_strings (config, "Entrypoint");
  image->health_test = dw_json_dup_strings (dw_json_get_object (config, "Healthcheck"), "Test");
  image->labels = dw_json_dup_table (config, "Labels");

  return image;
}

/**
 * dw_engine_inspect_image:
 * @self: an engine
 * @reference: a reference or an image id
 * @cancellable: (nullable): ends the waiting at once
 * @error: DW_ENGINE_ERROR_NOT_FOUND when the engine does not have it, any other DW_ENGINE_ERROR, or
 *   G_IO_ERROR_CANCELLED
 *
 * Blocks; not on the main thread. Docker Engine API, “ImageInspect”.
 *
 * Returns: (transfer full) (nullable): the image
 */
DwImage *
dw_engine_inspect_image (DwEngine *self,
                         const char *reference,
                         GCancellable *cancellable,
                         GError **error)
{
  g_return_val_if_fail (DW_IS_ENGINE (self), NULL);
  g_return_val_if_fail (reference != NULL, NULL);

  g_autofree char *path = make_path (reference, "/json", error);
  const DwEngineRequest request = { .method = "GET", .path = path };
  g_autoptr (JsonNode)
      root = path != NULL ? dw_engine_connection_ask (dw_engine_get_connection (self), &request,
                                                      JSON_NODE_OBJECT, cancellable, error)
                          : NULL;

  return root != NULL ? parse_image (json_node_get_object (root)) : NULL;
}

/**
 * dw_engine_list_images:
 * @self: an engine
 * @cancellable: (nullable): ends the waiting at once
 * @error: a DW_ENGINE_ERROR or G_IO_ERROR_CANCELLED
 *
 * Blocks; not on the main thread. Docker Engine API, “ImageList”.
 *
 * Returns: (transfer full) (element-type DwImage) (nullable): the images, of which only the id, the
 *   names and the size are known
 */
GPtrArray *
dw_engine_list_images (DwEngine *self, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (DW_IS_ENGINE (self), NULL);

  const DwEngineRequest request = { .method = "GET", .path = "/images/json" };
  g_autoptr (JsonNode) root = dw_engine_connection_ask (dw_engine_get_connection (self), &request,
                                                        JSON_NODE_ARRAY, cancellable, error);
  if (root == NULL)
    return NULL;

  JsonArray *array = json_node_get_array (root);
  GPtrArray *images = g_ptr_array_new_with_free_func ((GDestroyNotify) dw_image_free);
  for (guint i = 0; i < json_array_get_length (array); i++)
    g_ptr_array_add (images, parse_image (dw_json_array_get_object (array, i)));

  return images;
}

/**
 * dw_engine_tag_image:
 * @self: an engine
 * @reference: a reference or an image id
 * @target: the name that it is to have, too; without a tag latest
 * @cancellable: (nullable): ends the waiting at once
 * @error: DW_ENGINE_ERROR_NOT_FOUND, any other DW_ENGINE_ERROR, or G_IO_ERROR_CANCELLED
 *
 * Blocks; not on the main thread. Docker Engine API, “ImageTag”.
 *
 * Returns: whether it has that name
 */
gboolean
dw_engine_tag_image (DwEngine *self,
                     const char *reference,
                     const char *target,
                     GCancellable *cancellable,
                     GError **error)
{
  g_return_val_if_fail (DW_IS_ENGINE (self), FALSE);
  g_return_val_if_fail (reference != NULL, FALSE);
  g_return_val_if_fail (target != NULL, FALSE);

  g_autoptr (DwImageReference) parsed = parse_reference (target, error);
  if (parsed == NULL)
    return FALSE;

  const char *tag = dw_image_reference_get_tag (parsed);
  g_autofree char *repository = dw_image_reference_get_repository (parsed);
  g_autofree char *query = soup_form_encode ("repo", repository, "tag",
                                             tag != NULL ? tag : "latest", NULL);
  g_autofree char *rest = g_strconcat ("/tag?", query, NULL);
  g_autofree char *path = make_path (reference, rest, error);
  const DwEngineRequest request = { .method = "POST", .path = path };

  return path != NULL &&
         dw_engine_connection_call (dw_engine_get_connection (self), &request, cancellable, error);
}

/**
 * dw_engine_remove_image:
 * @self: an engine
 * @reference: a reference or an image id
 * @cancellable: (nullable): ends the waiting at once
 * @error: DW_ENGINE_ERROR_NOT_FOUND, _CONFLICT when a container uses it, any other DW_ENGINE_ERROR,
 *   or G_IO_ERROR_CANCELLED
 *
 * Takes the name away, and the image with its last name. Blocks; not on the main thread. Docker
 * Engine API, “ImageDelete”.
 *
 * Returns: whether it is gone
 */
gboolean
dw_engine_remove_image (DwEngine *self,
                        const char *reference,
                        GCancellable *cancellable,
                        GError **error)
{
  g_return_val_if_fail (DW_IS_ENGINE (self), FALSE);
  g_return_val_if_fail (reference != NULL, FALSE);

  g_autofree char *path = make_path (reference, "", error);
  const DwEngineRequest request = { .method = "DELETE", .path = path };

  return path != NULL &&
         dw_engine_connection_call (dw_engine_get_connection (self), &request, cancellable, error);
}

/* Frees @image with all that it holds. */
void
dw_image_free (DwImage *image)
{
  g_free (image->id);
  g_strfreev (image->repo_tags);
  g_strfreev (image->repo_digests);
  g_free (image->architecture);
  g_free (image->os);
  g_array_unref (image->exposed_ports);
  g_free (image->stop_signal);
  g_strfreev (image->environment);
  g_strfreev (image->command);
  g_strfreev (image->entrypoint);
  g_strfreev (image->health_test);
  g_hash_table_unref (image->labels);
  g_free (image);
}

/* dw-pull-parser.c: the progress and the end of a pull
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A pull is answered with one JSON object a line: a status with the layer it is about, an error, or
 * the last word. A stream that ends without an error and without the last word was cut off.
 * Specification: Docker Engine API, “ImageCreate”.
 */

#include "config.h"

#include "engine/dw-pull-parser.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "engine/dw-engine-fault.h"
#include "engine/dw-line-splitter.h"
#include "model/dw-json.h"

#define MAXIMUM_LINE (1024 * 1024)
/* Images have at most 127 layers; the engine may name a few more things in the same way. */
#define MAXIMUM_LAYERS 1000
/* So that no sum of them overflows. */
#define MAXIMUM_LAYER_SIZE ((gint64) 1 << 50)

typedef struct
{
  gint64 done;
  gint64 total;
} Layer;

struct _DwPullParser
{
  char *address;
  gboolean is_podman;
  DwPullFunc progress; /* nullable */
  gpointer user_data;
  DwLineSplitter *splitter;

  GHashTable *layers; /* of char * to Layer */
  gint64 done;
  gint64 total;
  gboolean has_last_word;
  GError *problem;
};

static gboolean
set_malformed (DwPullParser *self, const char *line, gsize length)
{
  g_autofree char *excerpt = dw_engine_fault_make_excerpt (line, length);

  dw_engine_fault_set_no_engine (&self->problem, self->address, excerpt);

  return FALSE;
}

static gboolean
find_error (DwPullParser *self, JsonObject *object)
{
  JsonObject *detail = dw_json_get_object (object, "errorDetail");
  const char *message = dw_json_get_string (detail, "message");
  gint64 code = dw_json_get_int (detail, "code", 0);

  if (message == NULL)
    message = dw_json_get_string (object, "error");
  if (message == NULL || *message == '\0')
    return FALSE;

  dw_engine_fault_set_refusal (&self->problem, self->address,
                               code >= 400 && code < 600 ? (guint) code : 500, message, TRUE);
  return TRUE;
}

static Layer *
ensure_layer (DwPullParser *self, const char *id)
{
  Layer *layer = g_hash_table_lookup (self->layers, id);

  if (layer == NULL && g_hash_table_size (self->layers) < MAXIMUM_LAYERS)
    {
      layer = g_new0 (Layer, 1);
      g_hash_table_insert (self->layers, g_strdup (id), layer);
    }

  return layer;
}

static void
set_layer (DwPullParser *self, Layer *layer, gint64 done, gint64 total)
{
  self->done -= layer->done;
  self->total -= layer->total;

  layer->total = CLAMP (total, 0, MAXIMUM_LAYER_SIZE);
  layer->done = CLAMP (done, 0, layer->total);

  self->done += layer->done;
  self->total += layer->total;
}

static void
follow_layer (DwPullParser *self, JsonObject *object, const char *id, const char *status)
{
  JsonObject *detail = dw_json_get_object (object, "progressDetail");
  gint64 current = dw_json_get_int (detail, "current", 0);
  gint64 total = dw_json_get_int (detail, "total", 0);
  Layer *layer = ensure_layer (self, id);

  if (layer == NULL)
    return;

  if (g_str_equal (status, "Downloading"))
    set_layer (self, layer, current, MAX (total, layer->total));
  else if (g_str_equal (status, "Verifying Checksum") ||
           g_str_equal (status, "Download complete") || g_str_equal (status, "Extracting") ||
           g_str_equal (status, "Pull complete"))
    set_layer (self, layer, layer->total, layer->total);
}

/* Docker ends with "Status: …", Podman with the image's own id as if it were the last layer. */
static gboolean
is_last_word (DwPullParser *self, const char *status)
{
  return g_str_has_prefix (status, "Status: ") ||
         (self->is_podman &&
          (g_str_equal (status, "Download complete") || g_str_equal (status, "Pull complete") ||
           g_str_equal (status, "Already exists")));
}

static gboolean
on_line (const char *line, gsize length, gboolean is_whole, gpointer user_data)
{
  DwPullParser *self = user_data;
  gsize spaces = 0;

  while (spaces < length && g_ascii_isspace (line[spaces]))
    spaces++;
  if (is_whole && spaces == length)
    return TRUE;

  g_autoptr (JsonNode) root = is_whole ? dw_json_parse (line, (gssize) length, NULL) : NULL;
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    return set_malformed (self, line, length);

  JsonObject *object = json_node_get_object (root);
  if (find_error (self, object))
    return FALSE;

  const char *status = dw_json_get_string (object, "status");
  const char *id = dw_json_get_string (object, "id");
  if (status == NULL)
    return TRUE;

  self->has_last_word = is_last_word (self, status);
  if (id != NULL)
    follow_layer (self, object, id, status);
  if (self->progress != NULL)
    self->progress (status, self->done, self->total, self->user_data);

  return TRUE;
}

/**
 * dw_pull_parser_new:
 * @address: the engine's, for errors
 * @is_podman: whether the engine is Podman, whose last word is another one
 * @progress: (nullable): told of every step
 * @user_data: for @progress
 *
 * Returns: (transfer full): a parser, for one thread at a time
 */
DwPullParser *
dw_pull_parser_new (const char *address,
                    gboolean is_podman,
                    DwPullFunc progress,
                    gpointer user_data)
{
  DwPullParser *self = g_new0 (DwPullParser, 1);

  self->address = g_strdup (address);
  self->is_podman = is_podman;
  self->progress = progress;
  self->user_data = user_data;
  self->splitter = dw_line_splitter_new (MAXIMUM_LINE, on_line, self);
  self->layers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  return self;
}

/**
 * dw_pull_parser_feed:
 * @self: a parser
 * @data: what came
 * @length: of @data
 * @error: the engine's or the registry's error, or DW_ENGINE_ERROR_NOT_AN_ENGINE
 *
 * Returns: whether the pull goes on
 */
gboolean
dw_pull_parser_feed (DwPullParser *self, const char *data, gsize length, GError **error)
{
  if (dw_line_splitter_feed (self->splitter, data, length))
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&self->problem));
  return FALSE;
}

/**
 * dw_pull_parser_finish:
 * @self: a parser
 * @error: as dw_pull_parser_feed(), and DW_ENGINE_ERROR_UNREACHABLE when it was cut off
 *
 * Returns: whether the image has been pulled
 */
gboolean
dw_pull_parser_finish (DwPullParser *self, GError **error)
{
  if (!dw_line_splitter_finish (self->splitter))
    {
      g_propagate_error (error, g_steal_pointer (&self->problem));
      return FALSE;
    }
  if (self->has_last_word)
    return TRUE;

  g_set_error (error, DW_ENGINE_ERROR, DW_ENGINE_ERROR_UNREACHABLE,
               _ ("The pull was cut off: the engine at %s ended its report before the image was "
                  "complete; see whether it still runs, and try again"),
               self->address);
  return FALSE;
}

/* Frees @self, and what is left in it. */
void
dw_pull_parser_free (DwPullParser *self)
{
  dw_line_splitter_free (self->splitter);
  g_hash_table_unref (self->layers);
  g_clear_error (&self->problem);
  g_free (self->address);
  g_free (self);
}

/* dw-engine-events.c: what happens in an engine
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Specification: Docker Engine API, “SystemEvents”.
 */

#include "config.h"

#include <glib/gi18n-lib.h>
#include <libsoup/soup.h>

#include "engine/dw-engine-fault.h"
#include "engine/dw-engine-private.h"
#include "engine/dw-line-splitter.h"
#include "model/dw-json.h"

#define READ_SIZE (16 * 1024)
#define MAXIMUM_LINE (1024 * 1024)
#define NS_PER_SECOND G_GINT64_CONSTANT (1000000000)

typedef struct
{
  const char *address;
  DwEventFunc function;
  gpointer user_data;
  GError *problem; /* owned */
} Watch;

/* As Docker names it: Podman says "died" and keeps the health apart. */
static char *
dup_action (const char *action, GHashTable *attributes)
{
  const char *health = g_hash_table_lookup (attributes, "health_status");

  if (g_strcmp0 (action, "died") == 0)
    return g_strdup ("die");
  if (g_strcmp0 (action, "health_status") == 0 && health != NULL)
    return g_strconcat ("health_status: ", health, NULL);

  return g_strdup (action != NULL ? action : "");
}

static char *
dup_first (const char *text, const char *otherwise)
{
  return g_strdup (text != NULL ? text : otherwise != NULL ? otherwise : "");
}

static gint64
get_time_ns (JsonObject *object)
{
  gint64 time_ns = dw_json_get_int (object, "timeNano", 0);
  gint64 time = dw_json_get_int (object, "time", 0);

  if (time_ns > 0)
    return time_ns;

  return CLAMP (time, 0, G_MAXINT64 / NS_PER_SECOND) * NS_PER_SECOND;
}

static gboolean
give_event (Watch *watch, JsonObject *object)
{
  JsonObject *actor = dw_json_get_object (object, "Actor");
  const char *action = dw_json_get_string (object, "Action");
  g_autoptr (GHashTable) attributes = dw_json_dup_table (actor, "Attributes");
  g_autofree char *type = dup_first (dw_json_get_string (object, "Type"), NULL);
  g_autofree char *id = dup_first (dw_json_get_string (actor, "ID"),
                                   dw_json_get_string (object, "id"));
  g_autofree char *name = dup_action (
      action != NULL ? action : dw_json_get_string (object, "status"), attributes);
  const DwEngineEvent event = {
    .type = type,
    .action = name,
    .id = id,
    .attributes = attributes,
    .time_ns = get_time_ns (object),
  };

  return watch->function (&event, watch->user_data);
}

static gboolean
on_line (const char *line, gsize length, gboolean is_whole, gpointer user_data)
{
  Watch *watch = user_data;

  if (is_whole && length == 0)
    return TRUE;

  g_autoptr (JsonNode) root = is_whole ? dw_json_parse (line, (gssize) length, NULL) : NULL;
  if (root != NULL && JSON_NODE_HOLDS_OBJECT (root))
    return give_event (watch, json_node_get_object (root));

  g_autofree char *excerpt = dw_engine_fault_make_excerpt (line, length);
  dw_engine_fault_set_no_engine (&watch->problem, watch->address, excerpt);
  return FALSE;
}

/**
 * dw_engine_watch_events:
 * @self: an engine
 * @labels: (nullable): NAME or NAME=VALUE each; only of what carries them all
 * @function: told of every event from now on, in this thread
 * @user_data: for @function
 * @cancellable: (nullable): ends the watching at once
 * @error: DW_ENGINE_ERROR_UNREACHABLE when the engine ends, any other DW_ENGINE_ERROR, or
 *   G_IO_ERROR_CANCELLED
 *
 * Blocks; not on the main thread. Docker Engine API, “SystemEvents”.
 *
 * Returns: %TRUE when @function has ended it, as nothing else does without an error
 */
gboolean
dw_engine_watch_events (DwEngine *self,
                        const char *const *labels,
                        DwEventFunc function,
                        gpointer user_data,
                        GCancellable *cancellable,
                        GError **error)
{
  g_return_val_if_fail (DW_IS_ENGINE (self), FALSE);
  g_return_val_if_fail (function != NULL, FALSE);

  g_autofree char *filters = dw_engine_make_label_filter (labels);
  g_autofree char *query = soup_form_encode ("filters", filters, NULL);
  g_autofree char *path = g_strconcat ("/events?", query, NULL);
  const DwEngineRequest request = { .method = "GET",
                                    .path = path,
                                    .patience = DW_ENGINE_PATIENCE_ENDLESS };
  g_autoptr (DwEngineAnswer) answer = dw_engine_connection_open (dw_engine_get_connection (self),
                                                                 &request, cancellable, error);
  if (answer == NULL)
    return FALSE;

  Watch watch = {
    .address = dw_engine_get_address (self),
    .function = function,
    .user_data = user_data,
  };
  g_autoptr (DwLineSplitter) splitter = dw_line_splitter_new (MAXIMUM_LINE, on_line, &watch);
  g_autofree char *buffer = g_malloc (READ_SIZE);
  gssize n;
  while ((n = dw_engine_answer_read (answer, buffer, READ_SIZE, cancellable, error)) > 0)
    if (!dw_line_splitter_feed (splitter, buffer, (gsize) n))
      {
        if (watch.problem == NULL)
          return TRUE;
        g_propagate_error (error, watch.problem);
        return FALSE;
      }

  if (n == 0)
    g_set_error (error, DW_ENGINE_ERROR, DW_ENGINE_ERROR_UNREACHABLE,
                 _ ("The engine at %s has ended; start it again"), dw_engine_get_address (self));
  return FALSE;
}

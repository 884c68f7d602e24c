/* dw-watch-turns.c: whose turn it is to be looked at, or thought about again
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Knows the registries that are watched, and the times at which a version of a stage is old enough,
 * within its hours, or to be tried again. It says when; what is done then is the watcher's.
 */

#include "config.h"

#include "watch/dw-watch-turns.h"

/* A machine that slept, or whose clock was set, is noticed after so long. */
#define LONGEST_LOOK_S 30

struct _DwWatchTurns
{
  GObject parent_instance;

  GListStore *watched; /* of DwWatchedRegistry */
  GHashTable *untils;  /* the id of a stage to the time, in seconds since 1970, to think again */
  guint timer;
  gboolean is_stopped;
};

enum
{
  DUE,
  THINK,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (DwWatchTurns, dw_watch_turns, G_TYPE_OBJECT)

static gboolean
on_timer (gpointer user_data)
{
  DwWatchTurns *self = user_data;

  self->timer = 0;
  dw_watch_turns_take (self);

  return G_SOURCE_REMOVE;
}

static gboolean
is_time_to_think (DwWatchTurns *self, gint64 now_s)
{
  GHashTableIter iter;
  gpointer until;

  g_hash_table_iter_init (&iter, self->untils);
  while (g_hash_table_iter_next (&iter, NULL, &until))
    if ((gint64) GPOINTER_TO_SIZE (until) <= now_s)
      return TRUE;

  return FALSE;
}

static void
dw_watch_turns_dispose (GObject *object)
{
  DwWatchTurns *self = DW_WATCH_TURNS (object);

  dw_watch_turns_stop (self);
  g_clear_object (&self->watched);

  G_OBJECT_CLASS (dw_watch_turns_parent_class)->dispose (object);
}

static void
dw_watch_turns_finalize (GObject *object)
{
  g_hash_table_unref (DW_WATCH_TURNS (object)->untils);

  G_OBJECT_CLASS (dw_watch_turns_parent_class)->finalize (object);
}

static void
dw_watch_turns_class_init (DwWatchTurnsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = dw_watch_turns_dispose;
  object_class->finalize = dw_watch_turns_finalize;

  signals[DUE] = g_signal_new ("due", DW_TYPE_WATCH_TURNS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                               G_TYPE_NONE, 1, DW_TYPE_WATCHED_REGISTRY);
  signals[THINK] = g_signal_new ("think", DW_TYPE_WATCH_TURNS, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 0);
}

static void
dw_watch_turns_init (DwWatchTurns *self)
{
  self->watched = g_list_store_new (DW_TYPE_WATCHED_REGISTRY);
  self->untils = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

/* Returns: (transfer full): nobody's turn yet */
DwWatchTurns *
dw_watch_turns_new (void)
{
  return g_object_new (DW_TYPE_WATCH_TURNS, NULL);
}

/* Returns: (transfer none): of DwWatchedRegistry, live */
GListModel *
dw_watch_turns_get_registries (DwWatchTurns *self)
{
  return G_LIST_MODEL (self->watched);
}

/* Returns: (transfer none) (nullable): the registry with that key */
DwWatchedRegistry *
dw_watch_turns_find (DwWatchTurns *self, const char *key)
{
  GListModel *list = G_LIST_MODEL (self->watched);

  for (guint i = 0; i < g_list_model_get_n_items (list); i++)
    {
      g_autoptr (DwWatchedRegistry) watched = g_list_model_get_item (list, i);

      if (g_str_equal (dw_watched_registry_get_key (watched), key))
        return watched; /* the list has a reference */
    }

  return NULL;
}

/**
 * dw_watch_turns_follow:
 * @self: the turns
 * @groups: (element-type DwWatchGroup): the plan
 *
 * Brings the registries in line with what is to be watched.
 */
void
dw_watch_turns_follow (DwWatchTurns *self, GPtrArray *groups)
{
  GListModel *list = G_LIST_MODEL (self->watched);
  DwAgendaTime now = dw_agenda_time_now ();

  for (guint i = g_list_model_get_n_items (list); i-- > 0;)
    {
      g_autoptr (DwWatchedRegistry) watched = g_list_model_get_item (list, i);

      if (dw_watch_plan_find (groups, dw_watched_registry_get_key (watched)) == NULL)
        g_list_store_remove (self->watched, i);
    }

  for (guint i = 0; i < groups->len; i++)
    {
      DwWatchGroup *group = groups->pdata[i];
      DwWatchedRegistry *watched = dw_watch_turns_find (self, group->key);
      g_autoptr (DwWatchedRegistry) made = NULL;

      if (watched == NULL)
        {
          watched = made = dw_watched_registry_new (group->key);
          dw_watched_registry_plan (watched, group, now);
          g_list_store_append (self->watched, watched);
        }
      else
        {
          dw_watched_registry_plan (watched, group, now);
        }
    }
}

/**
 * dw_watch_turns_request:
 * @self: the turns
 * @key: (nullable): a registry, or %NULL for all of them
 *
 * It is its turn as soon as it may be asked, which dw_watch_turns_take() finds.
 */
void
dw_watch_turns_request (DwWatchTurns *self, const char *key)
{
  GListModel *list = G_LIST_MODEL (self->watched);
  DwAgendaTime now = dw_agenda_time_now ();

  for (guint i = 0; i < g_list_model_get_n_items (list); i++)
    {
      g_autoptr (DwWatchedRegistry) watched = g_list_model_get_item (list, i);

      if (key == NULL || g_str_equal (dw_watched_registry_get_key (watched), key))
        dw_watched_registry_request (watched, now);
    }
}

/* There is something to think about again for that stage at @time_s, in seconds since 1970. */
void
dw_watch_turns_think_at (DwWatchTurns *self, const char *stage_id, gint64 time_s)
{
  g_hash_table_replace (self->untils, g_strdup (stage_id), GSIZE_TO_POINTER ((gsize) time_s));
}

/* All stages are being thought about; what is to be thought about later is said anew. */
void
dw_watch_turns_clear_thoughts (DwWatchTurns *self)
{
  g_hash_table_remove_all (self->untils);
}

/* Begins whatever it is time for, and looks again when it is time for the next. */
void
dw_watch_turns_take (DwWatchTurns *self)
{
  GListModel *list = G_LIST_MODEL (self->watched);
  DwAgendaTime now = dw_agenda_time_now ();
  gint64 wait_s = LONGEST_LOOK_S;

  if (self->is_stopped)
    return;

  for (guint i = 0; i < g_list_model_get_n_items (list); i++)
    {
      g_autoptr (DwWatchedRegistry) watched = g_list_model_get_item (list, i);
      gint64 its_wait_s = dw_watched_registry_get_wait (watched, now);

      if (its_wait_s == 0)
        g_signal_emit (self, signals[DUE], 0, watched);
      else if (its_wait_s > 0)
        wait_s = MIN (wait_s, its_wait_s);
    }
  if (is_time_to_think (self, now.wall_s))
    {
      g_hash_table_remove_all (self->untils);
      g_signal_emit (self, signals[THINK], 0);
    }

  g_clear_handle_id (&self->timer, g_source_remove);
  self->timer = g_timeout_add_seconds ((guint) MAX (wait_s, 1), on_timer, self);
}

/* It is nobody's turn any more, for ever. */
void
dw_watch_turns_stop (DwWatchTurns *self)
{
  self->is_stopped = TRUE;
  g_clear_handle_id (&self->timer, g_source_remove);
}

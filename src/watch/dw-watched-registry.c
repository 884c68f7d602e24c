/* dw-watched-registry.c: a registry as it is watched, live
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * When it is its turn: what its schedule says, but not before what it asked for itself, nor before
 * what repeated failures make one wait: a minute, then twice as long each time, up to an hour.
 */

#include "config.h"

#include "watch/dw-watched-registry.h"

#include "watch/dw-watch-enum-types.h"
#include "watch/dw-watch-judge.h"

#define FALLBACK_SCHEDULE "@every 5m"
#define FIRST_BACK_OFF_S 60
#define LONGEST_BACK_OFF_S (60 * 60)
/* How many requests at once a registry gets that has not said anything. */
#define LANES 4

struct _DwWatchedRegistry
{
  GObject parent_instance;

  char *key;
  char *name;
  DwWatchState state;
  gint64 next_check_s;
  char *problem;

  char *schedule; /* what the agenda was made of */
  DwAgenda *agenda;
  gint64 last_s; /* when it was last looked at, in seconds since 1970, or 0 */
  gboolean is_enabled;
  gboolean is_busy;
  gboolean is_requested; /* out of turn */
  gboolean is_slow;
  guint n_failures;
  gint64 not_before_s; /* since the start of the machine */
};

enum
{
  PROP_KEY = 1,
  PROP_NAME,
  PROP_STATE,
  PROP_NEXT_CHECK,
  PROP_PROBLEM,
  N_PROPERTIES,
};

static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_FINAL_TYPE (DwWatchedRegistry, dw_watched_registry, G_TYPE_OBJECT)

static void
set_text (DwWatchedRegistry *self, char **field, const char *text, guint property_id)
{
  if (g_strcmp0 (*field, text) == 0)
    return;

  g_free (*field);
  *field = g_strdup (text);
  g_object_notify_by_pspec (G_OBJECT (self), properties[property_id]);
}

static void
update_state (DwWatchedRegistry *self, DwAgendaTime now)
{
  DwWatchState state = DW_WATCH_STATE_IDLE;

  if (self->is_busy)
    state = DW_WATCH_STATE_CHECKING;
  else if (!self->is_enabled)
    state = DW_WATCH_STATE_OFF;
  /* One that says slow down is well, whatever it does not answer meanwhile. */
  else if (self->not_before_s > now.boot_s && (self->is_slow || self->problem == NULL))
    state = DW_WATCH_STATE_PAUSED;
  else if (self->problem != NULL)
    state = DW_WATCH_STATE_FAILING;

  if (self->state != state)
    {
      self->state = state;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
    }
}

static void
set_next_check (DwWatchedRegistry *self, gint64 time_s)
{
  /* A second here and there is the clock's, not the plan's. */
  if (ABS (self->next_check_s - time_s) <= 1)
    return;

  self->next_check_s = time_s;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NEXT_CHECK]);
}

static void
dw_watched_registry_finalize (GObject *object)
{
  DwWatchedRegistry *self = DW_WATCHED_REGISTRY (object);

  g_free (self->key);
  g_free (self->name);
  g_free (self->problem);
  g_free (self->schedule);
  g_clear_pointer (&self->agenda, dw_agenda_free);

  G_OBJECT_CLASS (dw_watched_registry_parent_class)->finalize (object);
}

static void
dw_watched_registry_get_property (GObject *object,
                                  guint property_id,
                                  GValue *value,
                                  GParamSpec *pspec)
{
  DwWatchedRegistry *self = DW_WATCHED_REGISTRY (object);

  switch (property_id)
    {
    case PROP_KEY:
      g_value_set_string (value, self->key);
      break;
    case PROP_NAME:
      g_value_set_string (value, self->name);
      break;
    case PROP_STATE:
      g_value_set_enum (value, self->state);
      break;
    case PROP_NEXT_CHECK:
      g_value_set_int64 (value, self->next_check_s);
      break;
    case PROP_PROBLEM:
      g_value_set_string (value, self->problem);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
dw_watched_registry_class_init (DwWatchedRegistryClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->finalize = dw_watched_registry_finalize;
  object_class->get_property = dw_watched_registry_get_property;

  properties[PROP_KEY] = g_param_spec_string ("key", NULL, NULL, NULL, flags);
  properties[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, flags);
  properties[PROP_STATE] = g_param_spec_enum ("state", NULL, NULL, DW_TYPE_WATCH_STATE,
                                              DW_WATCH_STATE_OFF, flags);
  properties[PROP_NEXT_CHECK] = g_param_spec_int64 ("next-check", NULL, NULL, 0, G_MAXINT64, 0,
                                                    flags);
  properties[PROP_PROBLEM] = g_param_spec_string ("problem", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
dw_watched_registry_init (DwWatchedRegistry *self)
{
}

/* Returns: (transfer full): one that nothing is known of but its key */
DwWatchedRegistry *
dw_watched_registry_new (const char *key)
{
  DwWatchedRegistry *self = g_object_new (DW_TYPE_WATCHED_REGISTRY, NULL);

  self->key = g_strdup (key);

  return self;
}

/* Returns: (transfer none): the registry's id, or the domain of images without one */
const char *
dw_watched_registry_get_key (DwWatchedRegistry *self)
{
  return self->key;
}

/* Returns: (transfer none): its name for people */
const char *
dw_watched_registry_get_name (DwWatchedRegistry *self)
{
  return self->name;
}

/* Returns: what it is at */
DwWatchState
dw_watched_registry_get_state (DwWatchedRegistry *self)
{
  return self->state;
}

/* Returns: when it is its turn, in seconds since 1970, or 0 when it never is */
gint64
dw_watched_registry_get_next_check (DwWatchedRegistry *self)
{
  return self->next_check_s;
}

/* Returns: (transfer none) (nullable): what was wrong at the last look */
const char *
dw_watched_registry_get_problem (DwWatchedRegistry *self)
{
  return self->problem;
}

static void
make_agenda (DwWatchedRegistry *self, const char *text, DwAgendaTime now)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_local ();
  g_autoptr (GError) problem = NULL;
  g_autoptr (DwSchedule) schedule = dw_schedule_parse (text, &problem);

  /* A program of before took any text. */
  if (schedule == NULL)
    {
      g_message ("%s is looked at %s: %s", self->name, FALLBACK_SCHEDULE, problem->message);
      schedule = dw_schedule_parse (FALLBACK_SCHEDULE, NULL);
    }

  g_clear_pointer (&self->agenda, dw_agenda_free);
  self->agenda = dw_agenda_new (schedule, zone, self->key, self->last_s, now);
  g_free (self->schedule);
  self->schedule = g_strdup (text);
}

/* Takes what the store says of it. */
void
dw_watched_registry_plan (DwWatchedRegistry *self, DwWatchGroup *group, DwAgendaTime now)
{
  gint64 stored_s = group->registry != NULL
                        ? dw_watch_parse_time (dw_registry_get_last_checked_at (group->registry))
                        : 0;

  set_text (self, &self->name, group->name, PROP_NAME);
  self->is_enabled = dw_watch_group_is_enabled (group);
  if (self->agenda == NULL)
    {
      self->last_s = stored_s;
      if (group->registry != NULL)
        set_text (self, &self->problem, dw_registry_get_last_error (group->registry), PROP_PROBLEM);
    }
  if (self->agenda == NULL || g_strcmp0 (self->schedule, group->schedule) != 0)
    make_agenda (self, group->schedule, now);
  update_state (self, now);
}

/* A person, or something that happened, wants it looked at before its turn. What the registry asked
 * for itself holds all the same; the wait for a failure does not. */
void
dw_watched_registry_request (DwWatchedRegistry *self, DwAgendaTime now)
{
  self->is_requested = TRUE;
  if (self->problem != NULL && !self->is_slow)
    self->not_before_s = now.boot_s;
}

/**
 * dw_watched_registry_get_wait:
 * @self: a registry
 * @now: the time
 *
 * Returns: the seconds until it is to be looked at, 0 for now, or -1 when it is not: it is switched
 *   off, or that is being done
 */
gint64
dw_watched_registry_get_wait (DwWatchedRegistry *self, DwAgendaTime now)
{
  gint64 wait_s = -1;

  if (!self->is_busy && (self->is_enabled || self->is_requested))
    {
      wait_s = self->is_requested ? 0 : dw_agenda_get_wait (self->agenda, now);
      wait_s = MAX (wait_s, self->not_before_s - now.boot_s);
    }
  if (!self->is_busy)
    set_next_check (self, wait_s >= 0 ? now.wall_s + wait_s : 0);
  update_state (self, now);

  return wait_s;
}

/* It is being looked at from now on. Returns: how many requests at once it may get. */
guint
dw_watched_registry_begin (DwWatchedRegistry *self)
{
  self->is_busy = TRUE;
  self->is_requested = FALSE;
  update_state (self, dw_agenda_time_now ());

  return self->is_slow ? 1 : LANES;
}

/**
 * dw_watched_registry_end:
 * @self: a registry that was looked at
 * @problem: (nullable): what was wrong, if only with one of its repositories
 * @is_down: it is of no use to ask it again soon
 * @is_slow: it says slow down
 * @pause_s: how long it is to be left alone, as it says, or 0
 * @now: the time
 */
void
dw_watched_registry_end (DwWatchedRegistry *self,
                         const char *problem,
                         gboolean is_down,
                         gboolean is_slow,
                         gint64 pause_s,
                         DwAgendaTime now)
{
  gint64 back_off_s = 0;

  self->is_busy = FALSE;
  self->is_slow = is_slow;
  self->last_s = now.wall_s;
  self->n_failures = is_down ? self->n_failures + 1 : 0;
  if (is_down)
    back_off_s = MIN ((gint64) FIRST_BACK_OFF_S << MIN (self->n_failures - 1, 10),
                      LONGEST_BACK_OFF_S);
  self->not_before_s = now.boot_s + MAX (pause_s, back_off_s);
  set_text (self, &self->problem, problem, PROP_PROBLEM);
  dw_agenda_turn (self->agenda, now);
  update_state (self, now);
}

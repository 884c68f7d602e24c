/* dw-engine-status.c: whether the engine is there, followed live
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A thread of its own looks for the engine, asks who it is, and then reads its event stream, for
 * what happens to our containers, and because the stream ends when the engine does. What it finds
 * goes to the main context as a report; the properties only ever change there. The thread does not
 * hold the object: letting go of the object cancels the thread, which then ends by itself, without
 * anyone waiting.
 */

#include "config.h"

#include "deploy/dw-engine-status.h"

#include <glib/gi18n-lib.h>

#include "deploy/dw-deploy-enum-types.h"
#include "deploy/dw-stage-containers.h"
#include "engine/dw-engine-address.h"

#define FIRST_PAUSE_US (G_USEC_PER_SEC / 5)
#define LONGEST_PAUSE_US (8 * G_USEC_PER_SEC)
#define EVENTS_GATHER_MS 100

/* What the thread and the object share; the last of them frees it. */
typedef struct
{
  GWeakRef status;
  GMainContext *context;
  GCancellable *cancellable;
  char *setting;

  GMutex mutex;
  GCond cond;
  gboolean is_woken; /* under the mutex: somebody wants an attempt now */

  int has_events; /* atomic: the main context is to be told of some */
} Watch;

struct _DwEngineStatus
{
  GObject parent_instance;

  Watch *watch;
  char *setting;

  DwEngineState state;
  DwEngine *engine;
  char *product;
  char *version;
  char *problem;
};

enum
{
  PROP_STATE = 1,
  PROP_ENGINE,
  PROP_ADDRESS,
  PROP_PRODUCT,
  PROP_VERSION,
  PROP_PROBLEM,
  PROP_SETTING,
  N_PROPERTIES,
};

enum
{
  INSTANCES_CHANGED,
  N_SIGNALS,
};

static GParamSpec *properties[N_PROPERTIES];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (DwEngineStatus, dw_engine_status, G_TYPE_OBJECT)

static void
watch_clear (Watch *watch)
{
  g_weak_ref_clear (&watch->status);
  g_main_context_unref (watch->context);
  g_object_unref (watch->cancellable);
  g_free (watch->setting);
  g_mutex_clear (&watch->mutex);
  g_cond_clear (&watch->cond);
}

static void
watch_unref (Watch *watch)
{
  g_atomic_rc_box_release_full (watch, (GDestroyNotify) watch_clear);
}

/* What the thread has found, on its way to the main context. */
typedef struct
{
  Watch *watch;
  DwEngineState state;
  DwEngine *engine;
  char *product;
  char *version;
  char *problem;
} Report;

static void
report_free (Report *report)
{
  watch_unref (report->watch);
  g_clear_object (&report->engine);
  g_free (report->product);
  g_free (report->version);
  g_free (report->problem);
  g_free (report);
}

static void
replace_string (DwEngineStatus *self, char **field, const char *value, guint property_id)
{
  if (g_strcmp0 (*field, value) == 0)
    return;

  g_free (*field);
  *field = g_strdup (value);
  g_object_notify_by_pspec (G_OBJECT (self), properties[property_id]);
}

static gboolean
take_report (gpointer user_data)
{
  Report *report = user_data;
  g_autoptr (DwEngineStatus) self = g_weak_ref_get (&report->watch->status);

  /* The report of a watch that was replaced meanwhile is about somebody else. */
  if (self == NULL || self->watch != report->watch)
    return G_SOURCE_REMOVE;

  g_object_freeze_notify (G_OBJECT (self));
  if (g_set_object (&self->engine, report->engine))
    {
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ENGINE]);
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ADDRESS]);
    }
  replace_string (self, &self->product, report->product, PROP_PRODUCT);
  replace_string (self, &self->version, report->version, PROP_VERSION);
  replace_string (self, &self->problem, report->problem, PROP_PROBLEM);
  if (self->state != report->state)
    {
      self->state = report->state;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
    }
  g_object_thaw_notify (G_OBJECT (self));

  return G_SOURCE_REMOVE;
}

static void
send_report (Watch *watch,
             DwEngineState state,
             DwEngine *engine,
             const DwEngineInfo *info,
             const GError *problem)
{
  Report *report = g_new0 (Report, 1);

  report->watch = g_atomic_rc_box_acquire (watch);
  report->state = state;
  g_set_object (&report->engine, engine);
  report->product = g_strdup (info != NULL ? info->product : NULL);
  report->version = g_strdup (info != NULL ? info->version : NULL);
  report->problem = g_strdup (problem != NULL ? problem->message : NULL);

  g_autoptr (GSource) source = g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, take_report, report, (GDestroyNotify) report_free);
  g_source_attach (source, watch->context);
}

static gboolean
tell_instances_changed (gpointer user_data)
{
  Watch *watch = user_data;
  g_autoptr (DwEngineStatus) self = g_weak_ref_get (&watch->status);

  g_atomic_int_set (&watch->has_events, FALSE);
  if (self != NULL && self->watch == watch)
    g_signal_emit (self, signals[INSTANCES_CHANGED], 0);

  return G_SOURCE_REMOVE;
}

/* A container that starts makes several events at once; one word about them is enough. */
static gboolean
on_event (const DwEngineEvent *event, gpointer user_data)
{
  Watch *watch = user_data;

  /* Every check of a container's health is told as three events of a process in it. */
  if (g_str_has_prefix (event->action, "exec_") ||
      !g_hash_table_contains (event->attributes, DW_LABEL_STAGE))
    return TRUE;

  if (g_atomic_int_compare_and_exchange (&watch->has_events, FALSE, TRUE))
    {
      g_autoptr (GSource) source = g_timeout_source_new (EVENTS_GATHER_MS);

      g_source_set_callback (source, tell_instances_changed, g_atomic_rc_box_acquire (watch),
                             (GDestroyNotify) watch_unref);
      g_source_attach (source, watch->context);
    }

  return TRUE;
}

/* Looks for the engine once and stays with it as long as it is there. @engine is the one that was
 * asked last, and is kept while the address is the same: others may hold it. Returns whether it
 * answered at all. */
static gboolean
attend (Watch *watch, DwEngine **engine, GError **error)
{
  /* Only our own containers' events: a busy engine has no reason to tell us of the others. Podman
   * knows no label without its value, and tells of all. */
  const char *labels[] = { DW_LABEL_STAGE, NULL };
  g_autofree char *address = dw_engine_find_address (watch->setting, NULL, error);
  g_autoptr (GError) ending = NULL;

  if (address == NULL)
    {
      g_clear_object (engine);
      return FALSE;
    }

  if (*engine == NULL || g_strcmp0 (dw_engine_get_address (*engine), address) != 0)
    {
      g_clear_object (engine);
      *engine = dw_engine_new (address);
    }

  g_autoptr (DwEngineInfo) info = dw_engine_get_info (*engine, watch->cancellable, error);

  if (info == NULL)
    return FALSE;

  send_report (watch, DW_ENGINE_STATE_CONNECTED, *engine, info, NULL);

  /* How it ends does not matter: whether the engine is gone is for the next attempt to find out. */
  dw_engine_watch_events (*engine, g_str_equal (info->product, "Podman") ? NULL : labels, on_event,
                          watch, watch->cancellable, &ending);
  g_debug ("the events ended: %s", ending != NULL ? ending->message : "the engine closed them");

  return TRUE;
}

/* Sleeps until the time is over, or somebody wants to know now. */
static void
pause_watch (Watch *watch, gint64 pause_us)
{
  gint64 end_us = g_get_monotonic_time () + pause_us;

  g_mutex_lock (&watch->mutex);
  while (!watch->is_woken && g_cond_wait_until (&watch->cond, &watch->mutex, end_us))
    ;
  watch->is_woken = FALSE;
  g_mutex_unlock (&watch->mutex);
}

static gpointer
run_watch (gpointer user_data)
{
  Watch *watch = user_data;
  g_autoptr (DwEngine) engine = NULL;
  gint64 pause_us = FIRST_PAUSE_US;

  while (!g_cancellable_is_cancelled (watch->cancellable))
    {
      g_autoptr (GError) problem = NULL;
      gint64 start_us = g_get_monotonic_time ();

      if (!attend (watch, &engine, &problem))
        send_report (watch, DW_ENGINE_STATE_UNREACHABLE, engine, NULL, problem);
      else if (g_get_monotonic_time () - start_us > LONGEST_PAUSE_US)
        pause_us = FIRST_PAUSE_US;

      pause_watch (watch, pause_us);
      pause_us = MIN (pause_us * 2, LONGEST_PAUSE_US);
    }

  watch_unref (watch);

  return NULL;
}

static void
wake_watch (Watch *watch)
{
  g_mutex_lock (&watch->mutex);
  watch->is_woken = TRUE;
  g_cond_signal (&watch->cond);
  g_mutex_unlock (&watch->mutex);
}

static void
start_watch (DwEngineStatus *self)
{
  Watch *watch = g_atomic_rc_box_new0 (Watch);

  g_weak_ref_init (&watch->status, self);
  watch->context = g_main_context_ref_thread_default ();
  watch->cancellable = g_cancellable_new ();
  watch->setting = g_strdup (self->setting);
  g_mutex_init (&watch->mutex);
  g_cond_init (&watch->cond);

  self->watch = watch;
  g_thread_unref (g_thread_new ("engine-status", run_watch, g_atomic_rc_box_acquire (watch)));
}

static void
stop_watch (DwEngineStatus *self)
{
  Watch *watch = g_steal_pointer (&self->watch);

  if (watch == NULL)
    return;

  g_cancellable_cancel (watch->cancellable);
  wake_watch (watch);
  watch_unref (watch);
}

static void
dw_engine_status_constructed (GObject *object)
{
  G_OBJECT_CLASS (dw_engine_status_parent_class)->constructed (object);

  start_watch (DW_ENGINE_STATUS (object));
}

static void
dw_engine_status_dispose (GObject *object)
{
  DwEngineStatus *self = DW_ENGINE_STATUS (object);

  stop_watch (self);
  g_clear_object (&self->engine);

  G_OBJECT_CLASS (dw_engine_status_parent_class)->dispose (object);
}

static void
dw_engine_status_finalize (GObject *object)
{
  DwEngineStatus *self = DW_ENGINE_STATUS (object);

  g_free (self->setting);
  g_free (self->product);
  g_free (self->version);
  g_free (self->problem);

  G_OBJECT_CLASS (dw_engine_status_parent_class)->finalize (object);
}

static void
dw_engine_status_get_property (GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
  DwEngineStatus *self = DW_ENGINE_STATUS (object);

  switch (property_id)
    {
    case PROP_STATE:
      g_value_set_enum (value, (int) self->state);
      break;
    case PROP_ENGINE:
      g_value_set_object (value, self->engine);
      break;
    case PROP_ADDRESS:
      g_value_set_string (value, dw_engine_status_get_address (self));
      break;
    case PROP_PRODUCT:
      g_value_set_string (value, self->product);
      break;
    case PROP_VERSION:
      g_value_set_string (value, self->version);
      break;
    case PROP_PROBLEM:
      g_value_set_string (value, self->problem);
      break;
    case PROP_SETTING:
      g_value_set_string (value, self->setting);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
dw_engine_status_set_property (GObject *object,
                               guint property_id,
                               const GValue *value,
                               GParamSpec *pspec)
{
  DwEngineStatus *self = DW_ENGINE_STATUS (object);

  switch (property_id)
    {
    case PROP_SETTING:
      dw_engine_status_set_setting (self, g_value_get_string (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static GParamSpec *
read_only_string (const char *name)
{
  return g_param_spec_string (name, NULL, NULL, NULL,
                              G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
}

static void
dw_engine_status_class_init (DwEngineStatusClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->constructed = dw_engine_status_constructed;
  object_class->dispose = dw_engine_status_dispose;
  object_class->finalize = dw_engine_status_finalize;
  object_class->get_property = dw_engine_status_get_property;
  object_class->set_property = dw_engine_status_set_property;

  properties[PROP_STATE] = g_param_spec_enum (
      "state", NULL, NULL, DW_TYPE_ENGINE_STATE, DW_ENGINE_STATE_CONNECTING,
      G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  properties[PROP_ENGINE] = g_param_spec_object ("engine", NULL, NULL, DW_TYPE_ENGINE,
                                                 G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY |
                                                     G_PARAM_STATIC_STRINGS);
  properties[PROP_ADDRESS] = read_only_string ("address");
  properties[PROP_PRODUCT] = read_only_string ("product");
  properties[PROP_VERSION] = read_only_string ("version");
  properties[PROP_PROBLEM] = read_only_string ("problem");
  properties[PROP_SETTING] = g_param_spec_string (
      "setting", NULL, NULL, NULL,
      G_PARAM_READWRITE | G_PARAM_CONSTRUCT | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);

  /**
   * DwEngineStatus::instances-changed:
   * @self: the status
   *
   * A container that this program made was started, stopped, found healthy or unhealthy, or
   * removed, by whomever. One signal may stand for several of it.
   */
  signals[INSTANCES_CHANGED] = g_signal_new ("instances-changed", DW_TYPE_ENGINE_STATUS,
                                             G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                             0);
}

static void
dw_engine_status_init (DwEngineStatus *self)
{
  self->state = DW_ENGINE_STATE_CONNECTING;
}

/**
 * dw_engine_status_new:
 * @setting: (nullable): the address that the settings name, or %NULL to look in the usual places
 *
 * Starts to look for the engine at once. All of it is for one main context: the one that is the
 * thread's default now.
 *
 * Returns: (transfer full): the status, still connecting
 */
DwEngineStatus *
dw_engine_status_new (const char *setting)
{
  return g_object_new (DW_TYPE_ENGINE_STATUS, "setting", setting, NULL);
}

/* Returns: whether the engine answers, as far as is known. */
DwEngineState
dw_engine_status_get_state (DwEngineStatus *self)
{
  g_return_val_if_fail (DW_IS_ENGINE_STATUS (self), DW_ENGINE_STATE_CONNECTING);

  return self->state;
}

/**
 * dw_engine_status_get_engine:
 * @self: the status
 *
 * The object stays the same while the address does, whether or not the engine answers.
 *
 * Returns: (transfer none) (nullable): the engine to work with, or %NULL while none is found
 */
DwEngine *
dw_engine_status_get_engine (DwEngineStatus *self)
{
  g_return_val_if_fail (DW_IS_ENGINE_STATUS (self), NULL);

  return self->engine;
}

/* Returns: (transfer none) (nullable): where the engine listens, or %NULL while none is found. */
const char *
dw_engine_status_get_address (DwEngineStatus *self)
{
  g_return_val_if_fail (DW_IS_ENGINE_STATUS (self), NULL);

  return self->engine != NULL ? dw_engine_get_address (self->engine) : NULL;
}

/* Returns: (transfer none) (nullable): "Docker" or "Podman" while it is connected. */
const char *
dw_engine_status_get_product (DwEngineStatus *self)
{
  g_return_val_if_fail (DW_IS_ENGINE_STATUS (self), NULL);

  return self->product;
}

/* Returns: (transfer none) (nullable): the engine's own version while it is connected. */
const char *
dw_engine_status_get_version (DwEngineStatus *self)
{
  g_return_val_if_fail (DW_IS_ENGINE_STATUS (self), NULL);

  return self->version;
}

/* Returns: (transfer none) (nullable): while it is unreachable, why, and what to do about it. */
const char *
dw_engine_status_get_problem (DwEngineStatus *self)
{
  g_return_val_if_fail (DW_IS_ENGINE_STATUS (self), NULL);

  return self->problem;
}

/* Returns: (transfer none) (nullable): the address that the settings name. */
const char *
dw_engine_status_get_setting (DwEngineStatus *self)
{
  g_return_val_if_fail (DW_IS_ENGINE_STATUS (self), NULL);

  return self->setting;
}

/**
 * dw_engine_status_set_setting:
 * @self: the status
 * @setting: (nullable): the address that the settings name now
 *
 * Turns to the engine at another address; what was known of the last one stays until the new one
 * was asked.
 */
void
dw_engine_status_set_setting (DwEngineStatus *self, const char *setting)
{
  g_return_if_fail (DW_IS_ENGINE_STATUS (self));

  if (g_strcmp0 (self->setting, setting) == 0)
    return;

  g_free (self->setting);
  self->setting = g_strdup (setting);
  if (self->watch != NULL)
    {
      stop_watch (self);
      start_watch (self);
    }
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SETTING]);
}

/**
 * dw_engine_status_retry:
 * @self: the status
 *
 * Asks the engine again now, instead of when the current pause is over. Returns at once.
 */
void
dw_engine_status_retry (DwEngineStatus *self)
{
  g_return_if_fail (DW_IS_ENGINE_STATUS (self));

  wake_watch (self->watch);
}

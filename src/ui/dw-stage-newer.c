/* dw-stage-newer.c: that there is a newer version for a stage, and what becomes of it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A calm line where the version waits by itself, and a question where a person is asked. What a
 * person says goes to the watcher, which remembers it; what comes of that is in the stage.
 */

#include "config.h"

#include "ui/dw-stage-newer.h"

#include <glib/gi18n.h>

#include "model/dw-held-version.h"
#include "ui/dw-compat.h"
#include "ui/dw-format.h"
#include "ui/dw-skip-undo.h"
#include "ui/dw-task.h"
#include "watch/dw-watch-judge.h"

/* How often what is said of times is made true again. */
#define AGE_INTERVAL_S 30
/* When somebody who snoozed wants to hear of it again. */
#define MORNING_HOUR 9

struct _DwStageNewer
{
  AdwBin parent_instance;

  DwStageStatus *status; /* nullable: none was given yet */
  DwStage *stage;        /* nullable, likewise: its */
  DwStore *store;        /* nullable, likewise */
  DwWatcher *watcher;    /* nullable */
  gboolean is_answered;  /* the watcher was told, and nothing came of it yet */
  guint age_source;
  char *held_digest; /* nullable: what the reason is of */
  DwHoldReason held_reason;

  GtkWidget *box;
  GtkLabel *title_label;
  GtkLabel *text_label;
  GtkWidget *deploy_button;
  GtkLabel *deploy_label;
  GtkWidget *not_now_button;
  GtkWidget *resume_button;
  GtkWidget *more_button;
};

enum
{
  PROP_STATUS = 1,
  PROP_STORE,
  PROP_WATCHER,
  N_PROPERTIES,
};

static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_FINAL_TYPE (DwStageNewer, dw_stage_newer, ADW_TYPE_BIN)

static void show (DwStageNewer *self);

/* --- Why a version is held ----------------------------------------------------------------------
 *
 * The stage says only that it is; that is seldom, so that it is read when it is to be said.
 */

/* What the thread works with. */
typedef struct
{
  DwStore *store;
  char *stage_id;
} Reading;

static void
reading_free (Reading *reading)
{
  g_object_unref (reading->store);
  g_free (reading->stage_id);
  g_free (reading);
}

static void
read_held_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Reading *reading = task_data;
  GError *error = NULL;
  GPtrArray *held = dw_store_list_held_versions (reading->store, reading->stage_id, &error);

  if (held != NULL)
    g_task_return_pointer (task, held, (GDestroyNotify) g_ptr_array_unref);
  else
    g_task_return_error (task, error);
}

static void
on_held_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  DwStageNewer *self = DW_STAGE_NEWER (source);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) held = g_task_propagate_pointer (G_TASK (result), &error);

  if (held == NULL)
    g_message ("why a version is held is not known: %s", error->message);
  for (guint i = 0; held != NULL && i < held->len; i++)
    if (g_strcmp0 (dw_held_version_get_digest (held->pdata[i]), self->held_digest) == 0)
      {
        self->held_reason = dw_held_version_get_reason (held->pdata[i]);
        show (self);
        break;
      }
}

static void
read_held (DwStageNewer *self)
{
  g_autoptr (GTask) task = dw_task_new (self, NULL, on_held_read, NULL);
  Reading *reading = g_new0 (Reading, 1);

  reading->store = g_object_ref (self->store);
  reading->stage_id = g_strdup (dw_entity_get_id (DW_ENTITY (self->stage)));
  g_free (self->held_digest);
  self->held_digest = g_strdup (dw_stage_get_newer_digest (self->stage));
  self->held_reason = DW_HOLD_FAILED;
  g_task_set_source_tag (task, read_held);
  g_task_set_task_data (task, reading, (GDestroyNotify) reading_free);
  g_task_run_in_thread (task, read_held_in_thread);
}

/* Returns: (transfer full): why it is not taken by itself */
static char *
describe_hold (DwStageNewer *self)
{
  switch (self->held_reason)
    {
    case DW_HOLD_ROLLED_BACK:
      return g_strdup (_ ("Held, because it was rolled back here"));
    case DW_HOLD_CANCELLED:
      return g_strdup (_ ("Held, because its deploy was cancelled"));
    case DW_HOLD_SKIPPED:
    case DW_HOLD_FAILED:
    default:
      return g_strdup (_ ("Held, because it failed here"));
    }
}

/* --- What is shown ------------------------------------------------------------------------------
 */

static gboolean
is_snoozed (DwStageNewer *self)
{
  return dw_watch_parse_time (dw_stage_get_snoozed_until (self->stage)) >
         g_get_real_time () / G_USEC_PER_SEC;
}

/* Returns: (transfer full): what becomes of it */
static char *
describe_state (DwStageNewer *self)
{
  g_autofree char *until = dw_format_until (dw_stage_get_newer_until (self->stage));
  g_autofree char *snoozed = dw_format_until (dw_stage_get_snoozed_until (self->stage));

  switch (dw_stage_get_newer_state (self->stage))
    {
    case DW_NEWER_ASKS:
      return g_strdup (_ ("Deploy it now?"));
    case DW_NEWER_DECLINED:
      return g_strdup (_ ("Not wanted for now"));
    case DW_NEWER_AGING:
      /* Translators: %s is a time: 17:20, or Fri 17:20 */
      return g_strdup_printf (_ ("Too young until %s"), until);
    case DW_NEWER_CLOSED:
      /* Translators: %s is a time: 17:20, or Fri 17:20 */
      return g_strdup_printf (_ ("Outside the allowed hours until %s"), until);
    case DW_NEWER_HELD:
      return describe_hold (self);
    case DW_NEWER_STOPPED:
      return g_strdup (_ ("Waits, because the stage is stopped"));
    case DW_NEWER_READY:
      return g_strdup (self->watcher != NULL && dw_watcher_get_deployer (self->watcher) == NULL
                           ? _ ("Deploys itself when the engine answers")
                           : _ ("Deploys itself now"));
    case DW_NEWER_SNOOZED:
    case DW_NEWER_NONE:
      /* Translators: %s is a time: 17:20, or Fri 17:20 */
      return g_strdup_printf (_ ("Snoozed until %s"), snoozed);
    case DW_NEWER_SHOWN:
    default:
      return g_strdup (_ ("Waits for you to deploy it"));
    }
}

static void
show_text (DwStageNewer *self)
{
  const char *tag = dw_stage_get_newer_tag (self->stage);
  g_autofree char *state = describe_state (self);
  g_autofree char *age = dw_format_age (dw_stage_get_newer_since (self->stage));
  g_autofree char *title = NULL;
  g_autofree char *text = NULL;

  if (tag == NULL)
    title = g_strdup (_ ("No Newer Versions Are Told"));
  else
    /* Translators: %s is a tag */
    title = g_strdup_printf (_ ("%s Is Available"), tag);
  if (tag != NULL && *age != '\0')
    /* Translators: what becomes of a version, and when it was first seen */
    text = g_strdup_printf (_ ("%s · seen %s"), state, age);

  gtk_label_set_label (self->title_label, title);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->title_label), tag);
  gtk_label_set_label (self->text_label, text != NULL ? text : state);
}

/* There is one for each stage; to who does not see them, their buttons say which they are of. */
static void
name_buttons (DwStageNewer *self)
{
  const char *stage = dw_stage_get_name (self->stage);
  const char *tag = dw_stage_get_newer_tag (self->stage);
  /* Translators: a tag; on a button */
  g_autofree char *label = g_strdup_printf (_ ("Deploy %s"), tag != NULL ? tag : "");
  /* Translators: a tag, and the name of a stage */
  g_autofree char *deploy = g_strdup_printf (_ ("Deploy %s to %s"), tag != NULL ? tag : "", stage);
  g_autofree char *not_now = g_strdup_printf (_ ("Not now to %s"), stage);
  g_autofree char *resume = g_strdup_printf (_ ("Resume %s"), stage);
  g_autofree char *more = g_strdup_printf (_ ("What to do with the newer version of %s"), stage);
  const struct
  {
    GtkWidget *button;
    const char *name;
  } names[] = {
    { self->deploy_button, deploy },
    { self->not_now_button, not_now },
    { self->resume_button, resume },
    { self->more_button, more },
  };

  gtk_label_set_label (self->deploy_label, label);
  gtk_widget_set_tooltip_text (self->deploy_button, label);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    dw_compat_set_accessible_name (names[i].button, names[i].name);
}

static void
show_actions (DwStageNewer *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  DwNewerState state = dw_stage_get_newer_state (self->stage);
  gboolean is_free = self->watcher != NULL && !self->is_answered;
  gboolean is_there = dw_stage_get_newer_digest (self->stage) != NULL && is_free;
  gboolean asks = state == DW_NEWER_ASKS;
  gboolean sleeps = is_snoozed (self);

  gtk_widget_action_set_enabled (widget, "newer.deploy",
                                 is_there && dw_watcher_get_deployer (self->watcher) != NULL);
  gtk_widget_action_set_enabled (widget, "newer.not-now", is_there && asks);
  gtk_widget_action_set_enabled (widget, "newer.skip", is_there);
  gtk_widget_action_set_enabled (widget, "newer.snooze-day", is_there && !sleeps);
  gtk_widget_action_set_enabled (widget, "newer.snooze-week", is_there && !sleeps);
  gtk_widget_action_set_enabled (widget, "newer.resume", is_free && sleeps);

  gtk_widget_set_visible (self->deploy_button, state != DW_NEWER_NONE && state != DW_NEWER_READY);
  gtk_widget_set_visible (self->not_now_button, asks);
  gtk_widget_set_visible (self->resume_button, sleeps);
  gtk_widget_set_visible (self->more_button, state != DW_NEWER_NONE);

  if (asks)
    {
      gtk_widget_add_css_class (self->box, "asks");
      gtk_widget_add_css_class (self->deploy_button, "suggested-action");
    }
  else
    {
      gtk_widget_remove_css_class (self->box, "asks");
      gtk_widget_remove_css_class (self->deploy_button, "suggested-action");
    }
}

static void
show (DwStageNewer *self)
{
  DwNewerState state;

  if (self->stage == NULL)
    {
      gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
      return;
    }

  state = dw_stage_get_newer_state (self->stage);
  if (state == DW_NEWER_HELD && self->store != NULL &&
      g_strcmp0 (self->held_digest, dw_stage_get_newer_digest (self->stage)) != 0)
    read_held (self);
  if (state != DW_NEWER_HELD)
    g_clear_pointer (&self->held_digest, g_free);

  /* A deploy has a place of its own on the card. */
  gtk_widget_set_visible (GTK_WIDGET (self), (state != DW_NEWER_NONE || is_snoozed (self)) &&
                                                 !dw_stage_status_is_deploying (self->status));
  show_text (self);
  name_buttons (self);
  show_actions (self);
}

static void
on_changed (DwStageNewer *self)
{
  self->is_answered = FALSE;
  show (self);
}

static gboolean
on_age (gpointer user_data)
{
  show (user_data);

  return G_SOURCE_CONTINUE;
}

/* --- What a person wants ------------------------------------------------------------------------
 */

/* A second press would be a second answer. */
static void
say (DwStageNewer *self, DwWatchAnswer answer, gint64 until_s)
{
  self->is_answered = TRUE;
  show_actions (self);
  dw_watcher_answer (self->watcher, dw_entity_get_id (DW_ENTITY (self->stage)), answer, until_s);
}

static void
on_answer_failed (DwStageNewer *self, const char *stage_id, const char *problem)
{
  if (self->stage == NULL || g_strcmp0 (stage_id, dw_entity_get_id (DW_ENTITY (self->stage))) != 0)
    return;

  gtk_widget_activate_action (GTK_WIDGET (self), "win.announce-problem", "s", problem);
  on_changed (self);
}

static void
deploy (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  say (DW_STAGE_NEWER (widget), DW_WATCH_ANSWER_DEPLOY, 0);
}

static void
not_now (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  say (DW_STAGE_NEWER (widget), DW_WATCH_ANSWER_NOT_NOW, 0);
}

static void
skip (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  DwStageNewer *self = DW_STAGE_NEWER (widget);

  say (self, DW_WATCH_ANSWER_SKIP, 0);
  dw_skip_undo_offer (widget, self->store, self->stage);
}

/* Returns: the morning of that day, in seconds since 1970 */
static gint64
find_morning (int days)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autoptr (GDateTime) day = g_date_time_add_days (now, days);
  g_autoptr (GDateTime)
      morning = g_date_time_new_local (g_date_time_get_year (day), g_date_time_get_month (day),
                                       g_date_time_get_day_of_month (day), MORNING_HOUR, 0, 0);

  return g_date_time_to_unix (morning);
}

static void
snooze_day (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  say (DW_STAGE_NEWER (widget), DW_WATCH_ANSWER_SNOOZE, find_morning (1));
}

/* On Monday. */
static void
snooze_week (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();

  say (DW_STAGE_NEWER (widget), DW_WATCH_ANSWER_SNOOZE,
       find_morning (8 - g_date_time_get_day_of_week (now)));
}

static void
resume (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  say (DW_STAGE_NEWER (widget), DW_WATCH_ANSWER_SNOOZE, 0);
}

/* --- The class ----------------------------------------------------------------------------------
 */

static void
set_status (DwStageNewer *self, DwStageStatus *status)
{
  if (self->stage != NULL)
    {
      g_signal_handlers_disconnect_by_func (self->status, on_changed, self);
      g_signal_handlers_disconnect_by_func (self->stage, on_changed, self);
    }
  g_set_object (&self->status, status);
  g_clear_object (&self->stage);
  if (status == NULL)
    return;

  self->stage = g_object_ref (dw_stage_status_get_stage (status));
  g_signal_connect_object (status, "notify", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->stage, "notify", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
  show (self);
}

static void
set_watcher (DwStageNewer *self, DwWatcher *watcher)
{
  if (self->watcher != NULL)
    g_signal_handlers_disconnect_by_data (self->watcher, self);
  g_set_object (&self->watcher, watcher);
  if (watcher == NULL)
    return;

  g_signal_connect_object (watcher, "notify::deployer", G_CALLBACK (show), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (watcher, "answer-failed", G_CALLBACK (on_answer_failed), self,
                           G_CONNECT_SWAPPED);
  show (self);
}

static void
dw_stage_newer_map (GtkWidget *widget)
{
  DwStageNewer *self = DW_STAGE_NEWER (widget);

  GTK_WIDGET_CLASS (dw_stage_newer_parent_class)->map (widget);
  self->age_source = g_timeout_add_seconds (AGE_INTERVAL_S, on_age, self);
  show (self);
}

static void
dw_stage_newer_unmap (GtkWidget *widget)
{
  g_clear_handle_id (&DW_STAGE_NEWER (widget)->age_source, g_source_remove);
  GTK_WIDGET_CLASS (dw_stage_newer_parent_class)->unmap (widget);
}

static void
dw_stage_newer_dispose (GObject *object)
{
  DwStageNewer *self = DW_STAGE_NEWER (object);

  g_clear_handle_id (&self->age_source, g_source_remove);
  set_status (self, NULL);
  set_watcher (self, NULL);
  g_clear_pointer (&self->held_digest, g_free);

  G_OBJECT_CLASS (dw_stage_newer_parent_class)->dispose (object);
}

/* A thread may read from the store as long as the object is there. */
static void
dw_stage_newer_finalize (GObject *object)
{
  g_clear_object (&DW_STAGE_NEWER (object)->store);

  G_OBJECT_CLASS (dw_stage_newer_parent_class)->finalize (object);
}

static void
dw_stage_newer_get_property (GObject *object, guint property_id, GValue *value, GParamSpec *pspec)
{
  DwStageNewer *self = DW_STAGE_NEWER (object);

  switch (property_id)
    {
    case PROP_STATUS:
      g_value_set_object (value, self->status);
      break;
    case PROP_STORE:
      g_value_set_object (value, self->store);
      break;
    case PROP_WATCHER:
      g_value_set_object (value, self->watcher);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
dw_stage_newer_set_property (GObject *object,
                             guint property_id,
                             const GValue *value,
                             GParamSpec *pspec)
{
  DwStageNewer *self = DW_STAGE_NEWER (object);

  switch (property_id)
    {
    case PROP_STATUS:
      if (self->status != g_value_get_object (value))
        {
          set_status (self, g_value_get_object (value));
          g_object_notify_by_pspec (object, pspec);
        }
      break;
    case PROP_STORE:
      if (g_set_object (&self->store, g_value_get_object (value)))
        {
          show (self);
          g_object_notify_by_pspec (object, pspec);
        }
      break;
    case PROP_WATCHER:
      if (self->watcher != g_value_get_object (value))
        {
          set_watcher (self, g_value_get_object (value));
          g_object_notify_by_pspec (object, pspec);
        }
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
dw_stage_newer_class_init (DwStageNewerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->dispose = dw_stage_newer_dispose;
  object_class->finalize = dw_stage_newer_finalize;
  object_class->get_property = dw_stage_newer_get_property;
  object_class->set_property = dw_stage_newer_set_property;
  widget_class->map = dw_stage_newer_map;
  widget_class->unmap = dw_stage_newer_unmap;

  properties[PROP_STATUS] = g_param_spec_object ("status", NULL, NULL, DW_TYPE_STAGE_STATUS, flags);
  properties[PROP_STORE] = g_param_spec_object ("store", NULL, NULL, DW_TYPE_STORE, flags);
  properties[PROP_WATCHER] = g_param_spec_object ("watcher", NULL, NULL, DW_TYPE_WATCHER, flags);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);

  gtk_widget_class_set_template_from_resource (widget_class, DW_UI_PATH "dw-stage-newer.ui");
  gtk_widget_class_bind_template_child (widget_class, DwStageNewer, box);
  gtk_widget_class_bind_template_child (widget_class, DwStageNewer, title_label);
  gtk_widget_class_bind_template_child (widget_class, DwStageNewer, text_label);
  gtk_widget_class_bind_template_child (widget_class, DwStageNewer, deploy_button);
  gtk_widget_class_bind_template_child (widget_class, DwStageNewer, deploy_label);
  gtk_widget_class_bind_template_child (widget_class, DwStageNewer, not_now_button);
  gtk_widget_class_bind_template_child (widget_class, DwStageNewer, resume_button);
  gtk_widget_class_bind_template_child (widget_class, DwStageNewer, more_button);

  gtk_widget_class_install_action (widget_class, "newer.deploy", NULL, deploy);
  gtk_widget_class_install_action (widget_class, "newer.not-now", NULL, not_now);
  gtk_widget_class_install_action (widget_class, "newer.skip", NULL, skip);
  gtk_widget_class_install_action (widget_class, "newer.snooze-day", NULL, snooze_day);
  gtk_widget_class_install_action (widget_class, "newer.snooze-week", NULL, snooze_week);
  gtk_widget_class_install_action (widget_class, "newer.resume", NULL, resume);
}

static void
dw_stage_newer_init (DwStageNewer *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

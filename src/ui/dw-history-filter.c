/* dw-history-filter.c: what the history is filtered by
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The search entry, the popover and the chips all show this one, and change it. It is remembered
 * until the next time.
 */

#include "config.h"

#include "ui/dw-history-filter.h"

#include "model/dw-enum-types.h"

struct _DwHistoryFilter
{
  GObject parent_instance;

  GSettings *state; /* nullable: nothing is remembered */
  DwStoreFilter *filter;
};

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (DwHistoryFilter, dw_history_filter, G_TYPE_OBJECT)

/* What is not known any more, after the settings were written by a later version, is left out. */
static guint
recall_bits (GSettings *state, const char *key, GType type)
{
  g_auto (GStrv) nicks = g_settings_get_strv (state, key);
  guint bits = 0;

  for (guint i = 0; nicks[i] != NULL; i++)
    {
      int member;

      if (dw_enum_from_nick (type, nicks[i], &member, NULL))
        bits |= DW_STORE_BIT (member);
    }

  return bits;
}

static void
remember_bits (GSettings *state, const char *key, GType type, guint bits)
{
  g_autoptr (GStrvBuilder) nicks = g_strv_builder_new ();

  for (int bit = g_bit_nth_lsf (bits, -1); bit >= 0; bit = g_bit_nth_lsf (bits, bit))
    g_strv_builder_add (nicks, dw_enum_to_nick (type, bit));

  g_auto (GStrv) array = g_strv_builder_end (nicks);
  g_settings_set_strv (state, key, (const char *const *) array);
}

static void
recall (DwHistoryFilter *self)
{
  g_autofree char *project = g_settings_get_string (self->state, "deploys-project");
  g_autofree char *stage = g_settings_get_string (self->state, "deploys-stage");
  g_autofree char *text = g_settings_get_string (self->state, "deploys-text");
  DwStoreFilter recalled = {
    .project_id = *project != '\0' ? project : NULL,
    .stage_id = *project != '\0' && *stage != '\0' ? stage : NULL,
    .statuses = recall_bits (self->state, "deploys-statuses", DW_TYPE_DEPLOY_STATUS),
    .triggers = recall_bits (self->state, "deploys-triggers", DW_TYPE_TRIGGER),
    .text = text,
  };

  dw_store_filter_free (self->filter);
  self->filter = dw_store_filter_copy (&recalled);
}

static void
remember (DwHistoryFilter *self)
{
  const DwStoreFilter *filter = self->filter;

  g_settings_set_string (self->state, "deploys-project",
                         filter->project_id != NULL ? filter->project_id : "");
  g_settings_set_string (self->state, "deploys-stage",
                         filter->stage_id != NULL ? filter->stage_id : "");
  g_settings_set_string (self->state, "deploys-text", filter->text != NULL ? filter->text : "");
  remember_bits (self->state, "deploys-statuses", DW_TYPE_DEPLOY_STATUS, filter->statuses);
  remember_bits (self->state, "deploys-triggers", DW_TYPE_TRIGGER, filter->triggers);
}

static void
take (DwHistoryFilter *self, const DwStoreFilter *filter)
{
  g_autoptr (DwStoreFilter) copy = dw_store_filter_copy (filter);

  if (dw_store_filter_equal (self->filter, copy))
    return;

  dw_store_filter_free (self->filter);
  self->filter = g_steal_pointer (&copy);
  if (self->state != NULL)
    remember (self);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
dw_history_filter_finalize (GObject *object)
{
  DwHistoryFilter *self = DW_HISTORY_FILTER (object);

  g_clear_object (&self->state);
  dw_store_filter_free (self->filter);

  G_OBJECT_CLASS (dw_history_filter_parent_class)->finalize (object);
}

static void
dw_history_filter_class_init (DwHistoryFilterClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = dw_history_filter_finalize;

  signals[SIGNAL_CHANGED] = g_signal_new ("changed", DW_TYPE_HISTORY_FILTER, G_SIGNAL_RUN_LAST, 0,
                                          NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
dw_history_filter_init (DwHistoryFilter *self)
{
  self->filter = dw_store_filter_copy (&(DwStoreFilter){ NULL });
}

/**
 * dw_history_filter_new:
 * @state: (nullable): where it is remembered
 *
 * Returns: (transfer full): the filter of last time
 */
DwHistoryFilter *
dw_history_filter_new (GSettings *state)
{
  DwHistoryFilter *self = g_object_new (DW_TYPE_HISTORY_FILTER, NULL);

  if (g_set_object (&self->state, state))
    recall (self);

  return self;
}

/* Returns: (transfer none): the filter as the store wants it; valid until it changes */
const DwStoreFilter *
dw_history_filter_get (DwHistoryFilter *self)
{
  g_return_val_if_fail (DW_IS_HISTORY_FILTER (self), NULL);

  return self->filter;
}

/* Returns: whether it shows every deploy */
gboolean
dw_history_filter_is_empty (DwHistoryFilter *self)
{
  g_return_val_if_fail (DW_IS_HISTORY_FILTER (self), TRUE);

  return dw_store_filter_equal (self->filter, &(DwStoreFilter){ NULL });
}

/* @project_id: (nullable): the project, or %NULL for all; of all its stages */
void
dw_history_filter_set_project (DwHistoryFilter *self, const char *project_id)
{
  g_return_if_fail (DW_IS_HISTORY_FILTER (self));

  DwStoreFilter filter = *self->filter;
  if (g_strcmp0 (filter.project_id, project_id) == 0)
    return;

  filter.project_id = project_id;
  filter.stage_id = NULL;
  take (self, &filter);
}

/* @stage_id: (nullable): a stage of the project, or %NULL for all */
void
dw_history_filter_set_stage (DwHistoryFilter *self, const char *stage_id)
{
  g_return_if_fail (DW_IS_HISTORY_FILTER (self));
  g_return_if_fail (stage_id == NULL || self->filter->project_id != NULL);

  DwStoreFilter filter = *self->filter;
  filter.stage_id = stage_id;
  take (self, &filter);
}

/* @text: (nullable): as a person typed it */
void
dw_history_filter_set_text (DwHistoryFilter *self, const char *text)
{
  g_return_if_fail (DW_IS_HISTORY_FILTER (self));

  DwStoreFilter filter = *self->filter;
  filter.text = text;
  take (self, &filter);
}

static guint
change_bits (guint before, guint bits, gboolean is_shown)
{
  return is_shown ? before | bits : before & ~bits;
}

/* Adds statuses to those that are shown, or takes them away; with none, all are shown. */
void
dw_history_filter_set_statuses (DwHistoryFilter *self, guint bits, gboolean is_shown)
{
  g_return_if_fail (DW_IS_HISTORY_FILTER (self));

  DwStoreFilter filter = *self->filter;
  filter.statuses = change_bits (filter.statuses, bits, is_shown);
  take (self, &filter);
}

/* Adds triggers to those that are shown, or takes them away; with none, all are shown. */
void
dw_history_filter_set_triggers (DwHistoryFilter *self, guint bits, gboolean is_shown)
{
  g_return_if_fail (DW_IS_HISTORY_FILTER (self));

  DwStoreFilter filter = *self->filter;
  filter.triggers = change_bits (filter.triggers, bits, is_shown);
  take (self, &filter);
}

/* Shows every deploy again. */
void
dw_history_filter_clear (DwHistoryFilter *self)
{
  g_return_if_fail (DW_IS_HISTORY_FILTER (self));

  take (self, &(DwStoreFilter){ NULL });
}

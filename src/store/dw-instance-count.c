/* dw-instance-count.c: how many instances there are, live
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * For who shows their number alone, and need not hold all of them for that.
 */

#include "config.h"

#include "store/dw-instance-count.h"

struct _DwInstanceCount
{
  GObject parent_instance;

  DwStore *store;
  guint number;
  gboolean is_counting;
  gboolean is_outdated; /* somebody wrote while a worker counted */
};

enum
{
  PROP_NUMBER = 1,
  N_PROPERTIES,
};

static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_FINAL_TYPE (DwInstanceCount, dw_instance_count, G_TYPE_OBJECT)

static void
count_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  GError *error = NULL;
  gint64 number;

  if (dw_store_count_instances (task_data, &number, &error))
    g_task_return_int (task, number);
  else
    g_task_return_error (task, error);
}

static void count (DwInstanceCount *self);

static void
on_counted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  DwInstanceCount *self = DW_INSTANCE_COUNT (source);
  g_autoptr (GError) error = NULL;
  gssize number = g_task_propagate_int (G_TASK (result), &error);

  self->is_counting = FALSE;
  /* The lists of the window read the same store, and say so. */
  if (error != NULL)
    g_debug ("The instances cannot be counted: %s", error->message);
  else if (self->number != (guint) number)
    {
      self->number = (guint) number;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NUMBER]);
    }
  if (self->is_outdated)
    count (self);
}

static void
count (DwInstanceCount *self)
{
  self->is_outdated = self->is_counting;
  if (self->is_counting)
    return;

  g_autoptr (GTask) task = g_task_new (self, NULL, on_counted, NULL);

  self->is_counting = TRUE;
  g_task_set_source_tag (task, count);
  g_task_set_task_data (task, g_object_ref (self->store), g_object_unref);
  g_task_run_in_thread (task, count_in_thread);
}

static void
on_store_changed (DwInstanceCount *self, GType type)
{
  if (type == DW_TYPE_INSTANCE)
    count (self);
}

static void
dw_instance_count_finalize (GObject *object)
{
  g_object_unref (DW_INSTANCE_COUNT (object)->store);

  G_OBJECT_CLASS (dw_instance_count_parent_class)->finalize (object);
}

static void
dw_instance_count_get_property (GObject *object,
                                guint property_id,
                                GValue *value,
                                GParamSpec *pspec)
{
  switch (property_id)
    {
    case PROP_NUMBER:
      g_value_set_uint (value, DW_INSTANCE_COUNT (object)->number);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
dw_instance_count_class_init (DwInstanceCountClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = dw_instance_count_finalize;
  object_class->get_property = dw_instance_count_get_property;

  properties[PROP_NUMBER] = g_param_spec_uint ("number", NULL, NULL, 0, G_MAXUINT, 0,
                                               G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY |
                                                   G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
dw_instance_count_init (DwInstanceCount *self)
{
}

/**
 * dw_instance_count_new:
 * @store: the store
 *
 * Returns: (transfer full): the number, once a thread has counted, and whenever somebody writes
 */
DwInstanceCount *
dw_instance_count_new (DwStore *store)
{
  DwInstanceCount *self;

  g_return_val_if_fail (DW_IS_STORE (store), NULL);

  self = g_object_new (DW_TYPE_INSTANCE_COUNT, NULL);
  self->store = g_object_ref (store);
  g_signal_connect_object (store, "changed", G_CALLBACK (on_store_changed), self,
                           G_CONNECT_SWAPPED);
  dw_store_watch (store);
  count (self);

  return self;
}

/* dw-tag-source.c: what a stage can be deployed with, as the registry has it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A registry gives its tags in the order of the alphabet, if in any, and only their names. So they
 * are ordered by what the names say: those that the stage follows by its own policy, then the other
 * versions, then the rest.
 */

#include "config.h"

#include "ui/dw-tag-source.h"

#include <string.h>

#include "deploy/dw-stage-state.h"
#include "model/dw-tag-policy.h"

typedef struct
{
  DwStore *store;
  DwRegistries *registries;
  DwEngine *engine; /* nullable: it does not answer */
  char *stage_id;
} Reading;

static void
reading_free (Reading *reading)
{
  g_clear_object (&reading->store);
  g_clear_object (&reading->registries);
  g_clear_object (&reading->engine);
  g_free (reading->stage_id);
  g_free (reading);
}

/* A tag, and what decides its place. */
typedef struct
{
  const char *name;
  char *key; /* so that 10 comes after 9 */
  gboolean is_followed;
  gboolean is_version;
} Ranked;

typedef struct
{
  DwTagPolicy *policy;
  DwTagPolicy *any_version;
} Order;

static void
clear_ranked (gpointer data)
{
  g_free (((Ranked *) data)->key);
}

static int
compare (gconstpointer a, gconstpointer b, gpointer user_data)
{
  const Ranked *one = a;
  const Ranked *other = b;
  const Order *order = user_data;
  int result = 0;

  if (one->is_followed != other->is_followed)
    return one->is_followed ? -1 : 1;
  if (one->is_followed)
    result = -dw_tag_policy_compare (order->policy, one->name, other->name);
  else if (one->is_version != other->is_version)
    return one->is_version ? -1 : 1;
  else if (one->is_version)
    result = -dw_tag_policy_compare (order->any_version, one->name, other->name);

  return result != 0 ? result : -strcmp (one->key, other->key);
}

static GPtrArray *
make_items (GStrv tags, DwTagPolicy *policy, GError **error)
{
  g_autoptr (DwTagPolicy) any_version = dw_tag_policy_new (DW_TAG_POLICY_SEMVER, "*", error);
  Order order = { .policy = policy, .any_version = any_version };
  g_autoptr (GArray) ranked = g_array_new (FALSE, FALSE, sizeof (Ranked));
  GPtrArray *items = NULL;

  if (any_version == NULL)
    return NULL;

  g_array_set_clear_func (ranked, clear_ranked);
  for (guint i = 0; tags[i] != NULL; i++)
    {
      Ranked tag = {
        .name = tags[i],
        .key = g_utf8_collate_key_for_filename (tags[i], -1),
        .is_followed = dw_tag_policy_matches (policy, tags[i]),
        .is_version = dw_tag_policy_matches (any_version, tags[i]),
      };

      g_array_append_val (ranked, tag);
    }
  g_array_sort_with_data (ranked, compare, &order);

  items = g_ptr_array_new_full (ranked->len, g_object_unref);
  for (guint i = 0; i < ranked->len; i++)
    {
      const Ranked *tag = &g_array_index (ranked, Ranked, i);

      g_ptr_array_add (items, dw_tag_item_new (tag->name, tag->is_followed, TRUE));
    }

  return items;
}

static gboolean
read_stage (DwTagSource *self, Reading *reading, GCancellable *cancellable, GError **error)
{
  g_autoptr (DwStageState) state = dw_stage_state_read (reading->store, reading->engine,
                                                        reading->stage_id, cancellable, error);

  if (state == NULL)
    return FALSE;
  self->plan = dw_deploy_plan_read (
      reading->store, reading->stage_id,
      state->container != NULL && state->container->state == DW_CONTAINER_RUNNING, error);
  if (self->plan == NULL)
    return FALSE;
  self->project = dw_store_get (reading->store, DW_TYPE_PROJECT,
                                dw_stage_get_project_id (state->stage), error);
  if (self->project == NULL)
    return FALSE;
  self->image = dw_image_reference_parse (dw_project_get_image (self->project), error);

  return self->image != NULL;
}

/* That the tags cannot be read is no reason not to type one. */
static void
read_tags (DwTagSource *self, Reading *reading, GCancellable *cancellable)
{
  DwStage *stage = self->plan->stage;
  g_auto (GStrv) tags = NULL;
  g_autoptr (DwTagPolicy) policy = dw_tag_policy_new (
      dw_stage_get_policy_kind (stage), dw_stage_get_policy_pattern (stage), &self->problem);

  if (policy == NULL)
    return;
  tags = dw_registries_list_tags (reading->registries, dw_project_get_registry_id (self->project),
                                  self->image, cancellable, &self->problem);
  if (tags != NULL)
    self->items = make_items (tags, policy, &self->problem);
}

static void
read_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Reading *reading = task_data;
  g_autoptr (DwTagSource) self = g_new0 (DwTagSource, 1);
  GError *error = NULL;

  if (!read_stage (self, reading, cancellable, &error))
    {
      g_task_return_error (task, error);
      return;
    }

  read_tags (self, reading, cancellable);
  g_task_return_pointer (task, g_steal_pointer (&self), (GDestroyNotify) dw_tag_source_free);
}

/**
 * dw_tag_source_read_async:
 * @session: the session
 * @stage_id: a stage
 * @cancellable: (nullable): ends it
 * @callback: called with what there is
 * @user_data: for @callback
 */
void
dw_tag_source_read_async (DwSession *session,
                          const char *stage_id,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (session, cancellable, callback, user_data);
  DwEngineStatus *status = dw_session_get_engine_status (session);
  Reading *reading = g_new0 (Reading, 1);

  reading->store = g_object_ref (dw_session_get_store (session));
  reading->registries = g_object_ref (dw_session_get_registry_access (session));
  if (dw_engine_status_get_state (status) == DW_ENGINE_STATE_CONNECTED)
    g_set_object (&reading->engine, dw_engine_status_get_engine (status));
  reading->stage_id = g_strdup (stage_id);
  g_task_set_source_tag (task, dw_tag_source_read_async);
  g_task_set_task_data (task, reading, (GDestroyNotify) reading_free);
  g_task_run_in_thread (task, read_in_thread);
}

/* Returns: (transfer full) (nullable): what there is; the tags may be missing, with a reason */
DwTagSource *
dw_tag_source_read_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* Frees @self with all that it holds. */
void
dw_tag_source_free (DwTagSource *self)
{
  g_clear_pointer (&self->plan, dw_deploy_plan_free);
  g_clear_object (&self->project);
  g_clear_pointer (&self->image, dw_image_reference_unref);
  g_clear_pointer (&self->items, g_ptr_array_unref);
  g_clear_error (&self->problem);
  g_free (self);
}

/* Returns: whether @text could be a tag, or is a digest */
gboolean
dw_tag_source_accepts (const DwTagSource *self, const char *text)
{
  g_autoptr (DwImageReference)
      reference = strchr (text, ':') != NULL
                      ? dw_image_reference_with_digest (self->image, text, NULL)
                      : dw_image_reference_with_tag (self->image, text, NULL);

  return reference != NULL;
}

typedef struct
{
  DwRegistries *registries;
  char *registry_id; /* nullable */
  DwImageReference *image;
  GPtrArray *items; /* of DwTagItem */
  GStrv names;      /* of @items */
  guint n_told;
  GCancellable *cancellable;
} Description;

static void
description_free (Description *description)
{
  g_object_unref (description->registries);
  g_free (description->registry_id);
  dw_image_reference_unref (description->image);
  g_ptr_array_unref (description->items);
  g_strfreev (description->names);
  g_clear_object (&description->cancellable);
  g_free (description);
}

/* What is known of an item, on its way to the main context. */
typedef struct
{
  DwTagItem *item;
  char *digest;
  char *created;
} Finding;

static void
finding_free (Finding *finding)
{
  g_object_unref (finding->item);
  g_free (finding->digest);
  g_free (finding->created);
  g_free (finding);
}

static gboolean
take_finding (gpointer user_data)
{
  Finding *finding = user_data;

  dw_tag_item_describe (finding->item, finding->digest, finding->created);

  return G_SOURCE_REMOVE;
}

static gboolean
on_described (const char *tag, const char *digest, const char *created, gpointer user_data)
{
  Description *description = user_data;
  Finding *finding = g_new0 (Finding, 1);

  finding->item = g_object_ref (g_ptr_array_index (description->items, description->n_told++));
  finding->digest = g_strdup (digest);
  finding->created = g_strdup (created);
  g_idle_add_full (G_PRIORITY_DEFAULT, take_finding, finding, (GDestroyNotify) finding_free);

  return !g_cancellable_is_cancelled (description->cancellable);
}

static void
describe_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Description *description = task_data;
  GError *error = NULL;

  if (dw_registries_describe_tags (description->registries, description->registry_id,
                                   description->image, (const char *const *) description->names,
                                   on_described, description, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/**
 * dw_tag_source_describe_async:
 * @self: a source
 * @session: the session
 * @items: (element-type DwTagItem): some of its items
 * @cancellable: (nullable): ends it
 * @callback: called when all are described
 * @user_data: for @callback
 */
void
dw_tag_source_describe_async (const DwTagSource *self,
                              DwSession *session,
                              GPtrArray *items,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (session, cancellable, callback, user_data);
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();
  Description *description = g_new0 (Description, 1);

  for (guint i = 0; i < items->len; i++)
    g_strv_builder_add (names, dw_tag_item_get_name (g_ptr_array_index (items, i)));

  description->registries = g_object_ref (dw_session_get_registry_access (session));
  description->registry_id = g_strdup (dw_project_get_registry_id (self->project));
  description->image = dw_image_reference_ref (self->image);
  description->items = g_ptr_array_ref (items);
  description->names = g_strv_builder_end (names);
  g_set_object (&description->cancellable, cancellable);
  g_task_set_source_tag (task, dw_tag_source_describe_async);
  g_task_set_task_data (task, description, (GDestroyNotify) description_free);
  g_task_run_in_thread (task, describe_in_thread);
}

/* Returns: whether all are described */
gboolean
dw_tag_source_describe_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

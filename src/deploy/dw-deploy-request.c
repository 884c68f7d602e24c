/* dw-deploy-request.c: what was asked for, made into a deploy in the store
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A request that makes no sense (a stage that is not there, nothing to go back to) is refused here
 * and leaves no trace; whatever goes wrong after this is in the history.
 */

#include "config.h"

#include "deploy/dw-deploy-request.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "deploy/dw-deploy-error.h"
#include "model/dw-image-reference.h"

/**
 * dw_deploy_request_new:
 * @kind: what is asked for
 * @trigger: what asks
 * @stage_id: the stage
 *
 * Returns: (transfer full): a request, whose other fields are the caller's to set
 */
DwDeployRequest *
dw_deploy_request_new (DwDeployRequestKind kind, DwTrigger trigger, const char *stage_id)
{
  DwDeployRequest *self = g_new0 (DwDeployRequest, 1);

  self->kind = kind;
  self->trigger = trigger;
  self->stage_id = g_strdup (stage_id);

  return self;
}

void
dw_deploy_request_free (DwDeployRequest *self)
{
  g_free (self->stage_id);
  g_free (self->target);
  g_free (self->target_tag);
  g_free (self->note);
  g_free (self->deploy_id);
  g_free (self->to_stage_id);
  g_free (self);
}

/* @image may be NULL for the project's own of now. A digest that was deployed once is that of the
 * image of then: the project's may have moved to another registry. */
static DwDeploy *
new_deploy (DwStore *store,
            const char *stage_id,
            DwTrigger trigger,
            const char *image,
            const char *tag,
            const char *digest,
            GError **error)
{
  g_autoptr (DwStage) stage = dw_store_get (store, DW_TYPE_STAGE, stage_id, error);
  g_autoptr (DwProject)
      project = stage != NULL
                    ? dw_store_get (store, DW_TYPE_PROJECT, dw_stage_get_project_id (stage), error)
                    : NULL;

  if (project == NULL)
    return NULL;

  return g_object_new (DW_TYPE_DEPLOY, "project-id", dw_stage_get_project_id (stage), "stage-id",
                       stage_id, "image", image != NULL ? image : dw_project_get_image (project),
                       "tag", tag, "digest", digest, "trigger", trigger, NULL);
}

static DwDeploy *
make_deploy (DwDeployRequest *self, DwStore *store, GError **error)
{
  gboolean is_digest = self->target != NULL && strchr (self->target, ':') != NULL;
  g_autoptr (DwImageReference) checked = NULL;
  g_autoptr (DwDeploy) deploy = new_deploy (store, self->stage_id, self->trigger, NULL,
                                            is_digest ? self->target_tag : self->target,
                                            is_digest ? self->target : NULL, error);

  if (deploy == NULL || self->target == NULL)
    return g_steal_pointer (&deploy);

  g_autoptr (DwImageReference)
      image = dw_image_reference_parse (dw_deploy_get_image (deploy), error);
  if (image == NULL)
    return NULL;
  checked = is_digest ? dw_image_reference_with_digest (image, self->target, error)
                      : dw_image_reference_with_tag (image, self->target, error);

  return checked != NULL ? g_steal_pointer (&deploy) : NULL;
}

static gboolean
is_good (DwDeploy *deploy)
{
  return dw_deploy_get_status (deploy) == DW_DEPLOY_SUCCESS &&
         dw_deploy_get_digest (deploy) != NULL;
}

/* What runs in the stage now; NULL without an error when nothing does. */
static gboolean
get_current (DwStore *store, DwStage *stage, DwInstance **current, GError **error)
{
  const char *id = dw_stage_get_current_instance_id (stage);

  *current = id != NULL ? dw_store_get (store, DW_TYPE_INSTANCE, id, error) : NULL;

  return id == NULL || *current != NULL;
}

static DwDeploy *
find_previous (DwStore *store, DwStage *stage, GError **error)
{
  g_autoptr (GError) problem = NULL;
  g_autoptr (DwInstance) current = NULL;
  DwDeploy *previous = NULL;

  if (!get_current (store, stage, &current, error))
    return NULL;

  if (current != NULL)
    previous = dw_store_find_previous_deploy (store, dw_entity_get_id (DW_ENTITY (stage)),
                                              dw_instance_get_digest (current), &problem);
  if (previous != NULL)
    return previous;

  if (problem != NULL && !g_error_matches (problem, DW_STORE_ERROR, DW_STORE_ERROR_NOT_FOUND))
    g_propagate_error (error, g_steal_pointer (&problem));
  else
    g_set_error (error, DW_DEPLOY_ERROR, DW_DEPLOY_ERROR_NO_PREVIOUS,
                 _ ("The stage “%s” has no earlier version that succeeded to go back to"),
                 dw_stage_get_name (stage));

  return NULL;
}

static DwDeploy *
make_rollback (DwDeployRequest *self, DwStore *store, GError **error)
{
  g_autoptr (DwDeploy) target = NULL;
  g_autoptr (DwStage) stage = dw_store_get (store, DW_TYPE_STAGE, self->stage_id, error);

  if (stage == NULL)
    return NULL;

  if (self->deploy_id != NULL)
    {
      target = dw_store_get (store, DW_TYPE_DEPLOY, self->deploy_id, error);
      if (target == NULL)
        return NULL;
      if (!is_good (target) || g_strcmp0 (dw_deploy_get_stage_id (target), self->stage_id) != 0)
        {
          g_set_error (error, DW_DEPLOY_ERROR, DW_DEPLOY_ERROR_NO_PREVIOUS,
                       _ ("The deploy %s cannot be gone back to: it did not succeed in this stage"),
                       self->deploy_id);
          return NULL;
        }
    }
  else if ((target = find_previous (store, stage, error)) == NULL)
    return NULL;

  return new_deploy (store, self->stage_id, self->trigger, dw_deploy_get_image (target),
                     dw_deploy_get_tag (target), dw_deploy_get_digest (target), error);
}

static char *
find_next_stage (DwStore *store, DwStage *stage, GError **error)
{
  g_autoptr (GPtrArray)
      stages = dw_store_list_stages (store, dw_stage_get_project_id (stage), error);

  if (stages == NULL)
    return NULL;

  for (guint i = 0; i + 1 < stages->len; i++)
    if (g_strcmp0 (dw_entity_get_id (g_ptr_array_index (stages, i)),
                   dw_entity_get_id (DW_ENTITY (stage))) == 0)
      return g_strdup (dw_entity_get_id (g_ptr_array_index (stages, i + 1)));

  g_set_error (error, DW_DEPLOY_ERROR, DW_DEPLOY_ERROR_NO_NEXT_STAGE,
               _ ("The stage “%s” is the project's last: there is none to promote to"),
               dw_stage_get_name (stage));
  return NULL;
}

static DwDeploy *
make_promotion (DwDeployRequest *self, DwStore *store, GError **error)
{
  g_autoptr (DwStage) from = dw_store_get (store, DW_TYPE_STAGE, self->stage_id, error);
  g_autoptr (DwInstance) instance = NULL;

  if (from == NULL)
    return NULL;

  if (dw_stage_get_current_instance_id (from) == NULL)
    {
      g_set_error (error, DW_DEPLOY_ERROR, DW_DEPLOY_ERROR_NO_INSTANCE,
                   _ ("Nothing runs in the stage “%s” that could be promoted; deploy to it first"),
                   dw_stage_get_name (from));
      return NULL;
    }
  instance = dw_store_get (store, DW_TYPE_INSTANCE, dw_stage_get_current_instance_id (from), error);
  if (instance == NULL)
    return NULL;

  g_autofree char *to_id = self->to_stage_id != NULL ? g_strdup (self->to_stage_id)
                                                     : find_next_stage (store, from, error);
  if (to_id == NULL)
    return NULL;

  g_autoptr (DwStage) to = dw_store_get (store, DW_TYPE_STAGE, to_id, error);
  if (to == NULL)
    return NULL;
  if (g_strcmp0 (dw_stage_get_project_id (from), dw_stage_get_project_id (to)) != 0 ||
      g_str_equal (to_id, self->stage_id))
    {
      g_set_error (error, DW_DEPLOY_ERROR, DW_DEPLOY_ERROR_NO_NEXT_STAGE,
                   _ ("“%s” cannot be promoted to “%s”: choose another stage of the same project"),
                   dw_stage_get_name (from), dw_stage_get_name (to));
      return NULL;
    }

  return new_deploy (store, to_id, self->trigger, dw_instance_get_image (instance),
                     dw_instance_get_tag (instance), dw_instance_get_digest (instance), error);
}

/* A deploy on its way into the store. */
typedef struct
{
  DwDeployRequest *request;
  DwDeploy *deploy;
  GHashTable *left_behind; /* a set of the ids of deploys that a crash interrupted */
} Entry;

/* A deploy that has not ended, while nobody works at its stage or waits for it, was left behind. */
static GHashTable *
find_left_behind (DwStore *store, const char *stage_id, const char *lock_directory, GError **error)
{
  g_autoptr (GHashTable) ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (DwStageLock) lock = dw_stage_lock_open (lock_directory, stage_id, error);
  g_autoptr (GPtrArray) unfinished = NULL;

  if (lock == NULL)
    return NULL;
  if (!dw_stage_lock_try_own_queue (lock) || !dw_stage_lock_try_work (lock))
    return g_steal_pointer (&ids);

  /* While the lock is held nobody begins another one. */
  unfinished = dw_store_list_unfinished_deploys (store, error);
  for (guint i = 0; unfinished != NULL && i < unfinished->len; i++)
    if (g_strcmp0 (dw_deploy_get_stage_id (unfinished->pdata[i]), stage_id) == 0)
      g_hash_table_add (ids, g_strdup (dw_entity_get_id (unfinished->pdata[i])));

  return unfinished != NULL ? g_steal_pointer (&ids) : NULL;
}

static gboolean
is_asked_by_program (DwDeployRequest *self)
{
  return self->trigger == DW_TRIGGER_WATCH || self->trigger == DW_TRIGGER_WEBHOOK;
}

/* What nobody but a program asked for happens once, whichever process and whichever way it comes
 * from. */
static gboolean
check_first (Entry *entry, DwStore *store, GError **error)
{
  const char *stage_id = dw_deploy_get_stage_id (entry->deploy);
  const char *digest = dw_deploy_get_digest (entry->deploy);
  g_autoptr (DwStage) stage = dw_store_get (store, DW_TYPE_STAGE, stage_id, error);
  g_autoptr (DwInstance) current = NULL;
  g_autoptr (GPtrArray) unfinished = NULL;
  gboolean is_there = FALSE;

  if (stage == NULL ||
      (dw_stage_get_current_instance_id (stage) != NULL &&
       (current = dw_store_get (store, DW_TYPE_INSTANCE, dw_stage_get_current_instance_id (stage),
                                error)) == NULL) ||
      (unfinished = dw_store_list_unfinished_deploys (store, error)) == NULL)
    return FALSE;

  is_there = current != NULL && g_strcmp0 (dw_instance_get_digest (current), digest) == 0;
  for (guint i = 0; !is_there && i < unfinished->len; i++)
    {
      DwDeploy *other = g_ptr_array_index (unfinished, i);

      is_there = g_strcmp0 (dw_deploy_get_stage_id (other), stage_id) == 0 &&
                 g_strcmp0 (dw_deploy_get_digest (other), digest) == 0 &&
                 !g_hash_table_contains (entry->left_behind, dw_entity_get_id (DW_ENTITY (other)));
    }

  if (is_there)
    g_set_error (error, DW_DEPLOY_ERROR, DW_DEPLOY_ERROR_BUSY,
                 _ ("The stage “%s” has this version, or is about to have it"),
                 dw_stage_get_name (stage));
  return !is_there;
}

static gboolean
store_entry (DwStore *store, gpointer user_data, GError **error)
{
  Entry *entry = user_data;

  if (is_asked_by_program (entry->request) && !check_first (entry, store, error))
    return FALSE;

  return dw_store_create (store, DW_ENTITY (entry->deploy), error) &&
         (entry->request->note == NULL ||
          dw_store_append_log (store, dw_entity_get_id (DW_ENTITY (entry->deploy)), DW_LOG_INFO,
                               DW_DEPLOY_PENDING, entry->request->note, error));
}

/**
 * dw_deploy_request_store:
 * @self: a request
 * @store: where the deploy is created, pending
 * @lock_directory: where the stages' locks are
 * @lock: (out) (transfer full): the stage's lock, with a place in its queue
 * @cancellable: (nullable): ends the waiting
 * @error: a DW_DEPLOY_ERROR, DW_STORE_ERROR, DW_MODEL_ERROR or G_FILE_ERROR
 *
 * A deploy that watching or a webhook asks for is refused with DW_DEPLOY_ERROR_BUSY when its digest
 * serves the stage already, or is about to. Blocks; not on the main thread.
 *
 * Returns: (transfer full) (nullable): the deploy
 */
DwDeploy *
dw_deploy_request_store (DwDeployRequest *self,
                         DwStore *store,
                         const char *lock_directory,
                         DwStageLock **lock,
                         GCancellable *cancellable,
                         GError **error)
{
  g_autoptr (DwDeploy) deploy = NULL;
  g_autoptr (DwStageLock) queue = NULL;
  g_autoptr (GHashTable) left_behind = NULL;

  switch (self->kind)
    {
    case DW_DEPLOY_REQUEST_DEPLOY:
      deploy = make_deploy (self, store, error);
      break;
    case DW_DEPLOY_REQUEST_ROLL_BACK:
      deploy = make_rollback (self, store, error);
      break;
    case DW_DEPLOY_REQUEST_PROMOTE:
      deploy = make_promotion (self, store, error);
      break;
    default:
      g_assert_not_reached ();
    }
  if (deploy == NULL)
    return NULL;

  const char *stage_id = dw_deploy_get_stage_id (deploy);
  if (is_asked_by_program (self) &&
      (left_behind = find_left_behind (store, stage_id, lock_directory, error)) == NULL)
    return NULL;

  /* Before it is in the store: nobody may take it for left behind by a crash. */
  queue = dw_stage_lock_open (lock_directory, stage_id, error);
  Entry entry = { .request = self, .deploy = deploy, .left_behind = left_behind };
  if (queue == NULL || !dw_stage_lock_join_queue (queue, cancellable, error) ||
      !dw_store_transact (store, store_entry, &entry, error))
    return NULL;

  *lock = g_steal_pointer (&queue);
  return g_steal_pointer (&deploy);
}

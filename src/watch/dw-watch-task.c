/* dw-watch-task.c: one piece of a watcher's work that a thread does
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "watch/dw-watch-task.h"

#include "watch/dw-autostart.h"
#include "watch/dw-webhook-secret.h"

DwWatchTask *
dw_watch_task_new (DwWatchTaskKind kind)
{
  DwWatchTask *task = g_new0 (DwWatchTask, 1);

  task->kind = kind;
  task->report = dw_watch_report_new ();

  return task;
}

/* In the watcher's main context, whose reference it holds. */
void
dw_watch_task_free (DwWatchTask *task)
{
  g_clear_object (&task->store);
  g_clear_object (&task->registries);
  g_clear_object (&task->deployer);
  g_clear_object (&task->cancellable);
  g_clear_pointer (&task->groups, g_ptr_array_unref);
  g_free (task->key);
  g_free (task->image);
  g_free (task->tag);
  g_free (task->note);
  g_free (task->stage_id);
  g_free (task->digest);
  g_free (task->settings_at);
  g_clear_pointer (&task->plan, g_ptr_array_unref);
  g_clear_object (&task->settings);
  dw_webhook_secret_free (task->secret);
  g_free (task->secret_problem);
  dw_watch_report_free (task->report);
  g_clear_object (&task->stage);
  g_clear_pointer (&task->keys, g_ptr_array_unref);
  g_clear_error (&task->error);
  g_clear_object (&task->owner);
  g_free (task);
}

/* A sandbox does not see the desktop's entry: there the portal is asked when the setting changes.
 */
static void
settle_autostart (DwWatchTask *task)
{
  gboolean is_wanted = dw_settings_get_start_at_login (task->settings);
  gboolean is_so = dw_autostart_is_sandboxed () ? task->was_autostarted : dw_autostart_is_on ();
  g_autoptr (GError) problem = NULL;

  if (is_wanted != is_so && !dw_autostart_set (is_wanted, task->cancellable, &problem))
    g_message ("Start at login: %s", problem->message);
}

/* The keyring may ask its user, which is not to be for everything that changes in the store. */
static void
read_settings (DwWatchTask *task)
{
  g_autoptr (GError) problem = NULL;
  g_autoptr (DwSettings) settings = dw_store_get_settings (task->store, &task->error);

  if (settings == NULL ||
      g_strcmp0 (dw_entity_get_updated_at (DW_ENTITY (settings)), task->settings_at) == 0)
    return;

  task->settings = g_steal_pointer (&settings);
  settle_autostart (task);
  if (!dw_settings_get_webhook_enabled (task->settings))
    return;

  task->secret = dw_webhook_secret_lookup (task->cancellable, &problem);
  if (task->secret == NULL)
    task->secret_problem = g_strdup (problem->message);
}

static void
read_plan (DwWatchTask *task)
{
  task->plan = dw_watch_plan_read (task->store, &task->error);
  if (task->plan != NULL)
    read_settings (task);
}

static void
judge_all (DwWatchTask *task)
{
  for (guint i = 0; task->error == NULL && i < task->groups->len; i++)
    dw_watch_judge_group (task->store, task->groups->pdata[i], task->report, &task->error);
}

static void
check (DwWatchTask *task)
{
  DwWatchGroup *group = dw_watch_plan_find (task->groups, task->key);

  if (group != NULL)
    dw_watch_check_group (task->store, task->registries, group, task->n_lanes, task->report,
                          task->cancellable, &task->error);
}

/* A registry often does not know by what name its users reach it: where nothing has the name as it
 * is told, the path alone says which repository is meant. To look at it does no harm. */
static gboolean
is_meant (DwWatchRepository *repository, DwImageReference *pushed, gboolean by_path)
{
  return g_str_equal (dw_image_reference_get_path (repository->reference),
                      dw_image_reference_get_path (pushed)) &&
         (by_path || g_str_equal (dw_image_reference_get_domain (repository->reference),
                                  dw_image_reference_get_domain (pushed)));
}

static guint
look_at_pushed (DwWatchTask *task, DwImageReference *pushed, gboolean by_path)
{
  guint n_found = 0;

  for (guint i = 0; i < task->groups->len; i++)
    {
      DwWatchGroup *group = task->groups->pdata[i];
      guint n_failed = task->report->n_failed;

      for (guint j = 0; task->error == NULL && j < group->repositories->len; j++)
        if (is_meant (group->repositories->pdata[j], pushed, by_path))
          {
            n_found++;
            dw_watch_check_repository (task->store, task->registries, group,
                                       group->repositories->pdata[j], task->tag, task->report,
                                       task->cancellable, &task->error);
          }
      if (task->report->n_failed > n_failed)
        g_ptr_array_add (task->keys, g_strdup (group->key));
    }

  return n_found;
}

static void
look_at_push (DwWatchTask *task)
{
  g_autoptr (DwImageReference) pushed = dw_image_reference_parse (task->image, &task->error);

  task->keys = g_ptr_array_new_with_free_func (g_free);
  if (pushed != NULL && look_at_pushed (task, pushed, FALSE) == 0 &&
      look_at_pushed (task, pushed, TRUE) == 0)
    g_debug ("No stage has images of %s", task->image);
}

static void
remember_answer (DwWatchTask *task)
{
  if (dw_watch_answer_store (task->store, task->stage_id, task->answer, task->until_s, &task->stage,
                             &task->error))
    judge_all (task);
}

static void
hold (DwWatchTask *task)
{
  if (dw_store_hold_version (task->store, task->stage_id, task->tag, task->digest,
                             DW_HOLD_CANCELLED, &task->error))
    judge_all (task);
}

/* Blocks; not on the main thread. */
void
dw_watch_task_run (DwWatchTask *task)
{
  switch (task->kind)
    {
    case DW_WATCH_TASK_PLAN:
      read_plan (task);
      break;
    case DW_WATCH_TASK_CHECK:
      check (task);
      break;
    case DW_WATCH_TASK_PUSH:
      look_at_push (task);
      break;
    case DW_WATCH_TASK_JUDGE:
      judge_all (task);
      break;
    case DW_WATCH_TASK_ANSWER:
      remember_answer (task);
      break;
    case DW_WATCH_TASK_HOLD:
      hold (task);
      break;
    case DW_WATCH_TASK_PULL:
      dw_deployer_pull (task->deployer, task->stage_id, task->digest, task->cancellable,
                        &task->error);
      break;
    default:
      g_assert_not_reached ();
    }
}

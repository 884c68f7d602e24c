/* dw-deploy-image.c: from a tag to an image that the engine has
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "deploy/dw-deploy-image.h"

#include <glib/gi18n-lib.h>
#include <sys/utsname.h>

#include "deploy/dw-deploy-error.h"
#include "deploy/dw-deploy-job-private.h"
#include "model/dw-enum-types.h"
#include "model/dw-tag-policy.h"

/* The shortest time between two reports of a pull's progress. */
#define PULL_REPORT_INTERVAL_US (100 * 1000)

static char *
choose_tag (DwDeployRun *run, GError **error)
{
  g_autoptr (DwTagPolicy) policy = dw_stage_read_policy (run->stage, error);
  if (policy == NULL)
    return NULL;

  g_auto (GStrv) tags = dw_registries_list_tags (run->tools->registries,
                                                 dw_project_get_registry_id (run->project),
                                                 run->image, run->cancellable, error);
  if (tags == NULL)
    return NULL;

  const char *newest = dw_tag_policy_find_newest (policy, (const char *const *) tags);
  if (newest == NULL)
    g_set_error (
        error, DW_DEPLOY_ERROR, DW_DEPLOY_ERROR_NO_TAG,
        /* Translators: how many tags, an image, and a policy: semver:^1 */
        ngettext ("The only tag (%u) of %s does not match %s:%s; name a tag, or change the "
                  "stage's policy",
                  "None of the %u tags of %s matches %s:%s; name a tag, or change the "
                  "stage's policy",
                  g_strv_length (tags)),
        g_strv_length (tags), dw_deploy_get_image (run->deploy),
        dw_enum_to_nick (DW_TYPE_TAG_POLICY_KIND, dw_tag_policy_get_kind (policy)),
        dw_tag_policy_get_pattern (policy));

  return g_strdup (newest);
}

/**
 * dw_deploy_image_resolve:
 * @run: a deploy whose stage is loaded
 * @error: a DW_REGISTRY_ERROR, DW_DEPLOY_ERROR_NO_TAG, a DW_STORE_ERROR or a DW_MODEL_ERROR
 *
 * Settles which tag and digest the deploy brings, and writes them to the store.
 *
 * Returns: whether they are known
 */
gboolean
dw_deploy_image_resolve (DwDeployRun *run, GError **error)
{
  g_autofree char *tag = g_strdup (dw_deploy_get_tag (run->deploy));

  run->digest = g_strdup (dw_deploy_get_digest (run->deploy));
  if (run->digest == NULL)
    {
      if (tag == NULL && (tag = choose_tag (run, error)) == NULL)
        return FALSE;

      run->digest = dw_registries_resolve (run->tools->registries,
                                           dw_project_get_registry_id (run->project), run->image,
                                           tag, run->cancellable, error);
      if (run->digest == NULL ||
          !dw_store_set_deploy_target (run->tools->store, dw_deploy_run_get_id (run), tag,
                                       run->digest, error))
        return FALSE;
      dw_deploy_run_logf (run, DW_LOG_INFO, _ ("The tag %s stands for %s"), tag, run->digest);
    }

  g_autoptr (DwImageReference)
      by_digest = dw_image_reference_with_digest (run->image, run->digest, error);
  if (by_digest == NULL)
    return FALSE;
  run->reference = dw_image_reference_to_string (by_digest);
  g_object_set (run->deploy, "tag", tag, "digest", run->digest, NULL);

  return TRUE;
}

/* What this machine's processor runs without emulation. */
static gboolean
runs_natively (const char *engine_architecture, const char *image_architecture)
{
  return *image_architecture == '\0' || g_str_equal (engine_architecture, image_architecture) ||
         (g_str_equal (engine_architecture, "amd64") && g_str_equal (image_architecture, "386")) ||
         (g_str_equal (engine_architecture, "arm64") && g_str_equal (image_architecture, "arm"));
}

/* An engine behind a socket of this machine runs what this machine runs, in a virtual machine too;
 * to ask it costs as much as everything else before the start. */
static gboolean
runs_here (DwDeployRun *run, const DwImage *image)
{
  struct utsname machine;

  return g_str_has_prefix (dw_engine_get_address (run->tools->engine), "unix:") &&
         g_str_equal (image->os, "linux") && uname (&machine) == 0 &&
         ((g_str_equal (machine.machine, "x86_64") && g_str_equal (image->architecture, "amd64")) ||
          (g_str_equal (machine.machine, "aarch64") && g_str_equal (image->architecture, "arm64")));
}

static gboolean
check_platform (DwDeployRun *run, const DwImage *image, GError **error)
{
  g_autoptr (DwEngineInfo) info = NULL;

  if (runs_here (run, image))
    return TRUE;

  info = dw_engine_get_info (run->tools->engine, run->cancellable, error);
  if (info == NULL)
    return FALSE;
  if (runs_natively (info->architecture, image->architecture) &&
      (*image->os == '\0' || g_str_equal (info->os, image->os)))
    return TRUE;

  g_set_error (error, DW_DEPLOY_ERROR, DW_DEPLOY_ERROR_PLATFORM,
               _ ("The image is for %s/%s, and this engine runs %s/%s; push an image that is built "
                  "for it"),
               image->os, image->architecture, info->os, info->architecture);
  return FALSE;
}

static void
on_pull_progress (const char *status, gint64 done, gint64 total, gpointer user_data)
{
  DwDeployRun *run = user_data;
  gint64 now_us = g_get_monotonic_time ();

  if (now_us - run->last_pull_report_us < PULL_REPORT_INTERVAL_US && done < total)
    return;

  run->last_pull_report_us = now_us;
  dw_deploy_job_post_pull (run->job, done, total);
}

/**
 * dw_deploy_image_pull:
 * @run: a deploy whose digest is known
 * @error: a DW_ENGINE_ERROR, a DW_REGISTRY_ERROR, DW_DEPLOY_ERROR_PLATFORM, or
 *   G_IO_ERROR_CANCELLED
 *
 * Pulls the image when the engine does not have it.
 *
 * Returns: (transfer full) (nullable): the engine's account of the image
 */
DwImage *
dw_deploy_image_pull (DwDeployRun *run, GError **error)
{
  g_autoptr (GError) problem = NULL;
  g_autoptr (GError) no_helper = NULL;
  g_autoptr (DwImage) image = NULL;
  g_autofree char *auth = NULL;

  if (!dw_deploy_run_enter (run, DW_DEPLOY_PULLING, error))
    return NULL;

  image = dw_engine_inspect_image (run->tools->engine, run->reference, run->cancellable, &problem);
  if (image != NULL)
    {
      dw_deploy_run_log (run, DW_LOG_INFO, _ ("The engine has the image already"));
    }
  else
    {
      if (!g_error_matches (problem, DW_ENGINE_ERROR, DW_ENGINE_ERROR_NOT_FOUND))
        {
          g_propagate_error (error, g_steal_pointer (&problem));
          return NULL;
        }
      dw_deploy_run_logf (run, DW_LOG_INFO, _ ("Pulling %s"), run->reference);
      if (!dw_registries_get_engine_auth (run->tools->registries,
                                          dw_project_get_registry_id (run->project), run->image,
                                          &auth, &no_helper, run->cancellable, error))
        return NULL;
      if (!dw_engine_pull_image (run->tools->engine, run->reference, auth, on_pull_progress, run,
                                 run->cancellable, error))
        {
          dw_registries_explain_refusal (no_helper, error);
          return NULL;
        }
      image = dw_engine_inspect_image (run->tools->engine, run->reference, run->cancellable, error);
    }

  return image != NULL && check_platform (run, image, error) ? g_steal_pointer (&image) : NULL;
}

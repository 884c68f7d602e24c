/* dw-deploy-plan.c: what a deploy will do to a stage, in one sentence
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * It says what dw-deploy-pipeline.c is going to do, before it does it: which instance makes way,
 * whether anybody will find nobody there meanwhile, and what becomes of the old one.
 */

#include "config.h"

#include "deploy/dw-deploy-plan.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "deploy/dw-stage-route.h"

/* How many of the stage's deploys are looked through for one that tells how long it takes. */
#define DEPLOYS_SEEN 10

static gint64
parse_ms (const char *time)
{
  g_autoptr (GDateTime) parsed = time != NULL ? g_date_time_new_from_iso8601 (time, NULL) : NULL;

  return parsed != NULL
             ? g_date_time_to_unix (parsed) * 1000 + g_date_time_get_microsecond (parsed) / 1000
             : -1;
}

/* From the first line of the phase in which the old instance makes way to the end. */
static gboolean
measure_gap (DwStore *store, DwDeploy *deploy, gint64 *gap_ms, GError **error)
{
  g_autoptr (GPtrArray)
      lines = dw_store_list_logs (store, dw_entity_get_id (DW_ENTITY (deploy)), 0, 50, error);
  gint64 end_ms = parse_ms (dw_deploy_get_finished_at (deploy));

  for (guint i = 0; *gap_ms < 0 && lines != NULL && i < lines->len; i++)
    {
      DwDeployLog *line = g_ptr_array_index (lines, i);
      gint64 start_ms = parse_ms (dw_entity_get_created_at (DW_ENTITY (line)));

      if (dw_deploy_log_get_phase (line) == DW_DEPLOY_STARTING && start_ms > 0 &&
          end_ms >= start_ms)
        *gap_ms = end_ms - start_ms;
    }

  return lines != NULL;
}

static gboolean
find_gap (DwDeployPlan *self, DwStore *store, GError **error)
{
  g_autoptr (GPtrArray) deploys = dw_store_list_stage_deploys (
      store, dw_entity_get_id (DW_ENTITY (self->stage)), DEPLOYS_SEEN, error);

  self->gap_ms = -1;
  for (guint i = 0; self->gap_ms < 0 && deploys != NULL && i < deploys->len; i++)
    {
      DwDeploy *deploy = g_ptr_array_index (deploys, i);

      if (dw_deploy_get_status (deploy) == DW_DEPLOY_SUCCESS &&
          !measure_gap (store, deploy, &self->gap_ms, error))
        return FALSE;
    }

  return deploys != NULL;
}

/**
 * dw_deploy_plan_read:
 * @store: the store
 * @stage_id: a stage
 * @is_serving: whether its current instance runs
 * @error: a DW_STORE_ERROR
 *
 * Blocks; not on the main thread.
 *
 * Returns: (transfer full) (nullable): what a plan for the stage depends on
 */
DwDeployPlan *
dw_deploy_plan_read (DwStore *store, const char *stage_id, gboolean is_serving, GError **error)
{
  g_autoptr (DwDeployPlan) self = g_new0 (DwDeployPlan, 1);
  g_autoptr (DwProject) project = NULL;
  g_autoptr (DwSettings) settings = dw_store_get_settings (store, error);

  if (settings == NULL)
    return NULL;
  self->stage = dw_store_get (store, DW_TYPE_STAGE, stage_id, error);
  if (self->stage == NULL)
    return NULL;
  project = dw_store_get (store, DW_TYPE_PROJECT, dw_stage_get_project_id (self->stage), error);
  if (project == NULL)
    return NULL;
  if (dw_settings_get_proxy_kind (settings) != DW_PROXY_KIND_NONE)
    self->domain = dw_stage_route_make_domain (settings, project, self->stage);
  if (dw_stage_get_current_instance_id (self->stage) != NULL)
    {
      self->current = dw_store_get (store, DW_TYPE_INSTANCE,
                                    dw_stage_get_current_instance_id (self->stage), error);
      if (self->current == NULL)
        return NULL;
    }
  self->is_serving = is_serving && self->current != NULL;

  return find_gap (self, store, error) ? g_steal_pointer (&self) : NULL;
}

/* Frees @self with all that it holds. */
void
dw_deploy_plan_free (DwDeployPlan *self)
{
  g_clear_object (&self->stage);
  g_clear_object (&self->current);
  g_free (self->domain);
  g_free (self);
}

/* What becomes of the first version in a stage. */
static char *
describe_start (const DwDeployPlan *self, const char *version)
{
  if (self->domain != NULL)
    /* Translators: a version, and a host name: “Starts v1.4.1 at shop.example.com.” */
    return g_strdup_printf (_ ("Starts %s at %s."), version, self->domain);
  if (dw_stage_get_host_port (self->stage) != 0)
    /* Translators: a version, and a port */
    return g_strdup_printf (_ ("Starts %s on port %d."), version,
                            dw_stage_get_host_port (self->stage));

  return g_strdup_printf (_ ("Starts %s on a free port."), version);
}

/* What becomes of @version, or of the one that it replaces, @old. */
static char *
describe_change (const DwDeployPlan *self, const char *version, const char *old, gboolean is_same)
{
  int host_port = dw_stage_get_host_port (self->stage);

  if (self->domain != NULL)
    return is_same
               /* Translators: a version, and a host name; other clauses follow */
               ? g_strdup_printf (_ ("Starts %s anew, the same image at %s"), version, self->domain)
               /* Translators: a version, and a host name; other clauses follow */
               : g_strdup_printf (_ ("Replaces %s at %s"), old, self->domain);
  if (host_port != 0)
    return is_same
               /* Translators: a version, and a port; other clauses follow */
               ? g_strdup_printf (_ ("Starts %s anew, the same image on port %d"), version,
                                  host_port)
               /* Translators: a version, and a port; other clauses follow */
               : g_strdup_printf (_ ("Replaces %s on port %d"), old, host_port);

  return is_same
             /* Translators: %s is a version; other clauses follow */
             ? g_strdup_printf (_ ("Starts %s anew, the same image"), version)
             /* Translators: %s is a version; other clauses follow */
             : g_strdup_printf (_ ("Replaces %s"), old);
}

/* What becomes of the version that made way. */
static char *
describe_end (const DwDeployPlan *self, const char *old)
{
  return dw_stage_get_keep (self->stage) > 0
             /* Translators: the last clause; %s is a version */
             ? g_strdup_printf (_ ("%s is kept for a rollback"), old)
             /* Translators: the last clause; %s is a version */
             : g_strdup_printf (_ ("its container is removed, and %s would start anew"), old);
}

static char *
describe_gap (const DwDeployPlan *self)
{
  int host_port = self->domain != NULL ? 0 : dw_stage_get_host_port (self->stage);
  int current_port = dw_instance_get_host_port (self->current);
  int percent = dw_stage_get_canary_percent (self->stage);

  if (!self->is_serving)
    /* Translators: a clause between two others, as all that follow */
    return g_strdup (_ ("nothing serves there now"));
  if (self->domain != NULL && dw_instance_get_domain (self->current) != NULL)
    return percent > 0 ? g_strdup_printf (
                             _ ("no request is lost, and %d %% of them go there first"), percent)
                       : g_strdup (_ ("no request is lost"));
  if (self->domain != NULL || (host_port != 0 && current_port != host_port))
    return g_strdup_printf (_ ("the port %d is given up"), current_port);
  if (host_port == 0)
    return g_strdup (_ ("the old one serves until the new one is healthy, on another port"));
  if (self->gap_ms < 0)
    return g_strdup (_ ("without traffic until it is healthy"));

  gulong seconds = MAX (1, (gulong) (self->gap_ms + 500) / 1000);
  return g_strdup_printf (
      ngettext ("about %lu s without traffic", "about %lu s without traffic", seconds), seconds);
}

static char *
describe_version (const char *tag, const char *digest)
{
  const char *value = digest != NULL ? strchr (digest, ':') : NULL;

  if (tag != NULL)
    return g_strdup (tag);

  return value != NULL ? g_strndup (value + 1, 12)
                       /* Translators: what stands for the name of a version that has none */
                       : g_strdup (_ ("what runs"));
}

/**
 * dw_deploy_plan_describe:
 * @self: a plan
 * @target: a tag or a digest
 * @digest: (nullable): what @target stands for, when that is known
 *
 * Returns: (transfer full): what deploying @target will do, a sentence for a person
 */
char *
dw_deploy_plan_describe (const DwDeployPlan *self, const char *target, const char *digest)
{
  gboolean is_digest = strchr (target, ':') != NULL;
  g_autofree char *version = describe_version (is_digest ? NULL : target, target);

  if (self->current == NULL)
    return describe_start (self, version);

  g_autofree char *old = describe_version (dw_instance_get_tag (self->current),
                                           dw_instance_get_digest (self->current));
  g_autofree char *gap = describe_gap (self);
  g_autofree char *end = describe_end (self, old);
  gboolean is_same = g_strcmp0 (is_digest ? target : digest,
                                dw_instance_get_digest (self->current)) == 0;
  g_autofree char *change = describe_change (self, version, old, is_same);

  /* Translators: three clauses: “Replaces v1 on port 8080; no request is lost; v1 is kept for a
   * rollback.” */
  return g_strdup_printf (_ ("%s; %s; %s."), change, gap, end);
}

/* dw-store-tables.c: the statements that every table has
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A parameter has the name of its column, and both have the name of the entity's property: see
 * dw-store-connection.c.
 */

#include "config.h"

#include "store/dw-store-tables.h"

#include <glib/gi18n-lib.h>

#include "model/dw-deploy-log.h"
#include "model/dw-deploy.h"
#include "model/dw-held-version.h"
#include "model/dw-instance.h"
#include "model/dw-message.h"
#include "model/dw-project.h"
#include "model/dw-registry.h"
#include "model/dw-repository.h"
#include "model/dw-settings.h"
#include "model/dw-stage.h"

static const DwStoreTable tables[DW_STORE_N_TABLES] = {
  {
      .name = "projects",
      .missing = N_ ("There is no such project"),
      .get_type = dw_project_get_type,
      .insert =
          "INSERT INTO projects (id, created_at, updated_at, name, image, registry_id, port, "
          "  health_kind, health_path, health_status, health_interval_ms, health_timeout_ms, "
          "  health_retries, env, volumes, command, network, restart_policy, memory_limit_bytes, "
          "  cpu_limit_millis, notifications) "
          "VALUES (:id, :created_at, :updated_at, :name, :image, :registry_id, :port, "
          "  :health_kind, :health_path, :health_status, :health_interval_ms, :health_timeout_ms, "
          "  :health_retries, :env, :volumes, :command, :network, :restart_policy, "
          "  :memory_limit_bytes, :cpu_limit_millis, :notifications)",
      .update =
          "UPDATE projects SET updated_at = :updated_at, name = :name, image = :image, "
          "  registry_id = :registry_id, port = :port, health_kind = :health_kind, "
          "  health_path = :health_path, health_status = :health_status, "
          "  health_interval_ms = :health_interval_ms, health_timeout_ms = :health_timeout_ms, "
          "  health_retries = :health_retries, env = :env, volumes = :volumes, "
          "  command = :command, network = :network, restart_policy = :restart_policy, "
          "  memory_limit_bytes = :memory_limit_bytes, cpu_limit_millis = :cpu_limit_millis, "
          "  notifications = :notifications WHERE id = :id",
      .delete = "DELETE FROM projects WHERE id = :id",
      .get = "SELECT * FROM projects WHERE id = :id",
      .list = "SELECT * FROM projects ORDER BY name",
  },
  {
      /* Which instance serves and where its routes are is the pipeline's to say, and what is newer
       * is watching's, with statements of their own: whoever edits a stage may have read it before.
       */
      .name = "stages",
      .missing = N_ ("There is no such stage"),
      .get_type = dw_stage_get_type,
      .insert =
          "INSERT INTO stages (id, created_at, updated_at, project_id, name, position, "
          "  policy_kind, policy_pattern, policy_include, policy_exclude, auto_deploy, confirm, "
          "  minimum_age_s, allowed_hours, pre_pull, keep, host_port, domain, env, volumes, "
          "  current_instance_id, snoozed_until, declined_digest, newer_state, newer_tag, "
          "  newer_digest, newer_since, newer_until, release_command, release_timeout_seconds, "
          "  drain_seconds, watch_seconds, canary_percent, canary_seconds, route_places) "
          "VALUES (:id, :created_at, :updated_at, :project_id, :name, :position, :policy_kind, "
          "  :policy_pattern, :policy_include, :policy_exclude, :auto_deploy, :confirm, "
          "  :minimum_age_s, :allowed_hours, :pre_pull, :keep, :host_port, :domain, :env, "
          ":volumes, "
          "  :current_instance_id, :snoozed_until, :declined_digest, :newer_state, :newer_tag, "
          "  :newer_digest, :newer_since, :newer_until, :release_command, "
          "  :release_timeout_seconds, :drain_seconds, :watch_seconds, :canary_percent, "
          "  :canary_seconds, :route_places)",
      .update =
          "UPDATE stages SET updated_at = :updated_at, project_id = :project_id, name = :name, "
          "  position = :position, policy_kind = :policy_kind, policy_pattern = :policy_pattern, "
          "  policy_include = :policy_include, policy_exclude = :policy_exclude, "
          "  minimum_age_s = :minimum_age_s, allowed_hours = :allowed_hours, "
          "  pre_pull = :pre_pull, auto_deploy = :auto_deploy, confirm = :confirm, keep = :keep, "
          "  host_port = :host_port, domain = :domain, env = :env, volumes = :volumes, "
          "  release_command = :release_command, "
          "  release_timeout_seconds = :release_timeout_seconds, drain_seconds = :drain_seconds, "
          "  watch_seconds = :watch_seconds, canary_percent = :canary_percent, "
          "  canary_seconds = :canary_seconds "
          "WHERE id = :id",
      .delete = "DELETE FROM stages WHERE id = :id",
      .get = "SELECT * FROM stages WHERE id = :id",
      .list = "SELECT * FROM stages ORDER BY project_id, position, name",
  },
  {
      .name = "registries",
      .missing = N_ ("There is no such registry"),
      .get_type = dw_registry_get_type,
      .insert = "INSERT INTO registries (id, created_at, updated_at, name, url, kind, username, "
                "  schedule, enabled, last_checked_at, last_error) "
                "VALUES (:id, :created_at, :updated_at, :name, :url, :kind, :username, :schedule, "
                "  :enabled, :last_checked_at, :last_error)",
      .update = "UPDATE registries SET updated_at = :updated_at, name = :name, url = :url, "
                "  kind = :kind, username = :username, schedule = :schedule, enabled = :enabled, "
                "  last_checked_at = :last_checked_at, last_error = :last_error WHERE id = :id",
      .delete = "DELETE FROM registries WHERE id = :id",
      .get = "SELECT * FROM registries WHERE id = :id",
      .list = "SELECT * FROM registries ORDER BY name",
  },
  {
      /* What came of the last message is the courier's to say, with a statement of its own. */
      .name = "settings",
      .missing = N_ ("There are no such settings"),
      .get_type = dw_settings_get_type,
      .insert =
          "INSERT INTO settings (id, created_at, updated_at, engine_address, default_schedule, "
          "  proxy_kind, proxy_address, proxy_user, base_domain, network, webhook_enabled, "
          "  webhook_port, notify_success, notify_failure, notify_update, outgoing_webhook_url, "
          "  history_retention_days, max_parallel_deploys, keep_watching, start_at_login, "
          "  proxy_strict, proxy_forward_host, proxy_certificate, proxy_entrypoint, "
          "  gateway_image, gateway_address, gateway_port, outgoing_webhook_kind) "
          "VALUES (:id, :created_at, :updated_at, :engine_address, :default_schedule, "
          "  :proxy_kind, :proxy_address, :proxy_user, :base_domain, :network, :webhook_enabled, "
          "  :webhook_port, :notify_success, :notify_failure, :notify_update, "
          "  :outgoing_webhook_url, :history_retention_days, :max_parallel_deploys, "
          "  :keep_watching, :start_at_login, "
          "  :proxy_strict, :proxy_forward_host, :proxy_certificate, :proxy_entrypoint, "
          "  :gateway_image, :gateway_address, :gateway_port, :outgoing_webhook_kind)",
      .update =
          "UPDATE settings SET updated_at = :updated_at, engine_address = :engine_address, "
          "  default_schedule = :default_schedule, proxy_kind = :proxy_kind, "
          "  proxy_address = :proxy_address, proxy_user = :proxy_user, "
          "  base_domain = :base_domain, network = :network, webhook_enabled = :webhook_enabled, "
          "  webhook_port = :webhook_port, notify_success = :notify_success, "
          "  notify_failure = :notify_failure, notify_update = :notify_update, "
          "  outgoing_webhook_url = :outgoing_webhook_url, "
          "  history_retention_days = :history_retention_days, "
          "  max_parallel_deploys = :max_parallel_deploys, keep_watching = :keep_watching, "
          "  start_at_login = :start_at_login, proxy_strict = :proxy_strict, "
          "  proxy_forward_host = :proxy_forward_host, proxy_certificate = :proxy_certificate, "
          "  proxy_entrypoint = :proxy_entrypoint, gateway_image = :gateway_image, "
          "  gateway_address = :gateway_address, gateway_port = :gateway_port, "
          "  outgoing_webhook_kind = :outgoing_webhook_kind WHERE id = :id",
      .delete = "DELETE FROM settings WHERE id = :id",
      .get = "SELECT * FROM settings WHERE id = :id",
      .list = "SELECT * FROM settings ORDER BY id",
  },
  {
      .name = "instances",
      .missing = N_ ("There is no such instance"),
      .get_type = dw_instance_get_type,
      .insert =
          "INSERT INTO instances (id, created_at, updated_at, stage_id, deploy_id, container_id, "
          "  container_name, image, tag, digest, host_port, domain, route_id, status) "
          "VALUES (:id, :created_at, :updated_at, :stage_id, :deploy_id, :container_id, "
          "  :container_name, :image, :tag, :digest, :host_port, :domain, :route_id, :status)",
      .update = "UPDATE instances SET updated_at = :updated_at, stage_id = :stage_id, "
                "  deploy_id = :deploy_id, container_id = :container_id, "
                "  container_name = :container_name, image = :image, tag = :tag, digest = :digest, "
                "  host_port = :host_port, domain = :domain, route_id = :route_id, status = "
                ":status WHERE id = :id",
      .delete = "DELETE FROM instances WHERE id = :id",
      .get = "SELECT * FROM instances WHERE id = :id",
      .list = "SELECT i.*, s.project_id, p.name AS project_name, s.name AS stage_name "
              "FROM instances i JOIN stages s ON s.id = i.stage_id "
              "JOIN projects p ON p.id = s.project_id ORDER BY i.created_at, i.rowid",
  },
  {
      .name = "deploys",
      .missing = N_ ("There is no such deploy"),
      .get_type = dw_deploy_get_type,
      .insert =
          "INSERT INTO deploys (id, created_at, updated_at, project_id, stage_id, instance_id, "
          "  image, tag, digest, \"trigger\", status, error, started_at, finished_at) "
          "VALUES (:id, :created_at, :updated_at, :project_id, :stage_id, :instance_id, :image, "
          "  :tag, :digest, :trigger, :status, :error, :started_at, :finished_at)",
      .update = "UPDATE deploys SET updated_at = :updated_at, project_id = :project_id, "
                "  stage_id = :stage_id, instance_id = :instance_id, image = :image, tag = :tag, "
                "  digest = :digest, \"trigger\" = :trigger, status = :status, error = :error, "
                "  started_at = :started_at, finished_at = :finished_at WHERE id = :id",
      .delete = "DELETE FROM deploys WHERE id = :id",
      .get = "SELECT * FROM deploys WHERE id = :id",
      .list = "SELECT * FROM deploys ORDER BY created_at, rowid",
  },
  {
      .name = "deploy_logs",
      .missing = N_ ("There is no such log line"),
      .get_type = dw_deploy_log_get_type,
      .insert =
          "INSERT INTO deploy_logs (created_at, updated_at, deploy_id, level, phase, message) "
          "VALUES (:created_at, :updated_at, :deploy_id, :level, :phase, :message)",
      .update = "UPDATE deploy_logs SET updated_at = :updated_at, deploy_id = :deploy_id, "
                "  level = :level, phase = :phase, message = :message WHERE id = :id",
      .delete = "DELETE FROM deploy_logs WHERE id = :id",
      .get = "SELECT * FROM deploy_logs WHERE id = :id",
      .list = "SELECT * FROM deploy_logs ORDER BY id",
  },
  {
      .name = "repositories",
      .missing = N_ ("Nothing was seen of such a repository"),
      .get_type = dw_repository_get_type,
      .insert =
          "INSERT INTO repositories (id, created_at, updated_at, image, etag, tags_digest, tags, "
          "  digests, checked_at, error) "
          "VALUES (:id, :created_at, :updated_at, :image, :etag, :tags_digest, :tags, :digests, "
          "  :checked_at, :error)",
      .update = "UPDATE repositories SET updated_at = :updated_at, image = :image, etag = :etag, "
                "  tags_digest = :tags_digest, tags = :tags, digests = :digests, "
                "  checked_at = :checked_at, error = :error WHERE id = :id",
      .delete = "DELETE FROM repositories WHERE id = :id",
      .get = "SELECT * FROM repositories WHERE id = :id",
      .list = "SELECT * FROM repositories ORDER BY image",
  },
  {
      .name = "held_versions",
      .missing = N_ ("There is no such held version"),
      .get_type = dw_held_version_get_type,
      .insert = "INSERT INTO held_versions (id, created_at, updated_at, stage_id, tag, digest, "
                "  reason) "
                "VALUES (:id, :created_at, :updated_at, :stage_id, :tag, :digest, :reason)",
      .update = "UPDATE held_versions SET updated_at = :updated_at, stage_id = :stage_id, "
                "  tag = :tag, digest = :digest, reason = :reason WHERE id = :id",
      .delete = "DELETE FROM held_versions WHERE id = :id",
      .get = "SELECT * FROM held_versions WHERE id = :id",
      .list = "SELECT * FROM held_versions ORDER BY created_at, rowid",
  },
  {
      .name = "messages",
      .missing = N_ ("There is no such message"),
      .get_type = dw_message_get_type,
      .insert = "INSERT INTO messages (id, created_at, updated_at, event, stage_id, deploy_id, "
                "  tag, digest, text) "
                "VALUES (:id, :created_at, :updated_at, :event, :stage_id, :deploy_id, :tag, "
                "  :digest, :text)",
      .update = "UPDATE messages SET updated_at = :updated_at, event = :event, "
                "  stage_id = :stage_id, deploy_id = :deploy_id, tag = :tag, digest = :digest, "
                "  text = :text WHERE id = :id",
      .delete = "DELETE FROM messages WHERE id = :id",
      .get = "SELECT * FROM messages WHERE id = :id",
      .list = "SELECT * FROM messages ORDER BY created_at, rowid",
  },
};

const DwStoreTable *
dw_store_get_table (guint index)
{
  return &tables[index];
}

/* Returns: (nullable): the table of @type's entities */
const DwStoreTable *
dw_store_find_table (GType type)
{
  for (guint i = 0; i < DW_STORE_N_TABLES; i++)
    if (tables[i].get_type () == type)
      return &tables[i];

  return NULL;
}

/* Returns: its index, or DW_STORE_N_TABLES for a table that holds no entity */
guint
dw_store_find_table_index (const char *name)
{
  guint index = 0;

  while (index < DW_STORE_N_TABLES && !g_str_equal (tables[index].name, name))
    index++;

  return index;
}

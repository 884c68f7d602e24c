/* dw-cli-error.c: what goes wrong on the command line, and the exit codes
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "cli/dw-cli-error.h"

#include <gio/gio.h>

#include "deploy/dw-deploy-error.h"
#include "engine/dw-engine-error.h"
#include "model/dw-model-error.h"
#include "registry/dw-registry-client.h"
#include "secrets/dw-secrets.h"
#include "store/dw-store.h"

G_DEFINE_QUARK (dw - cli - error - quark, dw_cli_error)

typedef struct
{
  int code;
  DwCliError exit_code;
  const char *name; /* for programs: it never changes and is never translated */
} Meaning;

static const Meaning cli_meanings[] = {
  { DW_CLI_ERROR_USAGE, DW_CLI_ERROR_USAGE, "usage" },
  { DW_CLI_ERROR_NOT_FOUND, DW_CLI_ERROR_NOT_FOUND, "not_found" },
  { DW_CLI_ERROR_UNREACHABLE, DW_CLI_ERROR_UNREACHABLE, "unreachable" },
};

static const Meaning model_meanings[] = {
  { DW_MODEL_ERROR_INVALID, DW_CLI_ERROR_USAGE, "invalid" },
};

static const Meaning store_meanings[] = {
  { DW_STORE_ERROR_NOT_FOUND, DW_CLI_ERROR_NOT_FOUND, "not_found" },
  { DW_STORE_ERROR_EXISTS, DW_CLI_ERROR_FAILED, "exists" },
  { DW_STORE_ERROR_NEWER, DW_CLI_ERROR_FAILED, "database_newer" },
  { DW_STORE_ERROR_NOT_A_DATABASE, DW_CLI_ERROR_FAILED, "database_damaged" },
  { DW_STORE_ERROR_LOCKED, DW_CLI_ERROR_FAILED, "database_locked" },
  { DW_STORE_ERROR_READ_ONLY, DW_CLI_ERROR_FAILED, "database_read_only" },
};

static const Meaning engine_meanings[] = {
  { DW_ENGINE_ERROR_UNREACHABLE, DW_CLI_ERROR_UNREACHABLE, "engine_unreachable" },
  { DW_ENGINE_ERROR_PERMISSION, DW_CLI_ERROR_UNREACHABLE, "engine_permission" },
  { DW_ENGINE_ERROR_NOT_AN_ENGINE, DW_CLI_ERROR_UNREACHABLE, "not_an_engine" },
  { DW_ENGINE_ERROR_API_VERSION, DW_CLI_ERROR_UNREACHABLE, "engine_version" },
  { DW_ENGINE_ERROR_TIMED_OUT, DW_CLI_ERROR_UNREACHABLE, "engine_timed_out" },
  { DW_ENGINE_ERROR_PORT_IN_USE, DW_CLI_ERROR_FAILED, "port_in_use" },
  { DW_ENGINE_ERROR_UNAUTHORIZED, DW_CLI_ERROR_FAILED, "unauthorized" },
};

static const Meaning registry_meanings[] = {
  { DW_REGISTRY_ERROR_UNREACHABLE, DW_CLI_ERROR_UNREACHABLE, "registry_unreachable" },
  { DW_REGISTRY_ERROR_TIMED_OUT, DW_CLI_ERROR_UNREACHABLE, "registry_timed_out" },
  { DW_REGISTRY_ERROR_RATE_LIMITED, DW_CLI_ERROR_UNREACHABLE, "rate_limited" },
  { DW_REGISTRY_ERROR_NOT_A_REGISTRY, DW_CLI_ERROR_UNREACHABLE, "not_a_registry" },
  { DW_REGISTRY_ERROR_INSECURE, DW_CLI_ERROR_UNREACHABLE, "registry_insecure" },
  { DW_REGISTRY_ERROR_NOT_FOUND, DW_CLI_ERROR_NOT_FOUND, "not_found" },
  { DW_REGISTRY_ERROR_UNAUTHORIZED, DW_CLI_ERROR_FAILED, "unauthorized" },
};

static const Meaning deploy_meanings[] = {
  { DW_DEPLOY_ERROR_NO_TAG, DW_CLI_ERROR_NOT_FOUND, "no_tag" },
  { DW_DEPLOY_ERROR_UNHEALTHY, DW_CLI_ERROR_FAILED, "unhealthy" },
  { DW_DEPLOY_ERROR_EXITED, DW_CLI_ERROR_FAILED, "exited" },
  { DW_DEPLOY_ERROR_PLATFORM, DW_CLI_ERROR_FAILED, "platform" },
  { DW_DEPLOY_ERROR_NO_PORT, DW_CLI_ERROR_FAILED, "no_port" },
  { DW_DEPLOY_ERROR_SUPERSEDED, DW_CLI_ERROR_FAILED, "superseded" },
  { DW_DEPLOY_ERROR_NO_PREVIOUS, DW_CLI_ERROR_FAILED, "no_previous" },
  { DW_DEPLOY_ERROR_NO_INSTANCE, DW_CLI_ERROR_FAILED, "no_instance" },
  { DW_DEPLOY_ERROR_NO_NEXT_STAGE, DW_CLI_ERROR_FAILED, "no_next_stage" },
  { DW_DEPLOY_ERROR_BUSY, DW_CLI_ERROR_FAILED, "busy" },
};

static const Meaning secrets_meanings[] = {
  { DW_SECRETS_ERROR_NO_KEYRING, DW_CLI_ERROR_FAILED, "no_keyring" },
  { DW_SECRETS_ERROR_LOCKED, DW_CLI_ERROR_FAILED, "keyring_locked" },
};

static const Meaning io_meanings[] = {
  { G_IO_ERROR_CANCELLED, DW_CLI_ERROR_FAILED, "cancelled" },
};

static const Meaning *
find_meaning (const GError *error)
{
  static const Meaning failed = { 0, DW_CLI_ERROR_FAILED, "failed" };
  const struct
  {
    GQuark domain;
    const Meaning *meanings;
    gsize n_meanings;
  } domains[] = {
    { DW_CLI_ERROR, cli_meanings, G_N_ELEMENTS (cli_meanings) },
    { DW_MODEL_ERROR, model_meanings, G_N_ELEMENTS (model_meanings) },
    { DW_STORE_ERROR, store_meanings, G_N_ELEMENTS (store_meanings) },
    { DW_ENGINE_ERROR, engine_meanings, G_N_ELEMENTS (engine_meanings) },
    { DW_REGISTRY_ERROR, registry_meanings, G_N_ELEMENTS (registry_meanings) },
    { DW_DEPLOY_ERROR, deploy_meanings, G_N_ELEMENTS (deploy_meanings) },
    { DW_SECRETS_ERROR, secrets_meanings, G_N_ELEMENTS (secrets_meanings) },
    { G_IO_ERROR, io_meanings, G_N_ELEMENTS (io_meanings) },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (domains); i++)
    for (gsize j = 0; domains[i].domain == error->domain && j < domains[i].n_meanings; j++)
      if (domains[i].meanings[j].code == error->code)
        return &domains[i].meanings[j];

  return &failed;
}

/* Returns: what the program ends with when @error ended the verb. Any thread. */
DwCliError
dw_cli_error_get_exit_code (const GError *error)
{
  return find_meaning (error)->exit_code;
}

/* Returns: (transfer none): what a script compares. Any thread. */
const char *
dw_cli_error_get_name (const GError *error)
{
  return find_meaning (error)->name;
}

/**
 * dw_cli_error_to_json:
 * @error: what ended the verb
 *
 * Returns: (transfer full): {"code":…,"message":…}
 */
JsonNode *
dw_cli_error_to_json (const GError *error)
{
  g_autoptr (JsonObject) object = json_object_new ();
  g_autofree char *message = g_utf8_make_valid (error->message, -1);
  JsonNode *node = json_node_alloc ();

  json_object_set_string_member (object, "code", dw_cli_error_get_name (error));
  json_object_set_string_member (object, "message", message);

  return json_node_init_object (node, object);
}

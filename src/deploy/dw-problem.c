/* dw-problem.c: what kind of thing an error is, whichever layer it comes from
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The layers have error domains of their own, and those above deploy/ know none below it. What a
 * script can compare and what an exit code says is decided here, once.
 */

#include "config.h"

#include "deploy/dw-problem.h"

#include <gio/gio.h>

#include "config/dw-config-error.h"
#include "deploy/dw-deploy-error.h"
#include "engine/dw-engine-error.h"
#include "model/dw-model-error.h"
#include "proxy/dw-proxy-error.h"
#include "registry/dw-registry-client.h"
#include "secrets/dw-secrets.h"
#include "store/dw-store.h"

typedef struct
{
  int code;
  DwProblem problem;
  const char *name; /* for programs: it never changes and is never translated */
} Meaning;

static const Meaning model_meanings[] = {
  { DW_MODEL_ERROR_INVALID, DW_PROBLEM_INVALID, "invalid" },
};

static const Meaning store_meanings[] = {
  { DW_STORE_ERROR_NOT_FOUND, DW_PROBLEM_NOT_FOUND, "not_found" },
  { DW_STORE_ERROR_EXISTS, DW_PROBLEM_FAILED, "exists" },
  { DW_STORE_ERROR_CONSTRAINT, DW_PROBLEM_FAILED, "constraint" },
  { DW_STORE_ERROR_NEWER, DW_PROBLEM_FAILED, "database_newer" },
  { DW_STORE_ERROR_NOT_A_DATABASE, DW_PROBLEM_FAILED, "not_a_database" },
  { DW_STORE_ERROR_LOCKED, DW_PROBLEM_FAILED, "database_locked" },
  { DW_STORE_ERROR_READ_ONLY, DW_PROBLEM_FAILED, "database_read_only" },
};

static const Meaning engine_meanings[] = {
  { DW_ENGINE_ERROR_UNREACHABLE, DW_PROBLEM_UNREACHABLE, "engine_unreachable" },
  { DW_ENGINE_ERROR_PERMISSION, DW_PROBLEM_UNREACHABLE, "engine_permission" },
  { DW_ENGINE_ERROR_NOT_AN_ENGINE, DW_PROBLEM_UNREACHABLE, "not_an_engine" },
  { DW_ENGINE_ERROR_API_VERSION, DW_PROBLEM_UNREACHABLE, "engine_api_version" },
  { DW_ENGINE_ERROR_TIMED_OUT, DW_PROBLEM_UNREACHABLE, "engine_timed_out" },
  { DW_ENGINE_ERROR_NOT_FOUND, DW_PROBLEM_FAILED, "engine_not_found" },
  { DW_ENGINE_ERROR_CONFLICT, DW_PROBLEM_FAILED, "engine_conflict" },
  { DW_ENGINE_ERROR_PORT_IN_USE, DW_PROBLEM_FAILED, "port_in_use" },
  { DW_ENGINE_ERROR_UNAUTHORIZED, DW_PROBLEM_FAILED, "unauthorized" },
};

static const Meaning registry_meanings[] = {
  { DW_REGISTRY_ERROR_UNREACHABLE, DW_PROBLEM_UNREACHABLE, "registry_unreachable" },
  { DW_REGISTRY_ERROR_TIMED_OUT, DW_PROBLEM_UNREACHABLE, "registry_timed_out" },
  { DW_REGISTRY_ERROR_RATE_LIMITED, DW_PROBLEM_UNREACHABLE, "rate_limited" },
  { DW_REGISTRY_ERROR_NOT_A_REGISTRY, DW_PROBLEM_UNREACHABLE, "not_a_registry" },
  { DW_REGISTRY_ERROR_INSECURE, DW_PROBLEM_UNREACHABLE, "registry_insecure" },
  { DW_REGISTRY_ERROR_NOT_FOUND, DW_PROBLEM_NOT_FOUND, "not_found" },
  { DW_REGISTRY_ERROR_UNAUTHORIZED, DW_PROBLEM_FAILED, "unauthorized" },
  { DW_REGISTRY_ERROR_NO_HELPER, DW_PROBLEM_FAILED, "no_credential_helper" },
  { DW_REGISTRY_ERROR_NO_CATALOG, DW_PROBLEM_NOT_FOUND, "no_catalog" },
};

static const Meaning config_meanings[] = {
  { DW_CONFIG_ERROR_NOT_FOUND, DW_PROBLEM_NOT_FOUND, "not_found" },
  { DW_CONFIG_ERROR_INVALID, DW_PROBLEM_INVALID, "invalid" },
  { DW_CONFIG_ERROR_TOO_LARGE, DW_PROBLEM_INVALID, "too_large" },
  { DW_CONFIG_ERROR_UNREADABLE, DW_PROBLEM_FAILED, "unreadable" },
  { DW_CONFIG_ERROR_CHANGED, DW_PROBLEM_FAILED, "changed" },
  { DW_CONFIG_ERROR_IN_USE, DW_PROBLEM_FAILED, "in_use" },
};

static const Meaning deploy_meanings[] = {
  { DW_DEPLOY_ERROR_NO_TAG, DW_PROBLEM_NOT_FOUND, "no_tag" },
  { DW_DEPLOY_ERROR_UNHEALTHY, DW_PROBLEM_FAILED, "unhealthy" },
  { DW_DEPLOY_ERROR_EXITED, DW_PROBLEM_FAILED, "exited" },
  { DW_DEPLOY_ERROR_PLATFORM, DW_PROBLEM_FAILED, "platform" },
  { DW_DEPLOY_ERROR_NO_PORT, DW_PROBLEM_FAILED, "no_port" },
  { DW_DEPLOY_ERROR_SUPERSEDED, DW_PROBLEM_FAILED, "superseded" },
  { DW_DEPLOY_ERROR_NO_PREVIOUS, DW_PROBLEM_FAILED, "no_previous" },
  { DW_DEPLOY_ERROR_NO_INSTANCE, DW_PROBLEM_FAILED, "no_instance" },
  { DW_DEPLOY_ERROR_NO_NEXT_STAGE, DW_PROBLEM_FAILED, "no_next_stage" },
  { DW_DEPLOY_ERROR_BUSY, DW_PROBLEM_FAILED, "busy" },
  { DW_DEPLOY_ERROR_INTERRUPTED, DW_PROBLEM_FAILED, "interrupted" },
  { DW_DEPLOY_ERROR_NOT_RESTORED, DW_PROBLEM_FAILED, "not_restored" },
  { DW_DEPLOY_ERROR_NO_CONTAINER, DW_PROBLEM_NOT_FOUND, "not_found" },
  { DW_DEPLOY_ERROR_NOT_ADOPTABLE, DW_PROBLEM_FAILED, "not_adoptable" },
  { DW_DEPLOY_ERROR_RELEASE, DW_PROBLEM_FAILED, "release_failed" },
};

static const Meaning proxy_meanings[] = {
  { DW_PROXY_ERROR_UNREACHABLE, DW_PROBLEM_FAILED, "proxy_unreachable" },
  { DW_PROXY_ERROR_NOT_A_PROXY, DW_PROBLEM_FAILED, "not_a_proxy" },
  { DW_PROXY_ERROR_UNAUTHORIZED, DW_PROBLEM_FAILED, "proxy_unauthorized" },
  { DW_PROXY_ERROR_TAKEN, DW_PROBLEM_FAILED, "domain_taken" },
  { DW_PROXY_ERROR_REFUSED, DW_PROBLEM_FAILED, "proxy_refused" },
  { DW_PROXY_ERROR_UNSUPPORTED, DW_PROBLEM_FAILED, "proxy_unsupported" },
};

static const Meaning secrets_meanings[] = {
  { DW_SECRETS_ERROR_NO_KEYRING, DW_PROBLEM_FAILED, "no_keyring" },
  { DW_SECRETS_ERROR_LOCKED, DW_PROBLEM_FAILED, "keyring_locked" },
};

static const Meaning io_meanings[] = {
  { G_IO_ERROR_CANCELLED, DW_PROBLEM_CANCELLED, "cancelled" },
};

static const Meaning *
find_meaning (const GError *error)
{
  static const Meaning failed = { 0, DW_PROBLEM_FAILED, "failed" };
  const struct
  {
    GQuark domain;
    const Meaning *meanings;
    gsize n_meanings;
  } domains[] = {
    { DW_MODEL_ERROR, model_meanings, G_N_ELEMENTS (model_meanings) },
    { DW_STORE_ERROR, store_meanings, G_N_ELEMENTS (store_meanings) },
    { DW_ENGINE_ERROR, engine_meanings, G_N_ELEMENTS (engine_meanings) },
    { DW_REGISTRY_ERROR, registry_meanings, G_N_ELEMENTS (registry_meanings) },
    { DW_CONFIG_ERROR, config_meanings, G_N_ELEMENTS (config_meanings) },
    { DW_DEPLOY_ERROR, deploy_meanings, G_N_ELEMENTS (deploy_meanings) },
    { DW_PROXY_ERROR, proxy_meanings, G_N_ELEMENTS (proxy_meanings) },
    { DW_SECRETS_ERROR, secrets_meanings, G_N_ELEMENTS (secrets_meanings) },
    { G_IO_ERROR, io_meanings, G_N_ELEMENTS (io_meanings) },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (domains); i++)
    for (gsize j = 0; domains[i].domain == error->domain && j < domains[i].n_meanings; j++)
      if (domains[i].meanings[j].code == error->code)
        return &domains[i].meanings[j];

  return &failed;
}

/* Returns: what kind of thing @error is, of any layer. Any thread. */
DwProblem
dw_problem_classify (const GError *error)
{
  g_return_val_if_fail (error != NULL, DW_PROBLEM_FAILED);

  return find_meaning (error)->problem;
}

/* Returns: (transfer none): a word for @error that a script can compare. Any thread. */
const char *
dw_problem_get_name (const GError *error)
{
  g_return_val_if_fail (error != NULL, NULL);

  return find_meaning (error)->name;
}

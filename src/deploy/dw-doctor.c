/* dw-doctor.c: what works, what does not, and the fix
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Each part is examined by using it as the program does, and one that is broken does not keep the
 * others from being examined. Nothing is changed but the registries' rows, which say when they were
 * last asked.
 */

#include "config.h"

#include "deploy/dw-doctor.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "deploy/dw-proxy-choice.h"
#include "engine/dw-engine-address.h"
#include "engine/dw-engine.h"
#include "registry/dw-credentials.h"
#include "secrets/dw-secrets.h"

/* An image and its layers unpacked easily take this much. */
#define LITTLE_SPACE_BYTES (G_GUINT64_CONSTANT (2) * 1024 * 1024 * 1024)
#define NO_SPACE_BYTES (G_GUINT64_CONSTANT (256) * 1024 * 1024)
/* No row has this id: it only shows whether the keyring answers. */
#define NOBODY "doctor"

/* One visit. */
typedef struct
{
  DwStore *store; /* nullable: it cannot be opened */
  GPtrArray *diagnoses;
  GCancellable *cancellable;
} Visit;

/* Frees @diagnosis with all that it holds. */
void
dw_diagnosis_free (DwDiagnosis *diagnosis)
{
  g_free (diagnosis->subject);
  g_free (diagnosis->detail);
  g_free (diagnosis->remedy);
  g_free (diagnosis);
}

static void
note (Visit *visit,
      const char *subject,
      DwDiagnosisResult result,
      const char *detail,
      const char *remedy)
{
  DwDiagnosis *diagnosis = g_new0 (DwDiagnosis, 1);

  diagnosis->subject = g_strdup (subject);
  diagnosis->result = result;
  diagnosis->detail = g_strdup (detail);
  diagnosis->remedy = g_strdup (remedy);
  g_ptr_array_add (visit->diagnoses, diagnosis);
}

/* Who may read what is in there: environments often hold passwords. */
static void
examine_folder (Visit *visit, const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *shown = g_filename_display_name (folder);
  GStatBuf status;

  if (g_stat (folder, &status) != 0)
    return;

  if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0)
    {
      g_autofree char *detail = g_strdup_printf (_ ("Others on this machine may look into %s"),
                                                 shown);
      g_autofree char *remedy = g_strdup_printf ("chmod 700 '%s'", shown);

      note (visit, "data", DW_DIAGNOSIS_WARNING, detail, remedy);
    }
  else if (g_access (folder, W_OK) != 0)
    {
      g_autofree char *detail = g_strdup_printf (_ ("%s cannot be written"), shown);

      note (visit, "data", DW_DIAGNOSIS_ERROR, detail,
            _ ("Give it to your user, or choose another folder with XDG_DATA_HOME"));
    }
  else
    note (visit, "data", DW_DIAGNOSIS_OK, shown, NULL);
}

static DwStore *
examine_database (Visit *visit, DwStore *given)
{
  g_autofree char *path = given != NULL ? g_strdup (dw_store_get_path (given))
                                        : dw_store_get_default_path ();
  g_autoptr (GError) problem = NULL;
  g_autoptr (DwStore) store = given != NULL ? g_object_ref (given) : dw_store_open (path, &problem);
  g_autoptr (GPtrArray) projects = NULL;

  examine_folder (visit, path);
  if (store == NULL || (projects = dw_store_list (store, DW_TYPE_PROJECT, &problem)) == NULL)
    {
      note (visit, "database", DW_DIAGNOSIS_ERROR, problem->message, NULL);
      return NULL;
    }

  g_autofree char *detail = g_strdup_printf (
      ngettext ("%s, with %u project", "%s, with %u projects", projects->len), path, projects->len);
  note (visit, "database", DW_DIAGNOSIS_OK, detail, NULL);

  return g_steal_pointer (&store);
}

static const char *
describe_source (DwEngineSource source)
{
  switch (source)
    {
    case DW_ENGINE_SOURCE_SETTING:
      /* Translators: where the address of the engine comes from */
      return _ ("as the settings say");
    case DW_ENGINE_SOURCE_DOCKER_HOST:
      /* Translators: where the address of the engine comes from */
      return _ ("as DOCKER_HOST says");
    case DW_ENGINE_SOURCE_DOCKER_CONTEXT:
      /* Translators: where the address of the engine comes from */
      return _ ("as the current Docker context says");
    case DW_ENGINE_SOURCE_USUAL_SOCKET:
    default:
      /* Translators: where the address of the engine comes from */
      return _ ("found at a usual place");
    }
}

/* Room for images, when the engine keeps them on this machine and not in one of its own. */
static void
examine_space (Visit *visit, DwEngine *engine)
{
  g_autofree char *root_dir = dw_engine_get_root_dir (engine, visit->cancellable, NULL);
  g_autoptr (GFile) root = root_dir != NULL ? g_file_new_for_path (root_dir) : NULL;
  g_autoptr (GFileInfo) info = NULL;

  if (root == NULL || !g_str_has_prefix (dw_engine_get_address (engine), "unix:") ||
      (info = g_file_query_filesystem_info (root, G_FILE_ATTRIBUTE_FILESYSTEM_FREE,
                                            visit->cancellable, NULL)) == NULL ||
      !g_file_info_has_attribute (info, G_FILE_ATTRIBUTE_FILESYSTEM_FREE))
    return;

  guint64 free_bytes = g_file_info_get_attribute_uint64 (info, G_FILE_ATTRIBUTE_FILESYSTEM_FREE);
  g_autofree char *shown = g_format_size (free_bytes);
  g_autofree char *detail = g_strdup_printf (_ ("%s free for images in %s"), shown, root_dir);
  const char *remedy = _ ("Remove images that nobody uses: docker image prune");

  if (free_bytes < NO_SPACE_BYTES)
    note (visit, "space", DW_DIAGNOSIS_ERROR, detail, remedy);
  else if (free_bytes < LITTLE_SPACE_BYTES)
    note (visit, "space", DW_DIAGNOSIS_WARNING, detail, remedy);
  else
    note (visit, "space", DW_DIAGNOSIS_OK, detail, NULL);
}

static void
examine_engine (Visit *visit)
{
  g_autoptr (GError) problem = NULL;
  g_autoptr (DwSettings)
      settings = visit->store != NULL ? dw_store_get_settings (visit->store, NULL) : NULL;
  DwEngineSource source = DW_ENGINE_SOURCE_USUAL_SOCKET;
  g_autofree char *address = dw_engine_find_address (
      settings != NULL ? dw_settings_get_engine_address (settings) : NULL, &source, &problem);
  g_autoptr (DwEngine) engine = address != NULL ? dw_engine_new (address) : NULL;
  g_autoptr (DwEngineInfo)
      info = engine != NULL ? dw_engine_get_info (engine, visit->cancellable, &problem) : NULL;

  if (info == NULL)
    {
      g_autofree char *detail = address != NULL
                                    ? g_strdup_printf (_ ("%s (%s): %s"), address,
                                                       describe_source (source), problem->message)
                                    : g_strdup (problem->message);

      note (visit, "engine", DW_DIAGNOSIS_ERROR, detail, NULL);
      return;
    }

  g_autofree char *detail = g_strdup_printf (
      /* Translators: product, version, version of its API, operating system, architecture, address,
         and how it was found, as in “as the settings say” */
      _ ("%s %s with API %s for %s/%s at %s, %s"), info->product, info->version, info->api_version,
      info->os, info->architecture, address, describe_source (source));
  note (visit, "engine", DW_DIAGNOSIS_OK, detail, NULL);
  examine_space (visit, engine);
}

static void
examine_keyring (Visit *visit)
{
  g_autoptr (GError) problem = NULL;
  g_autofree char *secret = NULL;

  if (dw_secrets_lookup (NOBODY, &secret, visit->cancellable, &problem))
    note (visit, "keyring", DW_DIAGNOSIS_OK, _ ("It answers, and keeps the registries' passwords"),
          NULL);
  else
    note (visit, "keyring", DW_DIAGNOSIS_WARNING, problem->message, NULL);
}

/* Whether Docker's file can be read; which registries it serves shows when they are asked. */
static void
examine_docker_configuration (Visit *visit)
{
  g_autoptr (GError) problem = NULL;
  g_autoptr (DwCredentials) credentials = NULL;

  if (!dw_docker_config_lookup ("docker.io", &credentials, visit->cancellable, &problem))
    note (visit, "docker credentials", DW_DIAGNOSIS_WARNING, problem->message, NULL);
  else if (credentials != NULL)
    note (visit, "docker credentials", DW_DIAGNOSIS_OK,
          _ ("Docker's configuration can be used, and signs in to Docker Hub"), NULL);
  else
    note (visit, "docker credentials", DW_DIAGNOSIS_OK,
          _ ("Docker's configuration can be used, and has nothing for Docker Hub"), NULL);
}

static void
examine_registry (Visit *visit, DwRegistries *registries, DwRegistry *registry)
{
  const char *id = dw_entity_get_id (DW_ENTITY (registry));
  const char *url = dw_registry_get_url (registry);
  g_autofree char *subject = g_strdup_printf ("registry %s", dw_registry_get_name (registry));
  g_autoptr (GError) problem = NULL;
  g_autofree char *secret = NULL;

  if (!dw_registries_test (registries, id, visit->cancellable, &problem))
    {
      note (visit, subject, DW_DIAGNOSIS_ERROR, problem->message, NULL);
      return;
    }

  gboolean has_secret = dw_secrets_lookup (id, &secret, visit->cancellable, NULL) && secret != NULL;
  g_autofree char *detail = NULL;
  if (dw_registry_get_username (registry) == NULL)
    detail = g_strdup_printf (_ ("%s answers"), url);
  else if (has_secret)
    detail = g_strdup_printf (_ ("%s answers, and lets %s in"), url,
                              dw_registry_get_username (registry));
  else
    detail = g_strdup_printf (_ ("%s answers; the keyring has no password of %s"), url,
                              dw_registry_get_username (registry));

  if (dw_registry_get_username (registry) != NULL && !has_secret)
    note (visit, subject, DW_DIAGNOSIS_WARNING, detail,
          _ ("Sign in with “docker login”, or add the registry again with --password-stdin"));
  else
    note (visit, subject, DW_DIAGNOSIS_OK, detail, NULL);
}

static void
examine_registries (Visit *visit)
{
  g_autoptr (GError) problem = NULL;
  g_autoptr (GPtrArray) list = dw_store_list (visit->store, DW_TYPE_REGISTRY, &problem);
  g_autoptr (DwRegistries) registries = dw_registries_new (visit->store);

  if (list == NULL)
    note (visit, "registries", DW_DIAGNOSIS_ERROR, problem->message, NULL);

  for (guint i = 0; list != NULL && i < list->len; i++)
    examine_registry (visit, registries, g_ptr_array_index (list, i));
}

static void
examine_proxy (Visit *visit)
{
  g_autoptr (GError) problem = NULL;
  g_autofree char *detail = dw_proxy_choice_check (visit->store, visit->cancellable, &problem);

  if (detail != NULL)
    note (visit, "proxy", DW_DIAGNOSIS_OK, detail, NULL);
  else
    note (visit, "proxy", DW_DIAGNOSIS_ERROR, problem->message,
          _ ("“docker-watcher repair” and the next deploy set the routes right, and start the "
             "gateway"));
}

/* What came of the last event; to post one now is somebody's wish, and no visit's. */
static void
examine_outgoing_webhook (Visit *visit)
{
  g_autoptr (DwSettings) settings = dw_store_get_settings (visit->store, NULL);
  const char *problem = settings != NULL ? dw_settings_get_outgoing_webhook_error (settings) : NULL;

  if (settings == NULL || dw_settings_get_outgoing_webhook_url (settings) == NULL)
    return;

  if (problem != NULL)
    note (visit, "outgoing webhook", DW_DIAGNOSIS_WARNING, problem,
          _ ("“docker-watcher notify test” posts a test"));
  else
    note (visit, "outgoing webhook", DW_DIAGNOSIS_OK,
          _ ("The last event was taken, if there was any"), NULL);
}

/**
 * dw_doctor_examine:
 * @store: (nullable): the store, or %NULL to try the one at the usual path and say what is wrong
 *   with it
 * @cancellable: (nullable): ends the visit
 * @error: G_IO_ERROR_CANCELLED; all else that goes wrong is a diagnosis
 *
 * Tries everything that the program works with. Blocks; not on the main thread.
 *
 * Returns: (transfer full) (nullable) (element-type DwDiagnosis): what was found, in the order in
 *   which one depends on the other
 */
GPtrArray *
dw_doctor_examine (DwStore *store, GCancellable *cancellable, GError **error)
{
  g_autoptr (GPtrArray)
      diagnoses = g_ptr_array_new_with_free_func ((GDestroyNotify) dw_diagnosis_free);
  Visit visit = { .diagnoses = diagnoses, .cancellable = cancellable };
  g_autoptr (DwStore) opened = examine_database (&visit, store);

  visit.store = opened;
  examine_engine (&visit);
  examine_keyring (&visit);
  examine_docker_configuration (&visit);
  if (visit.store != NULL)
    {
      examine_registries (&visit);
      examine_proxy (&visit);
      examine_outgoing_webhook (&visit);
    }

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;

  return g_steal_pointer (&diagnoses);
}

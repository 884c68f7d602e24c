/* dw-adoption.c: containers that others made, and the projects that they would be
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A container is read and never touched: an adoption writes a project and a stage, and the first
 * deploy starts a container of its own beside it. What stands in the way of that deploy, such as a
 * port that only one of them can have, is said in the notes with its remedy.
 */

#include "config.h"

#include "deploy/dw-adoption.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "config/dw-foreign.h"
#include "deploy/dw-deploy-error.h"
#include "deploy/dw-stage-containers.h"
#include "model/dw-image-reference.h"
#include "model/dw-model-error.h"

#define NS_PER_MS G_GINT64_CONSTANT (1000000)
/* What Docker takes where a health check does not say. */
#define USUAL_HEALTH_INTERVAL_MS 30000
#define USUAL_HEALTH_RETRIES 3
/* An id of an anonymous volume. */
#define VOLUME_ID_LENGTH 64

/* Frees @self with all that it holds. */
void
dw_adoption_free (DwAdoption *self)
{
  g_free (self->container_id);
  g_free (self->container_name);
  g_free (self->image);
  g_clear_object (&self->project);
  g_clear_object (&self->stage);
  g_free (self->problem);
  g_clear_pointer (&self->notes, g_ptr_array_unref);
  g_free (self);
}

/* --- Reading a container -----------------------------------------------------------------------
 */

static gboolean
is_ours (const DwContainer *container)
{
  GHashTableIter iter;
  gpointer name;

  g_hash_table_iter_init (&iter, container->labels);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    if (g_str_has_prefix (name, DW_LABEL_PREFIX))
      return TRUE;

  return FALSE;
}

static gboolean
is_running (const DwContainer *container)
{
  return container->state == DW_CONTAINER_RUNNING || container->state == DW_CONTAINER_PAUSED ||
         container->state == DW_CONTAINER_RESTARTING;
}

/* Compose calls it shop-web-1, or shop_web_1, and says so in its labels. */
static char *
get_own_name (const DwContainer *container)
{
  const char *project = g_hash_table_lookup (container->labels, "com.docker.compose.project");
  const char *service = g_hash_table_lookup (container->labels, "com.docker.compose.service");

  if (project == NULL || service == NULL)
    return g_strdup (container->name);

  return dw_foreign_make_service_name (project, service);
}

/* Podman writes some variables into every container. */
static gboolean
is_engine_variable (const DwContainer *container, const char *assignment)
{
  return g_strv_contains ((const char *const *) container->environment, "container=podman") &&
         (g_str_equal (assignment, "container=podman") || g_str_equal (assignment, "TERM=xterm") ||
          g_str_has_prefix (assignment, "HOME=") || g_str_has_prefix (assignment, "HOSTNAME="));
}

static void
read_environment (DwForeign *foreign, const DwContainer *container, const DwImage *image)
{
  for (guint i = 0; container->environment[i] != NULL; i++)
    {
      const char *assignment = container->environment[i];

      if ((image == NULL ||
           !g_strv_contains ((const char *const *) image->environment, assignment)) &&
          !is_engine_variable (container, assignment))
        g_ptr_array_add (foreign->environment, g_strdup (assignment));
    }
}

static gboolean
is_volume_id (const char *name)
{
  return strlen (name) == VOLUME_ID_LENGTH &&
         strspn (name, G_CSET_DIGITS "abcdef") == VOLUME_ID_LENGTH;
}

static void
read_mounts (DwForeign *foreign, const DwContainerSetup *setup)
{
  for (guint i = 0; i < setup->mounts->len; i++)
    {
      const DwContainerMount *mount = g_ptr_array_index (setup->mounts, i);

      if (!g_str_equal (mount->type, "bind") && !g_str_equal (mount->type, "volume"))
        {
          dw_foreign_note (foreign,
                           _ ("What is mounted at %s is of the type “%s” and is left out."),
                           mount->target, mount->type);
          continue;
        }

      if (g_str_equal (mount->type, "volume") && is_volume_id (mount->source))
        dw_foreign_note (foreign,
                         _ ("The data at %s is in a volume without a name, which goes when the "
                            "container is removed with “docker rm -v”."),
                         mount->target);
      g_ptr_array_add (foreign->volumes, g_strconcat (mount->source, ":", mount->target,
                                                      mount->is_read_only ? ":ro" : "", NULL));
    }
}

static void
read_networks (DwForeign *foreign, const DwContainerSetup *setup)
{
  static const char *const usual[] = { "", "bridge", "default", "podman", "none", "host", NULL };

  if (g_str_equal (setup->network_mode, "host") || g_str_equal (setup->network_mode, "none") ||
      strchr (setup->network_mode, ':') != NULL)
    dw_foreign_note (foreign,
                     _ ("Its network is “%s”; here a container has a network of its own and "
                        "publishes a port."),
                     setup->network_mode);

  for (guint i = 0; setup->networks[i] != NULL; i++)
    {
      if (g_strv_contains (usual, setup->networks[i]))
        continue;
      if (foreign->network == NULL)
        foreign->network = g_strdup (setup->networks[i]);
      else
        dw_foreign_note (foreign,
                         _ ("It is in the network “%s” as well; a project is in one network."),
                         setup->networks[i]);
    }
}

static void
read_health (DwForeign *foreign, const DwContainerSetup *setup, const DwImage *image)
{
  gint64 interval_ms = setup->health_interval_ns > 0 ? setup->health_interval_ns / NS_PER_MS
                                                     : USUAL_HEALTH_INTERVAL_MS;
  gint64 retries = setup->health_retries > 0 ? setup->health_retries : USUAL_HEALTH_RETRIES;

  if (setup->health_test[0] == NULL)
    return;

  foreign->health_test = g_strdupv (setup->health_test);
  foreign->has_image_health = image != NULL && image->has_health_check &&
                              g_strv_equal ((const char *const *) setup->health_test,
                                            (const char *const *) image->health_test);
  foreign->health_timeout_ms = setup->health_timeout_ns / NS_PER_MS;
  foreign->health_patience_ms = setup->health_start_ns / NS_PER_MS +
                                MIN (interval_ms, G_MAXINT) * MIN (retries, G_MAXINT16);
}

/* Whether the container says something else than its image. */
static gboolean
differs (GStrv words, GStrv of_image)
{
  return words[0] != NULL && (of_image == NULL || !g_strv_equal ((const char *const *) words,
                                                                 (const char *const *) of_image));
}

static void
read_labels (DwForeign *foreign, const DwContainer *container, const DwImage *image)
{
  g_autoptr (GList)
      names = g_list_sort (g_hash_table_get_keys (container->labels), (GCompareFunc) g_strcmp0);

  for (GList *name = names; name != NULL; name = name->next)
    {
      const char *value = g_hash_table_lookup (container->labels, name->data);
      const char *of_image = image != NULL ? g_hash_table_lookup (image->labels, name->data) : NULL;

      if (g_strcmp0 (value, of_image) != 0)
        dw_foreign_add_label (foreign, name->data, value);
    }
}

/* Whether the engine pulled it under that name; Podman gives digests to what it built as well. */
static gboolean
is_from_registry (const DwImage *image, const char *name)
{
  g_autoptr (DwImageReference) reference = dw_image_reference_parse (name, NULL);
  g_autofree char *repository = reference != NULL ? dw_image_reference_get_repository (reference)
                                                  : NULL;
  gboolean is = FALSE;

  for (guint i = 0; repository != NULL && !is && image->repo_digests[i] != NULL; i++)
    {
      g_autoptr (DwImageReference) pulled = dw_image_reference_parse (image->repo_digests[i], NULL);
      g_autofree char *other = pulled != NULL ? dw_image_reference_get_repository (pulled) : NULL;

      is = g_strcmp0 (repository, other) == 0 && !g_str_has_prefix (repository, "localhost/");
    }

  return is;
}

/* What there is no field for. */
static void
note_the_rest (DwForeign *foreign, const DwContainerSetup *setup, const DwImage *image)
{
  if (differs (setup->entrypoint, image != NULL ? image->entrypoint : NULL) && image != NULL)
    dw_foreign_note (foreign,
                     _ ("Its entrypoint is not the image's; here it will be the image's."));
  if (image != NULL && !is_from_registry (image, foreign->image))
    dw_foreign_note (foreign,
                     _ ("No registry has given its image to this engine; a deploy needs one "
                        "that is in a registry, so push it there and set the project's "
                        "image."));
  if (setup->is_privileged)
    dw_foreign_note (foreign, _ ("It is privileged; here it will not be."));
  if (setup->has_devices)
    dw_foreign_note (foreign, _ ("It has devices of this machine; here it will have none."));
  if (setup->added_capabilities[0] != NULL)
    {
      g_autofree char *list = g_strjoinv (", ", setup->added_capabilities);

      dw_foreign_note (foreign, _ ("It has capabilities that are left out: %s."), list);
    }
  if (setup->extra_hosts[0] != NULL)
    {
      g_autofree char *list = g_strjoinv (", ", setup->extra_hosts);

      dw_foreign_note (foreign, _ ("It knows hosts that are left out: %s."), list);
    }
  if (setup->is_removed_at_end)
    dw_foreign_note (foreign,
                     _ ("The engine removes it when it ends; what it wrote goes with it."));
}

/* A container may be made from an image by its id; the image knows its names. */
static const char *
get_image_name (const DwContainer *container, const DwImage *image)
{
  gboolean is_id = g_str_has_prefix (container->image, "sha256:") ||
                   (image != NULL && g_str_has_prefix (image->id, container->image));

  return is_id && image != NULL && image->repo_tags[0] != NULL ? image->repo_tags[0]
                                                               : container->image;
}

static DwForeign *
read_container (const DwContainer *container, const DwImage *image)
{
  g_autofree char *name = get_own_name (container);
  DwForeign *foreign = dw_foreign_new (name);
  const DwContainerSetup *setup = container->setup;

  foreign->image = g_strdup (get_image_name (container, image));
  for (guint i = 0; i < setup->bindings->len; i++)
    {
      const DwContainerBinding *binding = g_ptr_array_index (setup->bindings, i);

      if (binding->port != 0)
        dw_foreign_add_port (foreign, binding->port, binding->host_port, binding->is_tcp,
                             binding->host_address);
    }
  read_environment (foreign, container, image);
  read_mounts (foreign, setup);
  if (differs (setup->command, image != NULL ? image->command : NULL))
    foreign->command = g_strdupv (setup->command);
  read_networks (foreign, setup);
  dw_foreign_set_restart (foreign, setup->restart_policy, setup->restart_limit);
  foreign->memory_bytes = setup->memory_bytes;
  foreign->nano_cpus = setup->nano_cpus;
  read_health (foreign, setup, image);
  read_labels (foreign, container, image);
  note_the_rest (foreign, setup, image);

  return foreign;
}

/* --- Proposing ---------------------------------------------------------------------------------
 */

static gboolean
has_project (GPtrArray *projects, const char *name)
{
  for (guint i = 0; i < projects->len; i++)
    if (g_strcmp0 (dw_project_get_name (g_ptr_array_index (projects, i)), name) == 0)
      return TRUE;

  return FALSE;
}

/* Gives the project a name that no other has, and says when one has its image. */
static void
settle_name (DwForeign *foreign, DwProject *project, GPtrArray *projects)
{
  g_autofree char *name = g_strdup (dw_project_get_name (project));

  for (guint i = 0; i < projects->len; i++)
    {
      DwProject *other = g_ptr_array_index (projects, i);

      if (g_strcmp0 (dw_project_get_image (other), dw_project_get_image (project)) == 0)
        dw_foreign_note (foreign, _ ("The project “%s” has the same image already."),
                         dw_project_get_name (other));
    }

  for (guint i = 2; has_project (projects, dw_project_get_name (project)); i++)
    {
      g_autofree char *suffix = g_strdup_printf ("-%u", i);
      g_autofree char *start = g_strndup (name, MIN (strlen (name), 63 - strlen (suffix)));
      g_autofree char *other_name = g_strconcat (start, suffix, NULL);

      g_object_set (project, "name", other_name, NULL);
    }
}

/* What the first deploy would meet. */
static void
note_the_port (DwForeign *foreign, const DwContainer *container, DwStage *stage)
{
  int port = dw_stage_get_host_port (stage);

  if (port != 0)
    dw_foreign_note (foreign,
                     _ ("The port %d belongs to the container “%s” as long as it runs, so the "
                        "first deploy cannot have it: stop it before (docker stop %s), or give the "
                        "stage another port."),
                     port, container->name, container->name);
}

static DwAdoption *
propose (const DwContainer *container, const DwImage *image, GPtrArray *projects)
{
  g_autoptr (DwForeign) foreign = read_container (container, image);
  DwAdoption *self = g_new0 (DwAdoption, 1);
  g_autoptr (GError) problem = NULL;

  self->container_id = g_strdup (container->id);
  self->container_name = g_strdup (container->name);
  self->image = g_strdup (container->image);
  if (dw_foreign_propose (foreign, &self->project, &self->stage, &problem))
    {
      settle_name (foreign, self->project, projects);
      note_the_port (foreign, container, self->stage);
    }
  else
    {
      self->problem = g_strdup (problem->message);
    }
  self->notes = g_ptr_array_ref (foreign->notes);

  return self;
}

static gboolean
is_not_found (const GError *error)
{
  return g_error_matches (error, DW_ENGINE_ERROR, DW_ENGINE_ERROR_NOT_FOUND);
}

/* An image may have been removed from under its container, which then says all that is known. */
static gboolean
inspect_image (DwEngine *engine,
               const DwContainer *container,
               DwImage **image,
               GCancellable *cancellable,
               GError **error)
{
  g_autoptr (GError) problem = NULL;

  *image = dw_engine_inspect_image (engine, container->image_id, cancellable, &problem);
  if (*image != NULL || is_not_found (problem))
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&problem));
  return FALSE;
}

static DwAdoption *
read_and_propose (DwEngine *engine,
                  const char *id,
                  GPtrArray *projects,
                  GCancellable *cancellable,
                  GError **error)
{
  g_autoptr (DwContainer) container = dw_engine_inspect_container (engine, id, cancellable, error);
  g_autoptr (DwImage) image = NULL;

  if (container == NULL || !inspect_image (engine, container, &image, cancellable, error))
    return NULL;

  return propose (container, image, projects);
}

/**
 * dw_adoption_list:
 * @engine: an engine
 * @store: the store, which is only read
 * @cancellable: (nullable): ends the requests
 * @error: a DW_ENGINE_ERROR, a DW_STORE_ERROR or G_IO_ERROR_CANCELLED
 *
 * Returns: (transfer full) (element-type DwAdoption) (nullable): every container that runs and that
 *   this program did not make, with what is proposed for it
 */
GPtrArray *
dw_adoption_list (DwEngine *engine, DwStore *store, GCancellable *cancellable, GError **error)
{
  static const char *const no_labels[] = { NULL };
  g_autoptr (GPtrArray)
      adoptions = g_ptr_array_new_with_free_func ((GDestroyNotify) dw_adoption_free);
  g_autoptr (GPtrArray) projects = dw_store_list (store, DW_TYPE_PROJECT, error);
  g_autoptr (GPtrArray)
      containers = projects != NULL
                       ? dw_engine_list_containers (engine, no_labels, cancellable, error)
                       : NULL;

  for (guint i = 0; containers != NULL && i < containers->len; i++)
    {
      const DwContainer *container = g_ptr_array_index (containers, i);
      g_autoptr (GError) problem = NULL;

      if (is_ours (container) || !is_running (container))
        continue;

      DwAdoption *adoption = read_and_propose (engine, container->id, projects, cancellable,
                                               &problem);
      if (adoption != NULL)
        g_ptr_array_add (adoptions, adoption);
      /* It may have gone since it was listed. */
      else if (!is_not_found (problem))
        {
          g_propagate_error (error, g_steal_pointer (&problem));
          return NULL;
        }
    }

  return containers != NULL ? g_steal_pointer (&adoptions) : NULL;
}

/**
 * dw_adoption_find:
 * @engine: an engine
 * @store: the store, which is only read
 * @container: the name or the id of a container
 * @cancellable: (nullable): ends the requests
 * @error: DW_DEPLOY_ERROR_NO_CONTAINER when there is none, or when it is this program's, or a
 *   DW_ENGINE_ERROR, a DW_STORE_ERROR or G_IO_ERROR_CANCELLED
 *
 * Returns: (transfer full) (nullable): what is proposed for it
 */
DwAdoption *
dw_adoption_find (DwEngine *engine,
                  DwStore *store,
                  const char *container,
                  GCancellable *cancellable,
                  GError **error)
{
  g_autoptr (GPtrArray) projects = dw_store_list (store, DW_TYPE_PROJECT, error);
  g_autoptr (DwContainer) found = NULL;
  g_autoptr (GError) problem = NULL;
  g_autofree char *shown = dw_model_quote (container);

  if (projects == NULL)
    return NULL;

  found = dw_engine_inspect_container (engine, container, cancellable, &problem);
  if (found == NULL && !is_not_found (problem))
    {
      g_propagate_error (error, g_steal_pointer (&problem));
      return NULL;
    }
  if (found == NULL || is_ours (found))
    {
      g_set_error (error, DW_DEPLOY_ERROR, DW_DEPLOY_ERROR_NO_CONTAINER,
                   found == NULL
                       ? _ ("There is no container %s (docker-watcher adopt lists those there are)")
                       : _ ("The container %s belongs to a stage of Docker Watcher already"),
                   shown);
      return NULL;
    }

  return read_and_propose (engine, found->id, projects, cancellable, error);
}

static gboolean
write_both (DwStore *store, gpointer user_data, GError **error)
{
  DwAdoption *self = user_data;

  if (!dw_store_create (store, DW_ENTITY (self->project), error))
    return FALSE;

  g_object_set (self->stage, "project-id", dw_entity_get_id (DW_ENTITY (self->project)), NULL);

  return dw_store_create (store, DW_ENTITY (self->stage), error);
}

/**
 * dw_adoption_apply:
 * @self: an adoption that has a project
 * @store: the store
 * @error: DW_STORE_ERROR_EXISTS when the name of the project is taken, DW_MODEL_ERROR_INVALID,
 *   DW_DEPLOY_ERROR_NOT_ADOPTABLE, or another DW_STORE_ERROR
 *
 * Writes project and stage in one transaction. The container stays as it is.
 *
 * Returns: whether they are written
 */
gboolean
dw_adoption_apply (DwAdoption *self, DwStore *store, GError **error)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (DW_IS_STORE (store), FALSE);

  if (self->project == NULL)
    {
      g_set_error (error, DW_DEPLOY_ERROR, DW_DEPLOY_ERROR_NOT_ADOPTABLE,
                   _ ("The container “%s” cannot be a project: %s"), self->container_name,
                   self->problem);
      return FALSE;
    }

  return dw_store_transact (store, write_both, self, error);
}

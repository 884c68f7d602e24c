/* dw-gateway-container.c: the container in which the gateway runs
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * There is one for each store, which is known by its label. It is made when a route is needed
 * first, and made anew when the settings say something else than what it was made from. The engine
 * starts it again whenever it starts itself.
 *
 * It shares a folder with the program, with its configuration and the socket for commands in it. An
 * engine in a virtual machine or on another file system cannot share that; then the configuration
 * is copied into the container, and a port of the loopback interface is the way in.
 */

#include "config.h"

#include "deploy/dw-gateway-container.h"

#include <glib/gi18n-lib.h>

#include "deploy/dw-gateway-spec.h"
#include "deploy/dw-pause.h"
#include "deploy/dw-stage-containers.h"
#include "engine/dw-tar-writer.h"

#define START_LIMIT_MS (15 * 1000)
#define START_POLL_MS 50
#define LOG_LINES 5

static GPtrArray *
list_containers (DwEngine *engine, DwGateway *gateway, GCancellable *cancellable, GError **error)
{
  const char *shared = dw_gateway_files_get_shared (dw_gateway_get_files (gateway));
  g_autofree char *label = g_strconcat (DW_LABEL_GATEWAY "=", shared, NULL);
  const char *labels[] = { label, NULL };

  return dw_engine_list_containers (engine, labels, cancellable, error);
}

/* Without an error NULL where there is none. While one takes the place of another there are two, of
 * which one runs. */
static gboolean
find_container (DwEngine *engine,
                DwGateway *gateway,
                DwContainer **container,
                GCancellable *cancellable,
                GError **error)
{
  g_autoptr (GPtrArray) listed = list_containers (engine, gateway, cancellable, error);
  const DwContainer *chosen = NULL;

  *container = NULL;
  for (guint i = 0; listed != NULL && i < listed->len; i++)
    {
      const DwContainer *summary = g_ptr_array_index (listed, i);

      if (chosen == NULL || summary->state == DW_CONTAINER_RUNNING)
        chosen = summary;
    }
  if (chosen == NULL)
    return listed != NULL;

  *container = dw_engine_inspect_container (engine, chosen->id, cancellable, error);
  return *container != NULL;
}

/* As find_container(), but that there is none is an error. */
static DwContainer *
get_container (DwEngine *engine, DwGateway *gateway, GCancellable *cancellable, GError **error)
{
  DwContainer *container = NULL;

  if (find_container (engine, gateway, &container, cancellable, error) && container == NULL)
    g_set_error_literal (error, DW_PROXY_ERROR, DW_PROXY_ERROR_UNREACHABLE,
                         _ ("The gateway's container is gone: somebody removed it; deploy again"));

  return container;
}

/* What a gateway that shares no folder is reached by. */
typedef struct
{
  DwEngine *engine;
  DwGateway *gateway; /* not owned: it owns this */
} Carrier;

static void
carrier_free (gpointer data)
{
  Carrier *self = data;

  g_object_unref (self->engine);
  g_free (self);
}

static char *
find_port (gpointer user_data, GCancellable *cancellable, GError **error)
{
  Carrier *self = user_data;
  g_autoptr (DwContainer)
      container = get_container (self->engine, self->gateway, cancellable, error);
  guint16 port = container != NULL ? dw_container_get_host_port (container, DW_GATEWAY_DOOR_PORT)
                                   : 0;

  if (port != 0)
    return g_strdup_printf ("127.0.0.1:%u", port);
  if (container != NULL)
    g_set_error_literal (error, DW_PROXY_ERROR, DW_PROXY_ERROR_UNREACHABLE,
                         _ ("The gateway does not run; the next deploy starts it"));
  return NULL;
}

static gboolean
put_files (
    DwEngine *engine, DwGateway *gateway, const char *id, GCancellable *cancellable, GError **error)
{
  const char *folder = &DW_GATEWAY_SHARED_PATH[1];
  DwGatewayFiles *files = dw_gateway_get_files (gateway);
  g_autofree char *config = dw_gateway_files_read_shared (files, DW_GATEWAY_CONFIG_NAME, error);
  g_autofree char *map = config != NULL
                             ? dw_gateway_files_read_shared (files, DW_GATEWAY_MAP_NAME, error)
                             : NULL;
  g_autofree char *folder_name = g_strconcat (folder, "/", NULL);
  g_autofree char *config_name = g_strconcat (folder, "/" DW_GATEWAY_CONFIG_NAME, NULL);
  g_autofree char *map_name = g_strconcat (folder, "/" DW_GATEWAY_MAP_NAME, NULL);
  g_autoptr (GBytes) archive = NULL;

  if (map == NULL)
    return FALSE;

  /* The user under which HAProxy runs makes its socket in there. */
  DwTarWriter *writer = dw_tar_writer_new ();
  dw_tar_writer_add_folder (writer, folder_name, 0777);
  dw_tar_writer_add_file (writer, config_name, 0644, config);
  dw_tar_writer_add_file (writer, map_name, 0644, map);
  archive = dw_tar_writer_end (writer);

  return dw_engine_put_archive (engine, id, archive, cancellable, error);
}

static gboolean
put (gpointer user_data, GCancellable *cancellable, GError **error)
{
  Carrier *self = user_data;
  g_autoptr (DwContainer)
      container = get_container (self->engine, self->gateway, cancellable, error);

  return container != NULL &&
         put_files (self->engine, self->gateway, container->id, cancellable, error);
}

/* Has the gateway reached through the engine where nothing can be shared with it. Any thread. */
void
dw_gateway_container_attach (DwEngine *engine, DwGateway *gateway)
{
  static const DwGatewayCarrier carrier = { .find = find_port, .put = put };
  Carrier *data = g_new0 (Carrier, 1);

  data->engine = g_object_ref (engine);
  data->gateway = gateway;
  g_object_set_data_full (G_OBJECT (gateway), "dw-carrier", data, carrier_free);
  dw_gateway_set_carrier (gateway, &carrier, data);
}

static gboolean
ensure_image (DwEngine *engine,
              const char *image,
              DwGatewayReportFunc report,
              gpointer user_data,
              GCancellable *cancellable,
              GError **error)
{
  g_autoptr (GError) problem = NULL;
  g_autoptr (DwImage) there = dw_engine_inspect_image (engine, image, cancellable, &problem);
  g_autofree char *message = NULL;

  if (there != NULL)
    return TRUE;
  if (!g_error_matches (problem, DW_ENGINE_ERROR, DW_ENGINE_ERROR_NOT_FOUND))
    {
      g_propagate_error (error, g_steal_pointer (&problem));
      return FALSE;
    }

  message = g_strdup_printf (_ ("Pulling %s for the gateway"), image);
  report (message, user_data);
  return dw_engine_pull_image (engine, image, NULL, NULL, NULL, cancellable, error);
}

/* Every network in which there is an instance that it may have to reach. */
static gboolean
join_all (DwEngine *engine, DwGateway *gateway, GCancellable *cancellable, GError **error)
{
  const char *labels[] = { DW_LABEL_INSTANCE, NULL };
  g_autoptr (GPtrArray) listed = dw_engine_list_containers (engine, labels, cancellable, error);
  g_autoptr (GHashTable) networks = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GHashTableIter iter;
  gpointer network;

  for (guint i = 0; listed != NULL && i < listed->len; i++)
    {
      const DwContainer *summary = g_ptr_array_index (listed, i);
      g_autoptr (DwContainer) container = NULL;

      if (summary->state != DW_CONTAINER_RUNNING)
        continue;
      container = dw_engine_inspect_container (engine, summary->id, cancellable, NULL);
      if (container == NULL)
        continue;
      g_hash_table_iter_init (&iter, container->addresses);
      while (g_hash_table_iter_next (&iter, &network, NULL))
        g_hash_table_add (networks, g_strdup (network));
    }

  g_hash_table_iter_init (&iter, networks);
  while (g_hash_table_iter_next (&iter, &network, NULL))
    if (!dw_gateway_container_join (engine, gateway, network, cancellable, error))
      return FALSE;

  return listed != NULL;
}

static gboolean
append_line (const char *line, gboolean is_stderr, gpointer user_data)
{
  g_string_append_printf (user_data, "\n│ %s", line);

  return TRUE;
}

/* One that cannot begin is started by the engine over and over. */
static gboolean
has_ended (DwEngine *engine, const char *id, GCancellable *cancellable)
{
  g_autoptr (DwContainer) container = dw_engine_inspect_container (engine, id, cancellable, NULL);

  return container != NULL && container->state != DW_CONTAINER_RUNNING;
}

/* Waits until HAProxy answers; it says in its log why it does not. */
static gboolean
await_answer (
    DwEngine *engine, DwGateway *gateway, const char *id, GCancellable *cancellable, GError **error)
{
  gint64 ends_at_us = g_get_monotonic_time () + START_LIMIT_MS * G_TIME_SPAN_MILLISECOND;
  g_autoptr (GString) words = g_string_new (NULL);
  g_autoptr (GError) problem = NULL;

  for (;;)
    {
      g_autofree char *version = NULL;

      g_clear_error (&problem);
      version = dw_proxy_check (DW_PROXY (gateway), cancellable, &problem);
      if (version != NULL)
        return TRUE;
      if (g_get_monotonic_time () >= ends_at_us || has_ended (engine, id, cancellable))
        break;
      if (!dw_pause (START_POLL_MS, cancellable, error))
        return FALSE;
    }

  dw_engine_read_logs (engine, id, LOG_LINES, FALSE, append_line, words, cancellable, NULL);
  g_set_error (error, DW_PROXY_ERROR, DW_PROXY_ERROR_UNREACHABLE,
               _ ("The gateway was started and does not answer (%s)%s"), problem->message,
               words->str);
  return FALSE;
}

/* Starts a new container; what there was before it is stopped for it, since both want the same
 * port, and started again when the new one does not work. */
static gboolean
replace (DwEngine *engine,
         DwGateway *gateway,
         DwContainerSpec *spec,
         const DwContainer *before,
         GCancellable *cancellable,
         GError **error)
{
  g_autofree char *name = g_strdup (spec->name);
  g_autofree char *id = NULL;
  g_autoptr (GError) problem = NULL;

  /* A cancel waits for the end of these: nobody would know of what is made later. */
  if (before != NULL)
    {
      g_free (spec->name);
      spec->name = g_strconcat (name, "-next", NULL);
      if (!dw_engine_stop_container (engine, before->id, 0, NULL, error))
        return FALSE;
    }
  id = dw_engine_create_container (engine, spec, NULL, &problem);
  if (id != NULL &&
      (!dw_gateway_files_is_apart (dw_gateway_get_files (gateway)) ||
       put_files (engine, gateway, id, NULL, &problem)) &&
      dw_engine_start_container (engine, id, NULL, &problem) &&
      await_answer (engine, gateway, id, cancellable, &problem))
    {
      if (before == NULL)
        return TRUE;
      return dw_engine_remove_container (engine, before->id, NULL, error) &&
             dw_engine_rename_container (engine, id, name, NULL, error);
    }

  if (id != NULL)
    dw_engine_remove_container (engine, id, NULL, NULL);
  if (before != NULL)
    dw_engine_start_container (engine, before->id, NULL, NULL);
  g_propagate_prefixed_error (error, g_steal_pointer (&problem),
                              _ ("The gateway cannot be started on port %u: "), spec->host_port);
  return FALSE;
}

static gboolean
answers (DwGateway *gateway, GCancellable *cancellable)
{
  g_autofree char *version = dw_proxy_check (DW_PROXY (gateway), cancellable, NULL);

  return version != NULL;
}

/* Whether what there is goes on, in @works. */
static gboolean
revive (DwEngine *engine,
        DwGateway *gateway,
        const DwContainer *container,
        const DwContainerSpec *spec,
        gboolean *works,
        GCancellable *cancellable,
        GError **error)
{
  *works = FALSE;
  if (g_strcmp0 (g_hash_table_lookup (container->labels, DW_LABEL_GATEWAY_MADE_FROM),
                 g_hash_table_lookup (spec->labels, DW_LABEL_GATEWAY_MADE_FROM)) != 0)
    return TRUE;

  if (container->state == DW_CONTAINER_RUNNING)
    {
      *works = answers (gateway, cancellable);
      return !g_cancellable_set_error_if_cancelled (cancellable, error);
    }

  if (!dw_gateway_prepare (gateway, error) ||
      (dw_gateway_files_is_apart (dw_gateway_get_files (gateway)) &&
       !put_files (engine, gateway, container->id, cancellable, error)) ||
      !dw_engine_start_container (engine, container->id, cancellable, error))
    return FALSE;
  *works = await_answer (engine, gateway, container->id, cancellable, NULL);

  return !g_cancellable_set_error_if_cancelled (cancellable, error);
}

/* What was killed while it exchanged the gateway has left two, or one that has the name of a
 * successor, which may not be in every network yet: @container goes on, as the only one and by its
 * name. */
static gboolean
tidy_up (DwEngine *engine,
         DwGateway *gateway,
         const DwContainer *container,
         GCancellable *cancellable,
         GError **error)
{
  g_autofree char *name = dw_gateway_spec_make_name (gateway);
  g_autoptr (GPtrArray) listed = list_containers (engine, gateway, cancellable, error);

  for (guint i = 0; listed != NULL && i < listed->len; i++)
    {
      const DwContainer *other = g_ptr_array_index (listed, i);

      if (!g_str_equal (other->id, container->id) &&
          !dw_engine_remove_container (engine, other->id, cancellable, error))
        return FALSE;
    }

  return listed != NULL &&
         (g_str_equal (container->name, name) ||
          (join_all (engine, gateway, cancellable, error) &&
           dw_engine_rename_container (engine, container->id, name, cancellable, error)));
}

/* Whether the reason can be that the engine sees no folder of this machine, or the program no
 * socket that was made there; each engine says that in its own way, or not at all. */
static gboolean
may_be_apart (const GError *problem)
{
  return g_error_matches (problem, DW_PROXY_ERROR, DW_PROXY_ERROR_UNREACHABLE) ||
         g_error_matches (problem, DW_ENGINE_ERROR, DW_ENGINE_ERROR_INVALID) ||
         g_error_matches (problem, DW_ENGINE_ERROR, DW_ENGINE_ERROR_FAILED);
}

/* As replace(), with a gateway that shares nothing. */
static gboolean
replace_apart (DwEngine *engine,
               DwGateway *gateway,
               DwSettings *settings,
               const char *domain,
               const char *network,
               const DwContainer *before,
               GCancellable *cancellable,
               GError **error)
{
  g_autoptr (DwContainerSpec) spec = NULL;
  g_autoptr (GError) problem = NULL;

  if (!dw_gateway_files_set_apart (dw_gateway_get_files (gateway), TRUE, error))
    return FALSE;
  spec = dw_gateway_spec_make (gateway, settings, domain, network, error);
  if (spec != NULL && dw_gateway_prepare (gateway, error) &&
      replace (engine, gateway, spec, before, cancellable, error))
    return TRUE;

  g_prefix_error (error, _ ("Neither with a shared folder nor through a port of the loopback "
                            "interface: "));
  /* The next one tries again to share a folder. */
  if (!dw_gateway_files_set_apart (dw_gateway_get_files (gateway), FALSE, &problem))
    g_message ("It is remembered that the gateway shares no folder: %s", problem->message);
  return FALSE;
}

/**
 * dw_gateway_container_ensure:
 * @engine: where it runs
 * @gateway: the gateway
 * @settings: what it is made from
 * @domain: the host name of a route that it has or is about to get
 * @network: (nullable): where Traefik finds it
 * @report: told of what takes its time
 * @user_data: for @report
 * @cancellable: (nullable): ends it
 * @error: a DW_ENGINE_ERROR, a DW_PROXY_ERROR, a G_FILE_ERROR or G_IO_ERROR_CANCELLED
 *
 * Sees to it that the gateway runs, as the settings want it, and answers. Where it cannot be made
 * as they want it, one that there was goes on.
 *
 * Returns: whether it does
 */
gboolean
dw_gateway_container_ensure (DwEngine *engine,
                             DwGateway *gateway,
                             DwSettings *settings,
                             const char *domain,
                             const char *network,
                             DwGatewayReportFunc report,
                             gpointer user_data,
                             GCancellable *cancellable,
                             GError **error)
{
  g_autoptr (DwContainerSpec)
      spec = dw_gateway_spec_make (gateway, settings, domain, network, error);
  g_autoptr (DwContainer) container = NULL;
  g_autoptr (GError) problem = NULL;
  gboolean works = FALSE;

  if (spec == NULL || !find_container (engine, gateway, &container, cancellable, error) ||
      (container != NULL &&
       (!revive (engine, gateway, container, spec, &works, cancellable, error) ||
        !tidy_up (engine, gateway, container, cancellable, error))))
    return FALSE;
  if (works)
    return TRUE;

  /* What worked shares what it needs: that its successor does not work has another reason. */
  gboolean was_working = container != NULL && container->state == DW_CONTAINER_RUNNING &&
                         answers (gateway, cancellable);
  if (!ensure_image (engine, spec->image, report, user_data, cancellable, error) ||
      !dw_gateway_prepare (gateway, error))
    return FALSE;
  if (!replace (engine, gateway, spec, container, cancellable, &problem))
    {
      if (dw_gateway_files_is_apart (dw_gateway_get_files (gateway)) || was_working ||
          !may_be_apart (problem))
        {
          g_propagate_error (error, g_steal_pointer (&problem));
          return FALSE;
        }
      g_debug ("The gateway shares no folder: %s", problem->message);
      if (!replace_apart (engine, gateway, settings, domain, network, container, cancellable,
                          error))
        return FALSE;
      report (_ ("The engine shares no folder and no socket with this program; the gateway is "
                 "commanded through a port of the loopback interface"),
              user_data);
    }

  g_autofree char *message = g_strdup_printf (_ ("Started the gateway on port %u"),
                                              spec->host_port);
  report (message, user_data);
  return join_all (engine, gateway, cancellable, error);
}

/**
 * dw_gateway_container_join:
 * @engine: where it runs
 * @gateway: a gateway that runs
 * @network: a network of the engine
 * @cancellable: (nullable): ends it
 * @error: a DW_ENGINE_ERROR, DW_PROXY_ERROR_UNREACHABLE or G_IO_ERROR_CANCELLED
 *
 * Returns: whether the gateway is in the network, so that it reaches the containers there
 */
gboolean
dw_gateway_container_join (DwEngine *engine,
                           DwGateway *gateway,
                           const char *network,
                           GCancellable *cancellable,
                           GError **error)
{
  g_autoptr (DwContainer) container = get_container (engine, gateway, cancellable, error);

  if (container == NULL)
    return FALSE;

  return g_hash_table_contains (container->addresses, network) ||
         dw_engine_connect_network (engine, network, container->id, cancellable, error);
}

/**
 * dw_gateway_container_remove:
 * @engine: where it runs
 * @gateway: the gateway
 * @cancellable: (nullable): ends it
 * @error: a DW_ENGINE_ERROR, a G_FILE_ERROR or G_IO_ERROR_CANCELLED
 *
 * Returns: whether there is no container of the gateway any more
 */
gboolean
dw_gateway_container_remove (DwEngine *engine,
                             DwGateway *gateway,
                             GCancellable *cancellable,
                             GError **error)
{
  g_autoptr (DwContainer) container = NULL;

  do
    {
      g_clear_pointer (&container, dw_container_free);
      if (!find_container (engine, gateway, &container, cancellable, error) ||
          (container != NULL &&
           !dw_engine_remove_container (engine, container->id, cancellable, error)))
        return FALSE;
    }
  while (container != NULL);

  return dw_gateway_files_set_apart (dw_gateway_get_files (gateway), FALSE, error);
}

/* dw-container-setup.c: how a container was made, by whomever
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Specification: Docker Engine API, “ContainerInspect”; Podman answers the same with a few more
 * words.
 */

#include "config.h"

#include "engine/dw-container-setup.h"

#include "model/dw-json.h"

static void
binding_free (gpointer data)
{
  DwContainerBinding *binding = data;

  g_free (binding->host_address);
  g_free (binding);
}

static void
mount_free (gpointer data)
{
  DwContainerMount *mount = data;

  g_free (mount->type);
  g_free (mount->source);
  g_free (mount->target);
  g_free (mount);
}

static char *
dup_or_empty (JsonObject *object, const char *name)
{
  const char *text = dw_json_get_string (object, name);

  return g_strdup (text != NULL ? text : "");
}

static guint16
parse_port (const char *text)
{
  guint64 number = 0;

  return text != NULL && g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT16, &number, NULL)
             ? (guint16) number
             : 0;
}

static int
compare_bindings (gconstpointer a, gconstpointer b)
{
  const DwContainerBinding *x = *(const DwContainerBinding *const *) a;
  const DwContainerBinding *y = *(const DwContainerBinding *const *) b;

  return x->port != y->port ? (int) x->port - (int) y->port : (int) x->is_tcp - (int) y->is_tcp;
}

/* "8080/tcp": [ { "HostIp": "", "HostPort": "18080" } ] */
static void
parse_bindings (DwContainerSetup *self, JsonObject *map)
{
  JsonObjectIter iter;
  const char *key;

  if (map == NULL)
    return;

  json_object_iter_init (&iter, map);
  while (json_object_iter_next (&iter, &key, NULL))
    {
      g_auto (GStrv) parts = g_strsplit (key, "/", 2);
      JsonArray *array = dw_json_get_array (map, key);

      for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
        {
          JsonObject *object = dw_json_array_get_object (array, i);
          DwContainerBinding *binding = g_new0 (DwContainerBinding, 1);

          binding->port = parse_port (parts[0]);
          binding->host_port = parse_port (dw_json_get_string (object, "HostPort"));
          binding->is_tcp = parts[0] == NULL || parts[1] == NULL || g_str_equal (parts[1], "tcp");
          binding->host_address = dup_or_empty (object, "HostIp");
          g_ptr_array_add (self->bindings, binding);
        }
    }
  g_ptr_array_sort (self->bindings, compare_bindings);
}

static void
add_mount (DwContainerSetup *self,
           const char *type,
           char *source,
           const char *target,
           gboolean is_read_only)
{
  DwContainerMount *mount = g_new0 (DwContainerMount, 1);

  mount->type = g_strdup (type);
  mount->source = source;
  mount->target = g_strdup (target);
  mount->is_read_only = is_read_only;
  g_ptr_array_add (self->mounts, mount);
}

static int
compare_mounts (gconstpointer a, gconstpointer b)
{
  return g_strcmp0 ((*(const DwContainerMount *const *) a)->target,
                    (*(const DwContainerMount *const *) b)->target);
}

/* Those of --tmpfs are not among the mounts. */
static void
parse_mounts (DwContainerSetup *self, JsonArray *array, JsonObject *tmpfs)
{
  JsonObjectIter iter;
  const char *key;

  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    {
      JsonObject *object = dw_json_array_get_object (array, i);
      const char *type = dw_json_get_string (object, "Type");
      const char *target = dw_json_get_string (object, "Destination");

      if (type != NULL && target != NULL)
        add_mount (self, type,
                   dup_or_empty (object, g_str_equal (type, "volume") ? "Name" : "Source"), target,
                   !dw_json_get_boolean (object, "RW"));
    }

  if (tmpfs != NULL)
    {
      json_object_iter_init (&iter, tmpfs);
      while (json_object_iter_next (&iter, &key, NULL))
        add_mount (self, "tmpfs", g_strdup (""), key, FALSE);
    }
  g_ptr_array_sort (self->mounts, compare_mounts);
}

static int
compare_texts (gconstpointer a, gconstpointer b)
{
  return g_strcmp0 (*(const char *const *) a, *(const char *const *) b);
}

/* The names of the members, sorted. */
static GStrv
dup_names (JsonObject *map)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  JsonObjectIter iter;
  const char *key;

  if (map != NULL)
    {
      json_object_iter_init (&iter, map);
      while (json_object_iter_next (&iter, &key, NULL))
        g_ptr_array_add (names, g_strdup (key));
    }
  g_ptr_array_sort (names, compare_texts);
  g_ptr_array_add (names, NULL);

  return (GStrv) g_ptr_array_free (g_steal_pointer (&names), FALSE);
}

static int
to_int (gint64 number)
{
  return (int) CLAMP (number, 0, G_MAXINT);
}

static void
parse_limits (DwContainerSetup *self, JsonObject *host)
{
  gint64 quota = dw_json_get_int (host, "CpuQuota", 0);
  gint64 period = dw_json_get_int (host, "CpuPeriod", 0);

  self->memory_bytes = MAX (dw_json_get_int (host, "Memory", 0), 0);
  self->nano_cpus = MAX (dw_json_get_int (host, "NanoCpus", 0), 0);
  /* The older way to say it; the kernel has no period above a second. */
  if (self->nano_cpus == 0 && quota > 0 && quota <= G_MAXINT && period > 0)
    self->nano_cpus = quota * (1000 * 1000 * 1000 / period);
}

static void
parse_health (DwContainerSetup *self, JsonObject *health)
{
  self->health_test = dw_json_dup_strings (health, "Test");
  self->health_interval_ns = MAX (dw_json_get_int (health, "Interval", 0), 0);
  self->health_timeout_ns = MAX (dw_json_get_int (health, "Timeout", 0), 0);
  self->health_start_ns = MAX (dw_json_get_int (health, "StartPeriod", 0), 0);
  self->health_retries = to_int (dw_json_get_int (health, "Retries", 0));
}

/* Entrypoints may be one text as well. */
static GStrv
dup_words (JsonObject *config, const char *name)
{
  const char *text = dw_json_get_string (config, name);

  return text != NULL && *text != '\0' ? g_strsplit (text, " ", -1)
                                       : dw_json_dup_strings (config, name);
}

/**
 * dw_container_setup_parse:
 * @inspection: the answer to an inspection
 *
 * Returns: (transfer full): what it says of how the container was made
 */
DwContainerSetup *
dw_container_setup_parse (JsonObject *inspection)
{
  DwContainerSetup *self = g_new0 (DwContainerSetup, 1);
  JsonObject *config = dw_json_get_object (inspection, "Config");
  JsonObject *host = dw_json_get_object (inspection, "HostConfig");
  JsonObject *network = dw_json_get_object (inspection, "NetworkSettings");
  JsonObject *restart = dw_json_get_object (host, "RestartPolicy");
  JsonArray *devices = dw_json_get_array (host, "Devices");

  self->bindings = g_ptr_array_new_with_free_func (binding_free);
  self->mounts = g_ptr_array_new_with_free_func (mount_free);

  self->command = dup_words (config, "Cmd");
  self->entrypoint = dup_words (config, "Entrypoint");
  self->user = dup_or_empty (config, "User");
  self->working_dir = dup_or_empty (config, "WorkingDir");
  parse_bindings (self, dw_json_get_object (host, "PortBindings"));
  parse_mounts (self, dw_json_get_array (inspection, "Mounts"), dw_json_get_object (host, "Tmpfs"));
  self->network_mode = dup_or_empty (host, "NetworkMode");
  self->networks = dup_names (dw_json_get_object (network, "Networks"));
  self->restart_policy = dup_or_empty (restart, "Name");
  self->restart_limit = to_int (dw_json_get_int (restart, "MaximumRetryCount", 0));
  parse_limits (self, host);
  parse_health (self, dw_json_get_object (config, "Healthcheck"));
  self->added_capabilities = dw_json_dup_strings (host, "CapAdd");
  self->extra_hosts = dw_json_dup_strings (host, "ExtraHosts");
  self->is_privileged = dw_json_get_boolean (host, "Privileged");
  self->has_devices = devices != NULL && json_array_get_length (devices) > 0;
  self->is_removed_at_end = dw_json_get_boolean (host, "AutoRemove");

  return self;
}

/* Frees @self with all that it holds. */
void
dw_container_setup_free (DwContainerSetup *self)
{
  g_strfreev (self->command);
  g_strfreev (self->entrypoint);
  g_free (self->user);
  g_free (self->working_dir);
  g_ptr_array_unref (self->bindings);
  g_ptr_array_unref (self->mounts);
  g_free (self->network_mode);
  g_strfreev (self->networks);
  g_free (self->restart_policy);
  g_strfreev (self->health_test);
  g_strfreev (self->added_capabilities);
  g_strfreev (self->extra_hosts);
  g_free (self);
}

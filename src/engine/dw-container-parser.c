/* dw-container-parser.c: containers from what an engine says
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Docker and Podman, old and new, differ in what they leave out and in their words for a state.
 * Specification: Docker Engine API, “ContainerInspect” and “ContainerList”.
 */

#include "config.h"

#include "engine/dw-container-parser.h"

#include <string.h>

#include "model/dw-json.h"

/* Each check's output is up to 4 KiB with Docker. */
#define MAXIMUM_HEALTH_OUTPUT (16 * 1024)

typedef struct
{
  const char *word;
  int value;
} Word;

/* The last ones are Podman's. */
static const Word state_words[] = {
  { "created", DW_CONTAINER_CREATED },     { "running", DW_CONTAINER_RUNNING },
  { "paused", DW_CONTAINER_PAUSED },       { "restarting", DW_CONTAINER_RESTARTING },
  { "removing", DW_CONTAINER_REMOVING },   { "exited", DW_CONTAINER_EXITED },
  { "dead", DW_CONTAINER_DEAD },           { "configured", DW_CONTAINER_CREATED },
  { "initialized", DW_CONTAINER_CREATED }, { "stopping", DW_CONTAINER_RUNNING },
  { "stopped", DW_CONTAINER_EXITED },
};

static const Word health_words[] = {
  { "starting", DW_CONTAINER_HEALTH_STARTING },
  { "healthy", DW_CONTAINER_HEALTH_HEALTHY },
  { "unhealthy", DW_CONTAINER_HEALTH_UNHEALTHY },
};

static int
look_up (const Word *words, gsize n, const char *word, int otherwise)
{
  for (gsize i = 0; i < n; i++)
    if (g_strcmp0 (words[i].word, word) == 0)
      return words[i].value;

  return otherwise;
}

static DwContainerState
parse_state (const char *word)
{
  return (DwContainerState) look_up (state_words, G_N_ELEMENTS (state_words), word,
                                     DW_CONTAINER_UNKNOWN);
}

static char *
dup_or_empty (const char *text)
{
  return g_strdup (text != NULL ? text : "");
}

/* NULL of nothing, which engines write as an empty text. */
static char *
dup_unless_empty (const char *text)
{
  return text != NULL && *text != '\0' ? g_strdup (text) : NULL;
}

/* NULL of the year one, by which engines say never. */
static char *
dup_start (const char *time)
{
  return time != NULL && g_str_has_prefix (time, "0001-") ? NULL : dup_unless_empty (time);
}

static char *
dup_name (const char *name)
{
  return dup_or_empty (name != NULL && *name == '/' ? name + 1 : name);
}

/* Podman leaves the algorithm out. */
static char *
dup_image_id (const char *id)
{
  return id != NULL && strlen (id) == 64 && strchr (id, ':') == NULL
             ? g_strconcat ("sha256:", id, NULL)
             : dup_or_empty (id);
}

static guint16
to_port (gint64 number)
{
  return number > 0 && number <= G_MAXUINT16 ? (guint16) number : 0;
}

static guint16
parse_port (const char *text)
{
  guint64 number = 0;

  return text != NULL && g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT16, &number, NULL)
             ? (guint16) number
             : 0;
}

static void
port_free (gpointer data)
{
  DwContainerPort *port = data;

  g_free (port->host_address);
  g_free (port);
}

static void
add_port (DwContainer *container, guint16 port, guint16 host_port, const char *host_address)
{
  if (port == 0 || host_port == 0)
    return;

  DwContainerPort *published = g_new0 (DwContainerPort, 1);
  published->port = port;
  published->host_port = host_port;
  published->host_address = dup_or_empty (host_address);
  g_ptr_array_add (container->ports, published);
}

static DwContainer *
container_new (void)
{
  DwContainer *container = g_new0 (DwContainer, 1);

  container->ports = g_ptr_array_new_with_free_func (port_free);
  container->addresses = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  return container;
}

/* "8080/tcp": [ { "HostIp": "127.0.0.1", "HostPort": "32768" } ] */
static void
parse_port_map (DwContainer *container, JsonObject *map)
{
  JsonObjectIter iter;
  const char *key;
  JsonNode *node;

  if (map == NULL)
    return;

  json_object_iter_init (&iter, map);
  while (json_object_iter_next (&iter, &key, &node))
    {
      g_autofree char *number = g_strndup (key, strcspn (key, "/"));
      JsonArray *bindings = dw_json_get_array (map, key);

      if (!g_str_has_suffix (key, "/tcp") && strchr (key, '/') != NULL)
        continue;
      for (guint i = 0; bindings != NULL && i < json_array_get_length (bindings); i++)
        {
          JsonObject *binding = dw_json_array_get_object (bindings, i);

          add_port (container, parse_port (number),
                    parse_port (dw_json_get_string (binding, "HostPort")),
                    dw_json_get_string (binding, "HostIp"));
        }
    }
}

/* [ { "IP": "127.0.0.1", "PrivatePort": 8080, "PublicPort": 32768, "Type": "tcp" } ] */
static void
parse_port_list (DwContainer *container, JsonArray *list)
{
  for (guint i = 0; list != NULL && i < json_array_get_length (list); i++)
    {
      JsonObject *port = dw_json_array_get_object (list, i);
      const char *type = dw_json_get_string (port, "Type");

      if (type == NULL || g_str_equal (type, "tcp"))
        add_port (container, to_port (dw_json_get_int (port, "PrivatePort", 0)),
                  to_port (dw_json_get_int (port, "PublicPort", 0)),
                  dw_json_get_string (port, "IP"));
    }
}

/* "web": { "IPAddress": "172.18.0.2" }; a container that does not run has none. */
static void
parse_addresses (DwContainer *container, JsonObject *networks)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  if (networks == NULL)
    return;

  json_object_iter_init (&iter, networks);
  while (json_object_iter_next (&iter, &name, &node))
    {
      const char *address = dw_json_get_string (dw_json_get_object (networks, name), "IPAddress");

      if (address != NULL && g_hostname_is_ip_address (address))
        g_hash_table_insert (container->addresses, g_strdup (name), g_strdup (address));
    }
}

/* Podman's older versions call it Healthcheck. */
static void
parse_health (DwContainer *container, JsonObject *state)
{
  JsonObject *health = dw_json_get_object (state, "Health");
  if (health == NULL)
    health = dw_json_get_object (state, "Healthcheck");

  JsonArray *log = dw_json_get_array (health, "Log");
  guint n = log != NULL ? json_array_get_length (log) : 0;

  container->health = (DwContainerHealth) look_up (health_words, G_N_ELEMENTS (health_words),
                                                   dw_json_get_string (health, "Status"),
                                                   DW_CONTAINER_HEALTH_NONE);
  if (n == 0 || container->health == DW_CONTAINER_HEALTH_NONE)
    return;

  const char *output = dw_json_get_string (dw_json_array_get_object (log, n - 1), "Output");
  if (output != NULL)
    {
      g_autofree char *text = g_utf8_make_valid (output,
                                                 (gssize) strnlen (output, MAXIMUM_HEALTH_OUTPUT));

      container->health_output = dup_unless_empty (g_strstrip (text));
    }
}

/* An exit code, or any other number that has to fit. */
static int
to_int (gint64 number)
{
  return (int) CLAMP (number, G_MININT, G_MAXINT);
}

/**
 * dw_container_parse_inspection:
 * @object: the answer to an inspection
 *
 * Returns: (transfer full): the container, with all that was left out empty
 */
DwContainer *
dw_container_parse_inspection (JsonObject *object)
{
  DwContainer *container = container_new ();
  JsonObject *state = dw_json_get_object (object, "State");
  JsonObject *config = dw_json_get_object (object, "Config");
  JsonObject *network = dw_json_get_object (object, "NetworkSettings");
  JsonObject *host = dw_json_get_object (object, "HostConfig");

  container->id = dw_json_dup_string (object, "Id");
  container->name = dup_name (dw_json_get_string (object, "Name"));
  container->image = dw_json_dup_string (config, "Image");
  container->image_id = dup_image_id (dw_json_get_string (object, "Image"));
  container->state = parse_state (dw_json_get_string (state, "Status"));
  container->exit_code = to_int (dw_json_get_int (state, "ExitCode", 0));
  container->was_oom_killed = dw_json_get_boolean (state, "OOMKilled");
  container->restart_count = to_int (dw_json_get_int (object, "RestartCount", 0));
  container->state_error = dup_unless_empty (dw_json_get_string (state, "Error"));
  container->started_at = dup_start (dw_json_get_string (state, "StartedAt"));
  container->has_tty = dw_json_get_boolean (config, "Tty");
  container->labels = dw_json_dup_table (config, "Labels");
  container->environment = dw_json_dup_strings (config, "Env");
  container->binds = dw_json_dup_strings (host, "Binds");
  container->setup = dw_container_setup_parse (object);
  parse_health (container, state);
  parse_port_map (container, dw_json_get_object (network, "Ports"));
  parse_addresses (container, dw_json_get_object (network, "Networks"));

  return container;
}

/* A listing tells the health and how it ended only in its words for a person, which have not
 * changed since there are any: “Up 5 minutes (healthy)”, “Exited (137) 2 hours ago”. */
static void
parse_status (DwContainer *container, const char *status)
{
  static const struct
  {
    const char *words;
    DwContainerHealth health;
  } healths[] = {
    { "(health: starting)", DW_CONTAINER_HEALTH_STARTING },
    { "(starting)", DW_CONTAINER_HEALTH_STARTING },
    { "(healthy)", DW_CONTAINER_HEALTH_HEALTHY },
    { "(unhealthy)", DW_CONTAINER_HEALTH_UNHEALTHY },
  };

  if (status == NULL)
    return;

  for (gsize i = 0; i < G_N_ELEMENTS (healths); i++)
    if (g_str_has_suffix (status, healths[i].words))
      container->health = healths[i].health;
  if (g_str_has_prefix (status, "Exited ("))
    container->exit_code = to_int (g_ascii_strtoll (status + strlen ("Exited ("), NULL, 10));
}

/**
 * dw_container_parse_summary:
 * @object: (nullable): an element of the answer to a listing
 *
 * Returns: (transfer full): the container, without what only an inspection tells
 */
DwContainer *
dw_container_parse_summary (JsonObject *object)
{
  DwContainer *container = container_new ();
  g_auto (GStrv) names = dw_json_dup_strings (object, "Names");

  container->id = dw_json_dup_string (object, "Id");
  container->name = dup_name (names[0]);
  container->image = dw_json_dup_string (object, "Image");
  container->image_id = dup_image_id (dw_json_get_string (object, "ImageID"));
  container->state = parse_state (dw_json_get_string (object, "State"));
  container->labels = dw_json_dup_table (object, "Labels");
  parse_port_list (container, dw_json_get_array (object, "Ports"));
  parse_status (container, dw_json_get_string (object, "Status"));

  return container;
}

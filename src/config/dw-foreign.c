/* dw-foreign.c: a container that another program describes, and the project that it would be
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A service of a compose file and a container that runs say the same things in different forms.
 * What both mean for a project and a stage is decided here, once. What a project has no field for,
 * or what would be something else here, becomes a note for the person who decides.
 */

#include "config.h"

#include "config/dw-foreign.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "model/dw-environment.h"
#include "model/dw-image-reference.h"
#include "model/dw-model-error.h"
#include "model/dw-validation.h"
#include "model/dw-version.h"
#include "model/dw-volumes.h"

/* The stage that it becomes; a person may call it otherwise. */
#define STAGE_NAME "main"
#define NAME_LIMIT 63
/* More of one thing than any container has. */
#define COUNT_LIMIT 1000
/* The engine's own: a container cannot have less. */
#define MEMORY_MINIMUM (6 * 1024 * 1024)
#define MAXIMUM_ATTEMPTS 1000

static void
port_free (gpointer data)
{
  DwForeignPort *port = data;

  g_free (port->host_address);
  g_free (port);
}

/* @name: what its program calls it; it is the subject of the notes. */
DwForeign *
dw_foreign_new (const char *name)
{
  DwForeign *self = g_new0 (DwForeign, 1);

  self->name = g_strdup (name);
  self->ports = g_ptr_array_new_with_free_func (port_free);
  self->environment = g_ptr_array_new_with_free_func (g_free);
  self->volumes = g_ptr_array_new_with_free_func (g_free);
  self->notes = g_ptr_array_new_with_free_func ((GDestroyNotify) dw_config_note_free);

  return self;
}

void
dw_foreign_free (DwForeign *self)
{
  g_free (self->name);
  g_free (self->image);
  g_ptr_array_unref (self->ports);
  g_ptr_array_unref (self->environment);
  g_ptr_array_unref (self->volumes);
  g_strfreev (self->command);
  g_free (self->network);
  g_free (self->restart);
  g_strfreev (self->health_test);
  g_free (self->domain);
  g_ptr_array_unref (self->notes);
  g_free (self);
}

/* Notes what a person must know. */
void
dw_foreign_note (DwForeign *self, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_autofree char *text = g_strdup_vprintf (format, arguments);
  va_end (arguments);

  g_ptr_array_add (self->notes, dw_config_note_new (self->name, text));
}

/* Notes what a project has no field for. */
void
dw_foreign_note_key (DwForeign *self, const char *key)
{
  dw_foreign_note (self, _ ("“%s” is left out: projects have no such setting."), key);
}

void
dw_foreign_add_port (
    DwForeign *self, guint16 port, guint16 host_port, gboolean is_tcp, const char *host_address)
{
  DwForeignPort *added = g_new0 (DwForeignPort, 1);

  added->port = port;
  added->host_port = host_port;
  added->is_tcp = is_tcp;
  added->host_address = g_strdup (host_address);
  g_ptr_array_add (self->ports, added);
}

/* The first part of @text that @pattern captures. */
static char *
capture (const char *pattern, const char *text)
{
  g_autoptr (GRegex) regex = g_regex_new (pattern, G_REGEX_OPTIMIZE, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;

  return g_regex_match (regex, text, 0, &match) ? g_match_info_fetch (match, 1) : NULL;
}

/* Whether a proxy or another tool wrote it for itself. */
static gboolean
is_bookkeeping (const char *name)
{
  return g_str_has_prefix (name, "com.docker.") || g_str_has_prefix (name, "desktop.docker.io/") ||
         g_str_has_prefix (name, "org.opencontainers.image.") ||
         g_str_has_prefix (name, "io.podman.") || g_str_has_prefix (name, "io.buildah.") ||
         g_str_equal (name, "PODMAN_SYSTEMD_UNIT") || g_str_equal (name, "maintainer");
}

/**
 * dw_foreign_add_label:
 * @self: a foreign container
 * @name: the label
 * @value: its value
 *
 * Takes from a label what a proxy would read there: the host name, and the port inside. Others are
 * noted.
 */
void
dw_foreign_add_label (DwForeign *self, const char *name, const char *value)
{
  g_autofree char *host = NULL;
  guint64 port = 0;

  if (is_bookkeeping (name))
    return;

  /* Traefik: Host(`shop.example.com`); Caddy: the label caddy. */
  if (g_str_has_prefix (name, "traefik.http.routers.") && g_str_has_suffix (name, ".rule"))
    host = capture ("Host\\(\\s*[`'\"]([^`'\"]+)[`'\"]", value);
  else if (g_str_equal (name, "caddy"))
    host = capture ("^(?:https?://)?([^\\s/:]+)", value);

  if (host != NULL && dw_validate_optional_domain ("domain", host, NULL))
    {
      if (self->domain == NULL)
        self->domain = g_steal_pointer (&host);
      else if (!g_str_equal (self->domain, host))
        dw_foreign_note (self, _ ("A stage has one host name: “%s” is left out."), host);
      return;
    }

  if (g_str_has_prefix (name, "traefik.http.services.") &&
      g_str_has_suffix (name, ".loadbalancer.server.port") &&
      g_ascii_string_to_unsigned (value, 10, 1, G_MAXUINT16, &port, NULL))
    {
      self->exposed_port = (int) port;
      return;
    }

  /* What the proxy itself is told, once for all of its labels. */
  if (!g_str_has_prefix (name, "traefik.") && !g_str_has_prefix (name, "caddy"))
    {
      g_autofree char *shown = dw_model_quote (name);

      dw_foreign_note (self, _ ("The label %s is not carried over: projects have no labels."),
                       shown);
    }
}

/**
 * dw_foreign_set_restart:
 * @self: a foreign container
 * @policy: (nullable): the engine's word
 * @limit: how often it restarts after a failure, or 0 for always
 *
 * Notes what is not quite the same here.
 */
void
dw_foreign_set_restart (DwForeign *self, const char *policy, int limit)
{
  g_free (self->restart);
  self->restart = g_strdup (policy);

  if (limit > 0 && g_strcmp0 (policy, "on-failure") == 0)
    dw_foreign_note (self,
                     ngettext ("It restarts after a failure %d time; here that has no limit.",
                               "It restarts after a failure %d times; here that has no limit.",
                               (gulong) limit),
                     limit);
}

/**
 * dw_foreign_make_name:
 * @text: anything
 *
 * Returns: (transfer full): a name for a project that is as much like @text as one may be
 */
char *
dw_foreign_make_name (const char *text)
{
  g_autoptr (GString) name = g_string_new (NULL);

  for (const char *c = text; *c != '\0' && name->len < NAME_LIMIT; c++)
    {
      if (g_ascii_isalnum (*c))
        g_string_append_c (name, g_ascii_tolower (*c));
      else if (name->len > 0 && name->str[name->len - 1] != '-')
        g_string_append_c (name, '-');
    }
  while (name->len > 0 && name->str[name->len - 1] == '-')
    g_string_truncate (name, name->len - 1);

  return name->len > 0 ? g_string_free (g_steal_pointer (&name), FALSE) : g_strdup ("app");
}

/**
 * dw_foreign_make_service_name:
 * @project: what Compose calls a project
 * @service: one of its services
 *
 * Returns: (transfer full): a name that services of other projects do not have
 */
char *
dw_foreign_make_service_name (const char *project, const char *service)
{
  g_autofree char *both = g_strcmp0 (project, service) != 0
                              ? g_strconcat (project, "-", service, NULL)
                              : g_strdup (service);

  return dw_foreign_make_name (both);
}

/* A tag of three numbers names one version, and the next fitting one is wanted; any other may be
 * given to something new, and is followed. */
static void
set_policy (DwStage *stage, const char *tag)
{
  DwVersion version;

  if (tag != NULL && dw_version_parse (&version, tag) && version.n_numbers == 3 &&
      version.prerelease == NULL)
    {
      g_autofree char *range = g_strconcat ("^", g_ascii_isdigit (*tag) ? tag : tag + 1, NULL);

      g_object_set (stage, "policy-kind", DW_TAG_POLICY_SEMVER, "policy-pattern", range, NULL);
    }
  else
    {
      g_object_set (stage, "policy-kind", DW_TAG_POLICY_EXACT, "policy-pattern",
                    tag != NULL ? tag : "latest", NULL);
    }
}

static gboolean
propose_image (DwForeign *self, DwProject *project, DwStage *stage, GError **error)
{
  g_autoptr (DwImageReference) reference = NULL;
  g_autofree char *repository = NULL;

  if (!dw_validate_required ("image", self->image, error) ||
      (reference = dw_image_reference_parse (self->image, error)) == NULL)
    return FALSE;

  const char *tag = dw_image_reference_get_tag (reference);
  const char *digest = dw_image_reference_get_digest (reference);
  gsize length = strcspn (self->image, "@");
  if (tag != NULL)
    length -= strlen (tag) + 1;
  repository = g_strndup (self->image, length);

  if (digest != NULL)
    dw_foreign_note (self,
                     _ ("The image is held at the digest %s; the stage follows the tag %s instead, "
                        "and a deploy can name the digest."),
                     digest, tag != NULL ? tag : "latest");
  g_object_set (project, "image", repository, NULL);
  set_policy (stage, tag);

  return TRUE;
}

static gboolean
is_loopback (const char *address)
{
  return g_str_has_prefix (address, "127.") || g_str_equal (address, "::1") ||
         g_str_equal (address, "[::1]");
}

/* One TCP port is published; the first that is published already. */
static void
propose_ports (DwForeign *self, DwProject *project, DwStage *stage)
{
  const DwForeignPort *chosen = NULL;

  for (guint i = 0; i < self->ports->len && i < COUNT_LIMIT; i++)
    {
      const DwForeignPort *port = g_ptr_array_index (self->ports, i);

      /* Where a proxy's label says the port inside, it is that one. */
      if (port->is_tcp && (chosen == NULL || (port->port == self->exposed_port &&
                                              chosen->port != self->exposed_port)))
        chosen = port;
    }

  for (guint i = 0; i < self->ports->len && i < COUNT_LIMIT; i++)
    {
      const DwForeignPort *port = g_ptr_array_index (self->ports, i);

      if (port == chosen)
        continue;
      if (!port->is_tcp)
        dw_foreign_note (self, _ ("The port %u/udp is not published: only a TCP port can be."),
                         port->port);
      else if (port->port != chosen->port || port->host_port != chosen->host_port)
        dw_foreign_note (self,
                         _ ("The port %u is not published: a project publishes one port, "
                            "here %u."),
                         port->port, chosen->port);
    }

  if (chosen == NULL)
    {
      g_object_set (project, "port", self->exposed_port, NULL);
      return;
    }

  g_object_set (project, "port", (int) chosen->port, NULL);
  g_object_set (stage, "host-port", (int) chosen->host_port, NULL);
  if (chosen->host_port != 0 &&
      (chosen->host_address == NULL || !is_loopback (chosen->host_address)))
    dw_foreign_note (self,
                     _ ("The port %u is open to the network; here it will be open to this machine "
                        "only, and a reverse proxy makes it reachable."),
                     chosen->host_port);
}

static void
propose_environment (DwForeign *self, DwProject *project)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; i < self->environment->len; i++)
    {
      const char *assignment = g_ptr_array_index (self->environment, i);
      const char *const alone[] = { assignment, NULL };
      g_autoptr (GError) problem = NULL;
      g_autofree char *json = dw_environment_from_list (alone, &problem);

      if (json != NULL)
        g_strv_builder_add (builder, assignment);
      else
        dw_foreign_note (self, _ ("%s; it is left out."), problem->message);
    }

  g_auto (GStrv) assignments = g_strv_builder_end (builder);
  g_autofree char *json = dw_environment_from_list ((const char *const *) assignments, NULL);
  g_object_set (project, "env", json, NULL);
}

/* The mode says what this program has a word for: whether it may be written. The others name how
 * another system keeps two copies alike, or a label for SELinux. */
static char *
simplify_volume (DwForeign *self, const char *volume)
{
  g_auto (GStrv) parts = g_strsplit (volume, ":", 3);
  gboolean is_read_only = FALSE;

  if (parts[0] == NULL || parts[1] == NULL || parts[2] == NULL)
    return g_strdup (volume);

  g_auto (GStrv) modes = g_strsplit (parts[2], ",", -1);
  for (guint i = 0; modes[i] != NULL; i++)
    {
      is_read_only = is_read_only || g_str_equal (modes[i], "ro");
      if (g_ascii_strcasecmp (modes[i], "z") == 0)
        dw_foreign_note (self,
                         _ ("The volume at %s is labelled for SELinux; here it is not labelled."),
                         parts[1]);
    }

  return g_strconcat (parts[0], ":", parts[1], is_read_only ? ":ro" : "", NULL);
}

static void
propose_volumes (DwForeign *self, DwProject *project)
{
  g_autofree char *json = g_strdup ("[]");

  for (guint i = 0; i < self->volumes->len && i < COUNT_LIMIT; i++)
    {
      g_autofree char *volume = simplify_volume (self, g_ptr_array_index (self->volumes, i));
      const char *const alone[] = { volume, NULL };
      g_autoptr (GError) problem = NULL;
      g_autofree char *added = dw_volumes_from_list (alone, &problem);

      if (added == NULL)
        {
          dw_foreign_note (self, _ ("%s; it is left out."), problem->message);
          continue;
        }

      g_auto (GStrv) merged = dw_volumes_merge (json, added, NULL);
      g_free (json);
      json = dw_volumes_from_list ((const char *const *) merged, NULL);
    }

  g_object_set (project, "volumes", json, NULL);
}

/* Quoted only where a shell would need it, so that it stays what a person would write. */
static void
append_word (GString *command, const char *word)
{
  g_autofree char *quoted = NULL;

  if (*word == '\0' ||
      word[strspn (word, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "-_./:=,@%+")] != '\0')
    quoted = g_shell_quote (word);

  g_string_append_printf (command, "%s%s", command->len > 0 ? " " : "",
                          quoted != NULL ? quoted : word);
}

static void
propose_command (DwForeign *self, DwProject *project)
{
  g_autoptr (GString) command = g_string_new (NULL);
  g_autoptr (GError) problem = NULL;

  for (guint i = 0; self->command != NULL && self->command[i] != NULL; i++)
    append_word (command, self->command[i]);
  if (command->len == 0)
    return;

  if (dw_validate_line ("command", command->str, DW_TEXT_LIMIT, &problem))
    g_object_set (project, "command", command->str, NULL);
  else
    dw_foreign_note (self, _ ("%s; it is left out."), problem->message);
}

static void
propose_network (DwForeign *self, DwProject *project)
{
  g_autoptr (GError) problem = NULL;

  if (!dw_validate_optional_line ("network", self->network, 128, &problem))
    dw_foreign_note (self, _ ("%s; it is left out."), problem->message);
  else
    g_object_set (project, "network", self->network, NULL);
}

static void
propose_restart (DwForeign *self, DwProject *project)
{
  DwRestart restart = DW_RESTART_NO;

  if (g_strcmp0 (self->restart, "always") == 0 || g_strcmp0 (self->restart, "unless-stopped") == 0)
    restart = DW_RESTART_UNLESS_STOPPED;
  else if (g_strcmp0 (self->restart, "on-failure") == 0)
    restart = DW_RESTART_ON_FAILURE;

  g_object_set (project, "restart-policy", restart, NULL);
}

static void
propose_limits (DwForeign *self, DwProject *project)
{
  gint64 millis = self->nano_cpus / 1000000;

  if (self->memory_bytes > 0 && self->memory_bytes < MEMORY_MINIMUM)
    dw_foreign_note (self, _ ("The memory limit is left out: a container needs at least 6 MiB."));
  else
    g_object_set (project, "memory-limit-bytes", MAX (self->memory_bytes, 0), NULL);

  if (millis > 0 && millis <= 1024000)
    g_object_set (project, "cpu-limit-millis", (int) millis, NULL);
}

/* The path of an HTTP check of the container's own port; what asks is a program in it. Where nobody
 * said the port, this does. */
static char *
find_health_path (DwForeign *self, int *port)
{
  g_autofree char *command = g_strjoinv (" ", self->health_test + 1);
  g_autoptr (GRegex) regex = g_regex_new ("http://(?:localhost|127\\.0\\.0\\.1|0\\.0\\.0\\.0|"
                                          "\\[::1\\])(?::([0-9]{1,5}))?(/[^\\s'\"|;&)#<>]*)?",
                                          G_REGEX_OPTIMIZE, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;

  if (!g_regex_match (regex, command, 0, &match))
    return NULL;

  g_autofree char *number = g_match_info_fetch (match, 1);
  g_autofree char *path = g_match_info_fetch (match, 2);
  gint64 asked = number != NULL && *number != '\0' ? g_ascii_strtoll (number, NULL, 10) : 80;
  if (*port == 0 && asked > 0 && asked <= G_MAXUINT16)
    *port = (int) asked;
  if (asked != *port)
    return NULL;

  return path != NULL && *path != '\0' ? g_steal_pointer (&path) : g_strdup ("/");
}

/* Here a health check is asked for as long as a deploy waits, often; there for as long as the
 * container runs, seldom. So what is carried over is how long it may take. */
static void
propose_patience (DwForeign *self, DwProject *project)
{
  int interval_ms = dw_project_get_health_interval_ms (project);
  gint64 retries = (self->health_patience_ms + interval_ms - 1) / interval_ms;

  if (self->health_timeout_ms > 0)
    g_object_set (project, "health-timeout-ms", (int) CLAMP (self->health_timeout_ms, 10, 3600000),
                  NULL);
  if (retries > dw_project_get_health_retries (project))
    g_object_set (project, "health-retries", (int) MIN (retries, MAXIMUM_ATTEMPTS), NULL);
}

static void
propose_health (DwForeign *self, DwProject *project)
{
  int port = dw_project_get_port (project);

  if (self->has_image_health)
    {
      g_object_set (project, "health-kind", DW_HEALTH_DOCKER, NULL);
      propose_patience (self, project);
      return;
    }
  if (self->health_test == NULL || self->health_test[0] == NULL ||
      g_str_equal (self->health_test[0], "NONE"))
    return;

  g_autofree char *path = find_health_path (self, &port);
  if (path != NULL && dw_validate_http_path ("health_path", path, NULL))
    {
      g_object_set (project, "port", port, "health-kind", DW_HEALTH_HTTP, "health-path", path,
                    NULL);
      propose_patience (self, project);
      return;
    }

  g_autofree char *command = g_strjoinv (" ", self->health_test + 1);
  g_autofree char *shown = dw_model_quote (command);
  if (port != 0)
    {
      g_object_set (project, "health-kind", DW_HEALTH_TCP, NULL);
      propose_patience (self, project);
      dw_foreign_note (self,
                       _ ("The health check runs %s in the container, which is not done here; the "
                          "port %d is asked instead."),
                       shown, port);
    }
  else
    {
      dw_foreign_note (self,
                       _ ("The health check runs %s in the container, which is not done here; it "
                          "is healthy when it goes on running."),
                       shown);
    }
}

/**
 * dw_foreign_propose:
 * @self: a foreign container
 * @project: (out) (transfer full): the project that it would be, in no store
 * @stage: (out) (transfer full): its one stage, without a project
 * @error: DW_MODEL_ERROR_INVALID: it has no image that a project can have
 *
 * What cannot be carried over is added to the notes.
 *
 * Returns: whether it can be a project
 */
gboolean
dw_foreign_propose (DwForeign *self, DwProject **project, DwStage **stage, GError **error)
{
  g_autofree char *name = dw_foreign_make_name (self->name);
  g_autoptr (DwProject) proposed = g_object_new (DW_TYPE_PROJECT, "name", name, NULL);
  g_autoptr (DwStage) only = g_object_new (DW_TYPE_STAGE, "name", STAGE_NAME, NULL);

  if (!propose_image (self, proposed, only, error))
    return FALSE;

  propose_ports (self, proposed, only);
  propose_environment (self, proposed);
  propose_volumes (self, proposed);
  propose_command (self, proposed);
  propose_network (self, proposed);
  propose_restart (self, proposed);
  propose_limits (self, proposed);
  propose_health (self, proposed);
  g_object_set (only, "domain", self->domain, NULL);

  if (!dw_entity_validate (DW_ENTITY (proposed), error))
    return FALSE;

  *project = g_steal_pointer (&proposed);
  *stage = g_steal_pointer (&only);
  return TRUE;
}

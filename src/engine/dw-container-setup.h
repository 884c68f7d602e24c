/* dw-container-setup.h: how a container was made, by whomever
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* A port that it publishes, as it was asked for. */
typedef struct
{
  guint16 port;
  guint16 host_port; /* or 0 for any free one */
  gboolean is_tcp;
  char *host_address; /* empty for all */
} DwContainerBinding;

/* Something of the outside that is mounted in it. */
typedef struct
{
  char *type;   /* "bind", "volume", "tmpfs", … */
  char *source; /* a path, the name of a volume, or empty */
  char *target;
  gboolean is_read_only;
} DwContainerMount;

/* Every member may be empty; none is NULL but where it says so. */
typedef struct
{
  GStrv command;
  GStrv entrypoint;
  char *user;
  char *working_dir;
  GPtrArray *bindings; /* of DwContainerBinding */
  GPtrArray *mounts;   /* of DwContainerMount */
  char *network_mode;
  GStrv networks; /* their names, sorted */
  char *restart_policy;
  int restart_limit;
  gint64 memory_bytes; /* or 0 for no limit */
  gint64 nano_cpus;    /* or 0 for no limit */
  GStrv health_test;   /* "CMD", "CMD-SHELL" or "NONE" first; empty for none */
  gint64 health_interval_ns;
  gint64 health_timeout_ns;
  gint64 health_start_ns;
  int health_retries;
  GStrv added_capabilities;
  GStrv extra_hosts;
  gboolean is_privileged;
  gboolean has_devices;
  gboolean is_removed_at_end; /* with docker run --rm */
} DwContainerSetup;

DwContainerSetup *dw_container_setup_parse (JsonObject *inspection);
void dw_container_setup_free (DwContainerSetup *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DwContainerSetup, dw_container_setup_free)

G_END_DECLS

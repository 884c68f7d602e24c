/* dw-container-spec.h: what a container is to be made from
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The engine's words for HostConfig.RestartPolicy: "no", "on-failure", "unless-stopped".
 */
typedef struct
{
  char *name;
  char *image;          /* a reference or an image id */
  GStrv command;        /* nullable: the image's */
  GStrv environment;    /* nullable: NAME=VALUE */
  GStrv binds;          /* nullable: SOURCE:TARGET[:ro] */
  GHashTable *labels;   /* of char * to char *; never NULL */
  char *network;        /* nullable: the engine's default */
  guint16 port;         /* the TCP port inside to publish, or 0 for none */
  char *host_address;   /* nullable: 127.0.0.1 */
  guint16 host_port;    /* or 0 for any free one */
  char *other_address;  /* nullable: another address of the host, for a free port of its own */
  guint16 private_port; /* another TCP port inside, for a free port of 127.0.0.1, or 0 for none */
  char *restart_policy; /* nullable: "no" */
  gint64 memory_bytes;  /* or 0 for no limit */
  gint64 nano_cpus;     /* or 0 for no limit */
} DwContainerSpec;

DwContainerSpec *dw_container_spec_new (const char *name, const char *image);
void dw_container_spec_free (DwContainerSpec *spec);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DwContainerSpec, dw_container_spec_free)

G_END_DECLS

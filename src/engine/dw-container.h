/* dw-container.h: a container as the engine reports it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "engine/dw-container-setup.h"

G_BEGIN_DECLS

typedef enum
{
  DW_CONTAINER_CREATED,
  DW_CONTAINER_RUNNING,
  DW_CONTAINER_PAUSED,
  DW_CONTAINER_RESTARTING,
  DW_CONTAINER_REMOVING,
  DW_CONTAINER_EXITED,
  DW_CONTAINER_DEAD,
  DW_CONTAINER_UNKNOWN,
} DwContainerState;

typedef enum
{
  DW_CONTAINER_HEALTH_NONE, /* the image has no HEALTHCHECK */
  DW_CONTAINER_HEALTH_STARTING,
  DW_CONTAINER_HEALTH_HEALTHY,
  DW_CONTAINER_HEALTH_UNHEALTHY,
} DwContainerHealth;

/* A TCP port inside and where it is published. */
typedef struct
{
  guint16 port;
  guint16 host_port;
  char *host_address;
} DwContainerPort;

/* What listing leaves out is marked: inspect fills it in. */
typedef struct
{
  char *id;
  char *name;     /* without the leading slash */
  char *image;    /* as it was asked for */
  char *image_id; /* sha256:… */
  DwContainerState state;
  DwContainerHealth health;
  char *health_output; /* inspect only, nullable: what the last check said */
  int exit_code;
  gboolean was_oom_killed; /* inspect only */
  int restart_count;       /* inspect only */
  char *state_error;       /* inspect only, nullable: why it could not start */
  char *started_at;        /* inspect only, nullable: as the engine writes it */
  gboolean has_tty;        /* inspect only */
  GHashTable *labels;      /* of char * to char *; never NULL */
  GPtrArray *ports;        /* of DwContainerPort; published ones; never NULL */
  GHashTable *addresses;   /* inspect only: of a network's name to the address there; never NULL */
  GStrv environment;       /* inspect only */
  GStrv binds;             /* inspect only */
  DwContainerSetup *setup; /* inspect only */
} DwContainer;

guint16 dw_container_get_host_port (const DwContainer *container, guint16 port);
void dw_container_free (DwContainer *container);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DwContainer, dw_container_free)

G_END_DECLS

/* dw-foreign.h: a container that another program describes, and the project that it would be
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "config/dw-config-note.h"
#include "model/dw-project.h"
#include "model/dw-stage.h"

G_BEGIN_DECLS

typedef struct
{
  guint16 port;
  guint16 host_port; /* or 0 for any free one */
  gboolean is_tcp;
  char *host_address; /* nullable: all */
} DwForeignPort;

/* What is known of it; everything but the name may be missing. */
typedef struct
{
  char *name; /* as its program calls it */
  char *image;
  GPtrArray *ports;       /* of DwForeignPort: published, in order of preference */
  int exposed_port;       /* or 0 */
  GPtrArray *environment; /* of char *: NAME=VALUE; a later one wins */
  GPtrArray *volumes;     /* of char *: SOURCE:TARGET[:ro]; a later one of its target wins */
  GStrv command;          /* nullable: the image's */
  char *network;          /* nullable */
  char *restart;          /* nullable: "no" */
  gint64 memory_bytes;    /* or 0 for no limit */
  gint64 nano_cpus;       /* or 0 for no limit */
  GStrv health_test;      /* nullable; "CMD", "CMD-SHELL" or "NONE" first */
  gint64 health_timeout_ms;
  gint64 health_patience_ms; /* how long it may take until it is healthy, or 0 */
  gboolean has_image_health; /* the health check is the image's own */
  char *domain;              /* nullable */

  GPtrArray *notes; /* of DwConfigNote: what cannot be carried over */
} DwForeign;

DwForeign *dw_foreign_new (const char *name);
void dw_foreign_free (DwForeign *self);

void dw_foreign_add_port (
    DwForeign *self, guint16 port, guint16 host_port, gboolean is_tcp, const char *host_address);
void dw_foreign_add_label (DwForeign *self, const char *name, const char *value);
void dw_foreign_set_restart (DwForeign *self, const char *policy, int limit);
void dw_foreign_note_key (DwForeign *self, const char *key);
void dw_foreign_note (DwForeign *self, const char *format, ...) G_GNUC_PRINTF (2, 3);

char *dw_foreign_make_name (const char *text);
char *dw_foreign_make_service_name (const char *project, const char *service);
gboolean dw_foreign_propose (DwForeign *self, DwProject **project, DwStage **stage, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DwForeign, dw_foreign_free)

G_END_DECLS

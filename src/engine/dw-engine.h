/* dw-engine.h: a client of the Docker Engine API
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

#include "engine/dw-container-spec.h"
#include "engine/dw-container.h"
#include "engine/dw-engine-error.h"

G_BEGIN_DECLS

#define DW_TYPE_ENGINE (dw_engine_get_type ())

G_DECLARE_FINAL_TYPE (DwEngine, dw_engine, DW, ENGINE, GObject)

/* What answered. */
typedef struct
{
  char *product;      /* "Docker" or "Podman" */
  char *version;      /* the engine's own, such as 20.10.24 */
  char *api_version;  /* the one that is spoken, such as 1.41 */
  char *architecture; /* as image configurations have it: amd64 */
  char *os;           /* linux */
} DwEngineInfo;

/* An image that the engine has. */
typedef struct
{
  char *id;           /* sha256:… of its configuration */
  GStrv repo_tags;    /* never NULL */
  GStrv repo_digests; /* REPOSITORY@sha256:…; never NULL */
  char *architecture;
  char *os;
  gint64 size_bytes;
  GArray *exposed_ports; /* of guint16: the TCP ports, ascending; never NULL */
  gboolean has_health_check;
  char *stop_signal; /* nullable */
  /* What its containers have unless they are told otherwise; never NULL. */
  GStrv environment;
  GStrv command;
  GStrv entrypoint;
  GStrv health_test; /* as DwContainerSetup has it */
  GHashTable *labels;
} DwImage;

/* Something that happened in the engine. */
typedef struct
{
  char *type;   /* container, image, network, … */
  char *action; /* start, die, health_status: healthy, … */
  char *id;
  GHashTable *attributes; /* of char * to char *; labels among them */
  gint64 time_ns;         /* since the epoch */
} DwEngineEvent;

/* @done and @total are bytes over all layers that are known so far; @total may grow. */
typedef void (*DwPullFunc) (const char *status, gint64 done, gint64 total, gpointer user_data);
/* One line of output without its end, valid UTF-8; FALSE ends the stream. */
typedef gboolean (*DwLogFunc) (const char *line, gboolean is_stderr, gpointer user_data);
/* FALSE ends the stream. */
typedef gboolean (*DwEventFunc) (const DwEngineEvent *event, gpointer user_data);

DwEngine *dw_engine_new (const char *address);
DwEngine *dw_engine_new_nowhere (const GError *problem);
const char *dw_engine_get_address (DwEngine *self);

/* Everything below blocks and is not for the main thread; any other thread may call it, several at
 * once. */
DwEngineInfo *dw_engine_get_info (DwEngine *self, GCancellable *cancellable, GError **error);
char *dw_engine_get_root_dir (DwEngine *self, GCancellable *cancellable, GError **error);

gboolean dw_engine_pull_image (DwEngine *self,
                               const char *reference,
                               const char *auth,
                               DwPullFunc progress,
                               gpointer user_data,
                               GCancellable *cancellable,
                               GError **error);
DwImage *dw_engine_inspect_image (DwEngine *self,
                                  const char *reference,
                                  GCancellable *cancellable,
                                  GError **error);
GPtrArray *dw_engine_list_images (DwEngine *self, GCancellable *cancellable, GError **error);
gboolean dw_engine_tag_image (DwEngine *self,
                              const char *reference,
                              const char *target,
                              GCancellable *cancellable,
                              GError **error);
gboolean dw_engine_remove_image (DwEngine *self,
                                 const char *reference,
                                 GCancellable *cancellable,
                                 GError **error);

char *dw_engine_create_container (DwEngine *self,
                                  DwContainerSpec *spec,
                                  GCancellable *cancellable,
                                  GError **error);
gboolean dw_engine_put_archive (
    DwEngine *self, const char *id, GBytes *archive, GCancellable *cancellable, GError **error);
gboolean dw_engine_start_container (DwEngine *self,
                                    const char *id,
                                    GCancellable *cancellable,
                                    GError **error);
gboolean dw_engine_stop_container (
    DwEngine *self, const char *id, int grace_seconds, GCancellable *cancellable, GError **error);
gboolean dw_engine_restart_container (
    DwEngine *self, const char *id, int grace_seconds, GCancellable *cancellable, GError **error);
gboolean dw_engine_rename_container (
    DwEngine *self, const char *id, const char *name, GCancellable *cancellable, GError **error);
gboolean dw_engine_remove_container (DwEngine *self,
                                     const char *id,
                                     GCancellable *cancellable,
                                     GError **error);
DwContainer *dw_engine_inspect_container (DwEngine *self,
                                          const char *id,
                                          GCancellable *cancellable,
                                          GError **error);
GPtrArray *dw_engine_list_containers (DwEngine *self,
                                      const char *const *labels,
                                      GCancellable *cancellable,
                                      GError **error);
gboolean dw_engine_wait_container (
    DwEngine *self, const char *id, gint64 *exit_code, GCancellable *cancellable, GError **error);
gboolean dw_engine_read_logs (DwEngine *self,
                              const char *id,
                              guint tail,
                              gboolean follow,
                              DwLogFunc function,
                              gpointer user_data,
                              GCancellable *cancellable,
                              GError **error);

GStrv dw_engine_list_networks (DwEngine *self, GCancellable *cancellable, GError **error);
gboolean dw_engine_create_network (DwEngine *self,
                                   const char *name,
                                   const char *const *labels,
                                   GCancellable *cancellable,
                                   GError **error);
gboolean dw_engine_connect_network (DwEngine *self,
                                    const char *name,
                                    const char *container_id,
                                    GCancellable *cancellable,
                                    GError **error);
gboolean dw_engine_remove_network (DwEngine *self,
                                   const char *name,
                                   GCancellable *cancellable,
                                   GError **error);

gboolean dw_engine_watch_events (DwEngine *self,
                                 const char *const *labels,
                                 DwEventFunc function,
                                 gpointer user_data,
                                 GCancellable *cancellable,
                                 GError **error);

void dw_engine_info_free (DwEngineInfo *info);
void dw_image_free (DwImage *image);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DwEngineInfo, dw_engine_info_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DwImage, dw_image_free)

G_END_DECLS

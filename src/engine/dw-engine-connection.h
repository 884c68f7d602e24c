/* dw-engine-connection.h: requests to an engine and their answers
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

typedef struct _DwEngineConnection DwEngineConnection;
typedef struct _DwEngineAnswer DwEngineAnswer;

/* The engine's answer may take this long at most to begin or to go on. */
typedef enum
{
  DW_ENGINE_PATIENCE_USUAL, /* two minutes */
  DW_ENGINE_PATIENCE_LONG,  /* half an hour: a container may have that long to stop */
  DW_ENGINE_PATIENCE_ENDLESS,
} DwEnginePatience;

typedef struct
{
  const char *method;
  const char *path; /* with its query, without the version: /containers/json?all=1 */
  JsonNode *body;   /* nullable */
  GBytes *archive;  /* nullable: instead of it, in the format of tar */
  const char *auth; /* nullable: the value of X-Registry-Auth */
  DwEnginePatience patience;
  gboolean is_pull;
} DwEngineRequest;

DwEngineConnection *dw_engine_connection_new (const char *address, const GError *problem);
void dw_engine_connection_free (DwEngineConnection *self);
const char *dw_engine_connection_get_address (DwEngineConnection *self);

char *dw_engine_connection_negotiate (DwEngineConnection *self,
                                      char **identity,
                                      GCancellable *cancellable,
                                      GError **error);

DwEngineAnswer *dw_engine_connection_open (DwEngineConnection *self,
                                           const DwEngineRequest *request,
                                           GCancellable *cancellable,
                                           GError **error);
gboolean dw_engine_connection_call (DwEngineConnection *self,
                                    const DwEngineRequest *request,
                                    GCancellable *cancellable,
                                    GError **error);
JsonNode *dw_engine_connection_ask (DwEngineConnection *self,
                                    const DwEngineRequest *request,
                                    JsonNodeType type,
                                    GCancellable *cancellable,
                                    GError **error);

gssize dw_engine_answer_read (
    DwEngineAnswer *self, char *buffer, gsize size, GCancellable *cancellable, GError **error);
gboolean dw_engine_answer_is_podman (DwEngineAnswer *self);
void dw_engine_answer_free (DwEngineAnswer *self);

gboolean dw_engine_check_name (const char *name, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DwEngineConnection, dw_engine_connection_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DwEngineAnswer, dw_engine_answer_free)

G_END_DECLS

/* dw-cli-context.h: what a verb works with
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

#include "cli/dw-cli-verb.h"
#include "deploy/dw-deployer.h"

G_BEGIN_DECLS

/* Opened when they are first asked for: a verb that needs no engine runs without one. */
struct _DwCliContext
{
  GCancellable *cancellable; /* a signal asks for an end */
  gboolean is_json;
  gboolean has_answered; /* in JSON; there is one answer at most */
  int exit_code;         /* of a verb that was done, and has more to say than that */

  DwStore *store;
  DwRegistries *registries;
  DwDeployer *deployer;
};

DwStore *dw_cli_context_get_store (DwCliContext *self, GError **error);
DwRegistries *dw_cli_context_get_registries (DwCliContext *self, GError **error);
DwDeployer *dw_cli_context_get_deployer (DwCliContext *self, GError **error);
DwDeployer *dw_cli_context_get_any_deployer (DwCliContext *self, GError **error);
void dw_cli_context_settle (DwCliContext *self);
void dw_cli_context_leave_messages (DwCliContext *self);
void dw_cli_context_close (DwCliContext *self);
void dw_cli_context_clear (DwCliContext *self);

DwProject *dw_cli_context_find_project (DwCliContext *self, const char *name, GError **error);
DwRegistry *dw_cli_context_find_registry (DwCliContext *self, const char *name, GError **error);
DwStage *dw_cli_context_find_stage (DwCliContext *self,
                                    const char *path,
                                    DwProject **project,
                                    GError **error);
DwDeploy *dw_cli_context_find_deploy (DwCliContext *self,
                                      const char *id,
                                      const char *stage_id,
                                      GError **error);
char *dw_cli_context_split_path (const char *path, char **stage_name, GError **error);

void dw_cli_context_answer (DwCliContext *self, JsonNode *node);
void dw_cli_context_answer_object (DwCliContext *self, JsonObject *object);
void dw_cli_context_answer_sentence (DwCliContext *self,
                                     const char *member,
                                     const char *value,
                                     const char *sentence);
void dw_cli_context_answer_array (DwCliContext *self, JsonArray *array);
void dw_cli_context_answer_error (DwCliContext *self, const GError *error);
gboolean dw_cli_context_stream (DwCliContext *self, JsonObject *object);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (DwCliContext, dw_cli_context_clear)

G_END_DECLS

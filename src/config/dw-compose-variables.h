/* dw-compose-variables.h: the variables of a compose file, and what they stand for
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "config/dw-yaml.h"

G_BEGIN_DECLS

typedef struct _DwComposeVariables DwComposeVariables;

DwComposeVariables *dw_compose_variables_new (const char *const *environment);
void dw_compose_variables_free (DwComposeVariables *self);
void dw_compose_variables_add_defaults (DwComposeVariables *self, const char *const *assignments);
const char *dw_compose_variables_find (DwComposeVariables *self, const char *name);
GStrv dw_compose_variables_list_unset (DwComposeVariables *self);

char *dw_compose_variables_expand (DwComposeVariables *self, const char *text, GError **error);
DwYamlNode *
dw_compose_variables_expand_tree (DwComposeVariables *self, DwYamlNode *node, GError **error);
GStrv dw_compose_variables_parse_file (DwComposeVariables *self,
                                       const char *text,
                                       const char *name,
                                       GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DwComposeVariables, dw_compose_variables_free)

G_END_DECLS

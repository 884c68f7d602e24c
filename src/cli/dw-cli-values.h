/* dw-cli-values.h: between what is typed, what is stored and JSON
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <json-glib/json-glib.h>

#include "model/dw-entity.h"

G_BEGIN_DECLS

gboolean dw_cli_set_value (
    DwEntity *entity, const char *property, const char *label, const char *text, GError **error);
char *dw_cli_get_value (DwEntity *entity, const char *property);

gboolean dw_cli_set_duration (
    DwEntity *entity, const char *property, const char *label, const char *text, GError **error);
gboolean dw_cli_set_age (
    DwEntity *entity, const char *property, const char *label, const char *text, GError **error);
gboolean dw_cli_set_memory (DwEntity *entity, const char *text, GError **error);
gboolean dw_cli_set_cpus (DwEntity *entity, const char *text, GError **error);
gboolean dw_cli_set_health (DwEntity *entity, const char *text, GError **error);
gboolean dw_cli_set_policy (DwEntity *entity, const char *text, GError **error);
gboolean dw_cli_set_environment (DwEntity *entity,
                                 const char *file,
                                 const char *const *assignments,
                                 const char *const *removed,
                                 GError **error);
gboolean dw_cli_set_volumes (DwEntity *entity,
                             const char *const *volumes,
                             const char *const *removed,
                             GError **error);

JsonObject *dw_cli_entity_to_json (DwEntity *entity);

G_END_DECLS

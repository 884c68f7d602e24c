/* dw-container-parser.h: containers from what an engine says
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <json-glib/json-glib.h>

#include "engine/dw-container.h"

G_BEGIN_DECLS

DwContainer *dw_container_parse_inspection (JsonObject *object);
DwContainer *dw_container_parse_summary (JsonObject *object);

G_END_DECLS

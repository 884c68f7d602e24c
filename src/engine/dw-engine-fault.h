/* dw-engine-fault.h: what went wrong with an engine, for a person and for the caller
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

#include "engine/dw-engine-error.h"

G_BEGIN_DECLS

void dw_engine_fault_set_transport (GError **error, const char *address, const GError *cause);
void dw_engine_fault_set_no_engine (GError **error, const char *address, const char *what);
void dw_engine_fault_set_refusal (
    GError **error, const char *address, guint status, const char *message, gboolean is_pull);

char *dw_engine_fault_make_excerpt (const char *data, gsize length);

G_END_DECLS

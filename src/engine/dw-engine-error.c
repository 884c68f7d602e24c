/* dw-engine-error.c: what an engine can answer
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "engine/dw-engine-error.h"

G_DEFINE_QUARK (dw_engine_error, dw_engine_error)

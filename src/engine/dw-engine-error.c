/* dw-engine-error.c: what an engine can answer
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "engine/dw-engine-error.h"

/* Not G_DEFINE_QUARK(), in whose hyphens the formatter sees subtractions. */
GQuark
dw_engine_error_quark (void)
{
  return g_quark_from_static_string ("dw-engine-error-quark");
}

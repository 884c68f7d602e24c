/* dw-config-error.c: what is wrong with a file that is imported
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "config/dw-config-error.h"

G_DEFINE_QUARK (dw_config_error, dw_config_error)

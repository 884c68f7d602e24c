/* dw-config-error.h: what is wrong with a file that is imported
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define DW_CONFIG_ERROR (dw_config_error_quark ())

/**
 * DwConfigError:
 * @DW_CONFIG_ERROR_NOT_FOUND: there is no such file
 * @DW_CONFIG_ERROR_UNREADABLE: the file cannot be read or written
 * @DW_CONFIG_ERROR_TOO_LARGE: there is more of it than a configuration has
 * @DW_CONFIG_ERROR_INVALID: it is not YAML, or not a configuration; the message says file, line and
 *   column
 * @DW_CONFIG_ERROR_CHANGED: the configuration is not what it was when the plan was made
 * @DW_CONFIG_ERROR_IN_USE: what is to be removed has containers
 */
typedef enum
{
  DW_CONFIG_ERROR_NOT_FOUND,
  DW_CONFIG_ERROR_UNREADABLE,
  DW_CONFIG_ERROR_TOO_LARGE,
  DW_CONFIG_ERROR_INVALID,
  DW_CONFIG_ERROR_CHANGED,
  DW_CONFIG_ERROR_IN_USE,
} DwConfigError;

GQuark dw_config_error_quark (void);

G_END_DECLS

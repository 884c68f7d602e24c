/* dw-model-error.h: what the model's validation says
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define DW_MODEL_ERROR (dw_model_error_quark ())

/**
 * DwModelError:
 * @DW_MODEL_ERROR_INVALID: a field holds what it must not; the message names the field
 */
typedef enum
{
  DW_MODEL_ERROR_INVALID,
} DwModelError;

GQuark dw_model_error_quark (void);

char *dw_model_quote (const char *text);

G_END_DECLS

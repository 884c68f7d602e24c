/* dw-engine-error.h: what an engine can answer
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define DW_ENGINE_ERROR (dw_engine_error_quark ())

/**
 * DwEngineError:
 * @DW_ENGINE_ERROR_UNREACHABLE: nobody listens at the address, or it went away in the middle
 * @DW_ENGINE_ERROR_PERMISSION: the socket is there and this user may not open it
 * @DW_ENGINE_ERROR_NOT_AN_ENGINE: what answers is no Docker-compatible engine
 * @DW_ENGINE_ERROR_API_VERSION: the engine is too old or too new for this program
 * @DW_ENGINE_ERROR_NOT_FOUND: no such container, image or network
 * @DW_ENGINE_ERROR_CONFLICT: the name is taken, or the thing is in use
 * @DW_ENGINE_ERROR_PORT_IN_USE: the port on this machine is taken
 * @DW_ENGINE_ERROR_UNAUTHORIZED: the registry refused the credentials at a pull
 * @DW_ENGINE_ERROR_INVALID: the engine refuses the request as wrong
 * @DW_ENGINE_ERROR_TIMED_OUT: no answer in time
 * @DW_ENGINE_ERROR_FAILED: anything else, in the engine's words
 */
typedef enum
{
  DW_ENGINE_ERROR_UNREACHABLE,
  DW_ENGINE_ERROR_PERMISSION,
  DW_ENGINE_ERROR_NOT_AN_ENGINE,
  DW_ENGINE_ERROR_API_VERSION,
  DW_ENGINE_ERROR_NOT_FOUND,
  DW_ENGINE_ERROR_CONFLICT,
  DW_ENGINE_ERROR_PORT_IN_USE,
  DW_ENGINE_ERROR_UNAUTHORIZED,
  DW_ENGINE_ERROR_INVALID,
  DW_ENGINE_ERROR_TIMED_OUT,
  DW_ENGINE_ERROR_FAILED,
} DwEngineError;

GQuark dw_engine_error_quark (void);

G_END_DECLS

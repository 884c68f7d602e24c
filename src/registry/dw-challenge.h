/* dw-challenge.h: what an HTTP server asks for in WWW-Authenticate
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* An immutable value. */
typedef struct _DwChallenge DwChallenge;

GPtrArray *dw_challenge_parse_header (const char *header);
const DwChallenge *dw_challenge_find (GPtrArray *challenges, const char *scheme);
const char *dw_challenge_get_scheme (const DwChallenge *self);
const char *dw_challenge_get_parameter (const DwChallenge *self, const char *name);

G_END_DECLS

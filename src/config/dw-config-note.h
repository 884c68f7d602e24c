/* dw-config-note.h: what a person must know of an import
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Something that is not carried over from another program, or is to be done first. */
typedef struct
{
  char *subject; /* what it is about: a service, a container, a file */
  char *text;    /* one line */
} DwConfigNote;

DwConfigNote *dw_config_note_new (const char *subject, const char *text);
void dw_config_note_free (DwConfigNote *self);

G_END_DECLS

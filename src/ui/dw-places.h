/* dw-places.h: where the window can lead to
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/* A page of the window, which is a DwPage. */
typedef struct
{
  const char *name;
  const char *section; /* of the sidebar; the same as the name for a section's first page */
  GType (*get_type) (void);
} DwPlace;

const DwPlace *dw_places_find_page (const char *name);
GType dw_places_find_dialog (const char *name);

G_END_DECLS

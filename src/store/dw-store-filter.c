/* dw-store-filter.c: which rows of the history or of a log are shown, and in which order
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "store/dw-store-filter.h"

#include <string.h>

/* SQLite refuses patterns without an end; nobody types so much. */
#define MAX_TEXT_LENGTH 1000

static char *
copy_text (const char *text)
{
  g_autofree char *valid = text != NULL ? g_utf8_make_valid (text, -1) : NULL;

  if (valid == NULL || *g_strstrip (valid) == '\0')
    return NULL;

  return g_utf8_strlen (valid, -1) > MAX_TEXT_LENGTH ? g_utf8_substring (valid, 0, MAX_TEXT_LENGTH)
                                                     : g_steal_pointer (&valid);
}

/**
 * dw_store_filter_copy:
 * @self: a filter
 *
 * Returns: (transfer full): one that says the same, with the text as it is searched for: without
 *   space around it, %NULL when nothing is left, and cut where it is endless
 */
DwStoreFilter *
dw_store_filter_copy (const DwStoreFilter *self)
{
  DwStoreFilter *copy = g_new (DwStoreFilter, 1);

  *copy = *self;
  copy->project_id = g_strdup (self->project_id);
  copy->stage_id = g_strdup (self->stage_id);
  copy->text = copy_text (self->text);

  return copy;
}

/* For a copy. */
void
dw_store_filter_free (DwStoreFilter *self)
{
  g_free ((char *) self->project_id);
  g_free ((char *) self->stage_id);
  g_free ((char *) self->text);
  g_free (self);
}

/* Returns: whether both show the same rows */
gboolean
dw_store_filter_equal (const DwStoreFilter *a, const DwStoreFilter *b)
{
  return g_strcmp0 (a->project_id, b->project_id) == 0 &&
         g_strcmp0 (a->stage_id, b->stage_id) == 0 && a->statuses == b->statuses &&
         a->triggers == b->triggers && a->levels == b->levels && g_strcmp0 (a->text, b->text) == 0;
}

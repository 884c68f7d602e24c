/* dw-line-splitter.c: lines from bytes that come in pieces
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * It holds at most one line, and of that no more than the maximum and what was fed last.
 */

#include "config.h"

#include "engine/dw-line-splitter.h"

#include <string.h>

struct _DwLineSplitter
{
  gsize maximum;
  DwLineFunc function;
  gpointer user_data;
  GByteArray *pending;
};

/**
 * dw_line_splitter_new:
 * @maximum: how many bytes a line may have before it is given in parts; at least 8
 * @function: told of every line
 * @user_data: for @function
 *
 * Returns: (transfer full): a splitter, for one thread at a time
 */
DwLineSplitter *
dw_line_splitter_new (gsize maximum, DwLineFunc function, gpointer user_data)
{
  DwLineSplitter *self = g_new0 (DwLineSplitter, 1);

  self->maximum = maximum;
  self->function = function;
  self->user_data = user_data;
  self->pending = g_byte_array_new ();

  return self;
}

/* Where to cut @data, not in the middle of a character as far as that can be avoided. */
static gsize
find_cut (const char *data, gsize maximum)
{
  gsize cut = maximum;

  while (cut > maximum - 4 && ((guchar) data[cut] & 0xc0) == 0x80)
    cut--;

  return ((guchar) data[cut] & 0xc0) == 0x80 ? maximum : cut;
}

/* Gives the parts of a line that is too long, and moves @data to what is left. */
static gboolean
give_parts (DwLineSplitter *self, const char **data, gsize *length)
{
  while (*length > self->maximum)
    {
      gsize cut = find_cut (*data, self->maximum);

      if (!self->function (*data, cut, FALSE, self->user_data))
        return FALSE;
      *data += cut;
      *length -= cut;
    }

  return TRUE;
}

static gboolean
give_line (DwLineSplitter *self, const char *data, gsize length)
{
  return give_parts (self, &data, &length) && self->function (data, length, TRUE, self->user_data);
}

/**
 * dw_line_splitter_feed:
 * @self: a splitter
 * @data: what came
 * @length: of @data
 *
 * Returns: whether more is wanted
 */
gboolean
dw_line_splitter_feed (DwLineSplitter *self, const char *data, gsize length)
{
  const char *end = data + length;
  const char *newline;

  while ((newline = memchr (data, '\n', (gsize) (end - data))) != NULL)
    {
      gsize part = (gsize) (newline - data);
      gboolean wants_more;

      if (self->pending->len > 0)
        {
          g_byte_array_append (self->pending, (const guint8 *) data, (guint) part);
          wants_more = give_line (self, (const char *) self->pending->data, self->pending->len);
          g_byte_array_set_size (self->pending, 0);
        }
      else
        {
          wants_more = give_line (self, data, part);
        }
      if (!wants_more)
        return FALSE;
      data = newline + 1;
    }

  g_byte_array_append (self->pending, (const guint8 *) data, (guint) (end - data));
  if (self->pending->len > self->maximum)
    {
      const char *rest = (const char *) self->pending->data;
      gsize rest_length = self->pending->len;

      if (!give_parts (self, &rest, &rest_length))
        return FALSE;
      g_byte_array_remove_range (self->pending, 0, self->pending->len - (guint) rest_length);
    }

  return TRUE;
}

/**
 * dw_line_splitter_finish:
 * @self: a splitter
 *
 * Gives the last line, when nothing ended it.
 *
 * Returns: whether more would be wanted
 */
gboolean
dw_line_splitter_finish (DwLineSplitter *self)
{
  gboolean wants_more = self->pending->len == 0 ||
                        give_line (self, (const char *) self->pending->data, self->pending->len);

  g_byte_array_set_size (self->pending, 0);

  return wants_more;
}

/* Frees @self, and what is left in it. */
void
dw_line_splitter_free (DwLineSplitter *self)
{
  g_byte_array_unref (self->pending);
  g_free (self);
}

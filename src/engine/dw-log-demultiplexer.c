/* dw-log-demultiplexer.c: lines of output from an engine's log stream
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Without a terminal both streams of a container come in frames: one byte that names the stream,
 * three of zero, the size in four bytes, big end first, and so much output. Frames end anywhere in
 * a line, and headers anywhere in what one read gives. With a terminal there are no frames.
 * Specification: Docker Engine API, “ContainerAttach”, “Stream format”.
 */

#include "config.h"

#include "engine/dw-log-demultiplexer.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "engine/dw-line-splitter.h"

#define HEADER_SIZE 8

enum
{
  STREAM_STDIN, /* written to stdout, as the specification has it */
  STREAM_STDOUT,
  STREAM_STDERR,
  STREAM_SYSTEM, /* the engine's own complaint */
  N_STREAMS,
};

struct _DwLogDemultiplexer
{
  gboolean has_tty;
  DwLogFunc function;
  gpointer user_data;
  DwLineSplitter *out;
  DwLineSplitter *err;

  guchar header[HEADER_SIZE];
  gsize header_length;
  guint64 frame_left;
  DwLineSplitter *target; /* of the frame */
};

static gboolean
give_line (DwLogDemultiplexer *self, const char *line, gsize length, gboolean is_stderr)
{
  if (length > 0 && line[length - 1] == '\r')
    length--;

  g_autofree char *text = g_utf8_make_valid (line, (gssize) length);
  return self->function (text, is_stderr, self->user_data);
}

static gboolean
on_out_line (const char *line, gsize length, gboolean is_whole, gpointer user_data)
{
  return give_line (user_data, line, length, FALSE);
}

static gboolean
on_err_line (const char *line, gsize length, gboolean is_whole, gpointer user_data)
{
  return give_line (user_data, line, length, TRUE);
}

/**
 * dw_log_demultiplexer_new:
 * @has_tty: whether the container has a terminal
 * @function: told of every line
 * @user_data: for @function
 *
 * Returns: (transfer full): a demultiplexer, for one thread at a time
 */
DwLogDemultiplexer *
dw_log_demultiplexer_new (gboolean has_tty, DwLogFunc function, gpointer user_data)
{
  DwLogDemultiplexer *self = g_new0 (DwLogDemultiplexer, 1);

  self->has_tty = has_tty;
  self->function = function;
  self->user_data = user_data;
  self->out = dw_line_splitter_new (DW_LOG_MAXIMUM_LINE, on_out_line, self);
  self->err = dw_line_splitter_new (DW_LOG_MAXIMUM_LINE, on_err_line, self);

  return self;
}

static gboolean
enter_frame (DwLogDemultiplexer *self, GError **error)
{
  const guchar *header = self->header;

  if (header[0] >= N_STREAMS || header[1] != 0 || header[2] != 0 || header[3] != 0)
    {
      g_set_error_literal (error, DW_ENGINE_ERROR, DW_ENGINE_ERROR_NOT_AN_ENGINE,
                           _ ("The container's output is not framed as the engine's API has it; "
                              "update the engine"));
      return FALSE;
    }

  self->target = header[0] == STREAM_STDERR || header[0] == STREAM_SYSTEM ? self->err : self->out;
  self->frame_left = (guint64) header[4] << 24 | (guint64) header[5] << 16 |
                     (guint64) header[6] << 8 | header[7];
  self->header_length = 0;

  return TRUE;
}

/**
 * dw_log_demultiplexer_feed:
 * @self: a demultiplexer
 * @data: what came
 * @length: of @data
 * @wants_more: (out): whether the function does
 * @error: DW_ENGINE_ERROR_NOT_AN_ENGINE
 *
 * Returns: whether @data could be understood
 */
gboolean
dw_log_demultiplexer_feed (
    DwLogDemultiplexer *self, const char *data, gsize length, gboolean *wants_more, GError **error)
{
  *wants_more = TRUE;
  if (self->has_tty)
    {
      *wants_more = dw_line_splitter_feed (self->out, data, length);
      return TRUE;
    }

  while (length > 0 && *wants_more)
    {
      gsize part;

      if (self->frame_left > 0)
        {
          part = (gsize) MIN (self->frame_left, length);
          *wants_more = dw_line_splitter_feed (self->target, data, part);
          self->frame_left -= part;
        }
      else
        {
          part = MIN (HEADER_SIZE - self->header_length, length);
          memcpy (self->header + self->header_length, data, part);
          self->header_length += part;
          if (self->header_length == HEADER_SIZE && !enter_frame (self, error))
            return FALSE;
        }
      data += part;
      length -= part;
    }

  return TRUE;
}

/**
 * dw_log_demultiplexer_finish:
 * @self: a demultiplexer
 * @error: DW_ENGINE_ERROR_UNREACHABLE
 *
 * Gives the last lines, when nothing ended them.
 *
 * Returns: whether the stream ended where it may, which is not within a frame
 */
gboolean
dw_log_demultiplexer_finish (DwLogDemultiplexer *self, GError **error)
{
  if (dw_line_splitter_finish (self->out))
    dw_line_splitter_finish (self->err);
  if (self->frame_left == 0 && self->header_length == 0)
    return TRUE;

  g_set_error_literal (error, DW_ENGINE_ERROR, DW_ENGINE_ERROR_UNREACHABLE,
                       _ ("The container's output was cut off; see whether the engine still runs"));
  return FALSE;
}

/* Frees @self, and what is left in it. */
void
dw_log_demultiplexer_free (DwLogDemultiplexer *self)
{
  dw_line_splitter_free (self->out);
  dw_line_splitter_free (self->err);
  g_free (self);
}

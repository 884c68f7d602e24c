/* test-engine-stream.c: lines, log frames and pull reports, however they are cut
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <string.h>

#include <glib.h>

#include "engine/dw-line-splitter.h"
#include "engine/dw-log-demultiplexer.h"
#include "engine/dw-pull-parser.h"

typedef struct
{
  GPtrArray *lines;
  guint wanted; /* 0 for all */
} Collected;

static gboolean
is_enough (Collected *collected)
{
  return collected->wanted != 0 && collected->lines->len >= collected->wanted;
}

static gboolean
collect_line (const char *line, gsize length, gboolean is_whole, gpointer user_data)
{
  Collected *collected = user_data;
  g_autofree char *text = g_strndup (line, length);

  g_ptr_array_add (collected->lines, g_strconcat (is_whole ? "=" : "+", text, NULL));

  return !is_enough (collected);
}

static gboolean
collect_log (const char *line, gboolean is_stderr, gpointer user_data)
{
  Collected *collected = user_data;

  g_assert_true (g_utf8_validate (line, -1, NULL));
  g_assert_cmpuint (strlen (line), <=, DW_LOG_MAXIMUM_LINE * 3);
  g_ptr_array_add (collected->lines, g_strconcat (is_stderr ? "err:" : "out:", line, NULL));

  return !is_enough (collected);
}

static void
assert_lines (Collected *collected, const char *expected)
{
  g_ptr_array_add (collected->lines, NULL);
  g_autofree char *text = g_strjoinv ("|", (GStrv) collected->lines->pdata);

  g_assert_cmpstr (text, ==, expected);
  g_ptr_array_set_size (collected->lines, 0);
}

/* The same lines come out wherever @text is cut on its way in. */
static void
assert_splits (const char *text, gsize maximum, const char *expected)
{
  for (gsize step = 1; step <= strlen (text) + 1; step++)
    {
      g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
      Collected collected = { .lines = lines };
      g_autoptr (DwLineSplitter)
          splitter = dw_line_splitter_new (maximum, collect_line, &collected);

      for (gsize i = 0; i < strlen (text); i += step)
        g_assert_true (dw_line_splitter_feed (splitter, text + i, MIN (step, strlen (text) - i)));
      g_assert_true (dw_line_splitter_finish (splitter));
      assert_lines (&collected, expected);
    }
}

static void
test_lines_cut_anywhere (void)
{
  assert_splits ("one\n\ntwo three\nlast", 100, "=one|=|=two three|=last");
}

static void
test_long_lines_in_parts (void)
{
  /* “ä” has two bytes, and none of the cuts may go through one. */
  assert_splits ("aääääääää\n12345678\n123456789\n", 8, "+aäää|+ääää|=ä|=12345678|+12345678|=9");
}

static void
append_frame (GByteArray *bytes, guint8 stream, const char *data, gsize length)
{
  guint32 size = GUINT32_TO_BE ((guint32) length);
  guint8 header[8] = { stream };

  memcpy (header + 4, &size, 4);
  g_byte_array_append (bytes, header, sizeof header);
  g_byte_array_append (bytes, (const guint8 *) data, (guint) length);
}

static void
test_frames_cut_anywhere (void)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  append_frame (bytes, 1, "first\nsec", 9);
  append_frame (bytes, 2, "oh\r\nno", 6);
  append_frame (bytes, 1, "", 0);
  append_frame (bytes, 1, "ond\n\xff\0z\n", 8);

  for (gsize step = 1; step <= bytes->len; step++)
    {
      g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
      g_autoptr (GError) error = NULL;
      Collected collected = { .lines = lines };
      g_autoptr (DwLogDemultiplexer)
          demultiplexer = dw_log_demultiplexer_new (FALSE, collect_log, &collected);
      gboolean wants_more;

      for (gsize i = 0; i < bytes->len; i += step)
        g_assert_true (dw_log_demultiplexer_feed (demultiplexer, (const char *) bytes->data + i,
                                                  MIN (step, bytes->len - i), &wants_more, &error));
      g_assert_true (dw_log_demultiplexer_finish (demultiplexer, &error));
      g_assert_no_error (error);
      assert_lines (&collected, "out:first|err:oh|out:second|out:\xef\xbf\xbd\xef\xbf\xbdz|err:no");
    }
}

static void
test_function_ends (void)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;
  Collected collected = { .lines = lines, .wanted = 2 };
  g_autoptr (DwLogDemultiplexer)
      demultiplexer = dw_log_demultiplexer_new (FALSE, collect_log, &collected);
  gboolean wants_more;

  append_frame (bytes, 1, "a\nb\nc\n", 6);
  g_assert_true (dw_log_demultiplexer_feed (demultiplexer, (const char *) bytes->data, bytes->len,
                                            &wants_more, &error));
  g_assert_no_error (error);
  g_assert_false (wants_more);
  assert_lines (&collected, "out:a|out:b");
}

static void
test_hostile_frames (void)
{
  const char no_stream[] = "\x07\0\0\0\0\0\0\x01x";
  const char no_padding[] = "HTTP/1.1 200";
  const char huge[] = "\x01\0\0\0\xff\xff\xff\xffx";
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
  Collected collected = { .lines = lines };
  gboolean wants_more;

  {
    g_autoptr (GError) error = NULL;
    g_autoptr (DwLogDemultiplexer)
        demultiplexer = dw_log_demultiplexer_new (FALSE, collect_log, &collected);
    g_assert_false (dw_log_demultiplexer_feed (demultiplexer, no_stream, sizeof no_stream - 1,
                                               &wants_more, &error));
    g_assert_error (error, DW_ENGINE_ERROR, DW_ENGINE_ERROR_NOT_AN_ENGINE);
  }
  {
    g_autoptr (GError) error = NULL;
    g_autoptr (DwLogDemultiplexer)
        demultiplexer = dw_log_demultiplexer_new (FALSE, collect_log, &collected);
    g_assert_false (dw_log_demultiplexer_feed (demultiplexer, no_padding, sizeof no_padding - 1,
                                               &wants_more, &error));
    g_assert_error (error, DW_ENGINE_ERROR, DW_ENGINE_ERROR_NOT_AN_ENGINE);
  }
  {
    g_autoptr (GError) error = NULL;
    g_autoptr (DwLogDemultiplexer)
        demultiplexer = dw_log_demultiplexer_new (FALSE, collect_log, &collected);
    g_assert_true (
        dw_log_demultiplexer_feed (demultiplexer, huge, sizeof huge - 1, &wants_more, &error));
    g_assert_false (dw_log_demultiplexer_finish (demultiplexer, &error));
    g_assert_error (error, DW_ENGINE_ERROR, DW_ENGINE_ERROR_UNREACHABLE);
    assert_lines (&collected, "out:x");
  }
}

static void
test_terminal (void)
{
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;
  Collected collected = { .lines = lines };
  g_autoptr (DwLogDemultiplexer)
      demultiplexer = dw_log_demultiplexer_new (TRUE, collect_log, &collected);
  gboolean wants_more;

  g_assert_true (dw_log_demultiplexer_feed (demultiplexer, "one\r\ntw", 7, &wants_more, &error));
  g_assert_true (dw_log_demultiplexer_feed (demultiplexer, "o\r\n$ ", 5, &wants_more, &error));
  g_assert_true (dw_log_demultiplexer_finish (demultiplexer, &error));
  assert_lines (&collected, "out:one|out:two|out:$ ");
}

typedef struct
{
  gint64 done;
  gint64 total;
  guint n;
} Progress;

static void
on_progress (const char *status, gint64 done, gint64 total, gpointer user_data)
{
  Progress *progress = user_data;

  g_assert_nonnull (status);
  g_assert_cmpint (done, >=, 0);
  g_assert_cmpint (done, <=, total);
  progress->done = done;
  progress->total = total;
  progress->n++;
}

static gboolean
parse (const char *report, gboolean is_podman, Progress *progress, GError **error)
{
  g_autoptr (DwPullParser)
      parser = dw_pull_parser_new ("unix:///s", is_podman, on_progress, progress);
  gsize half = strlen (report) / 2;

  return dw_pull_parser_feed (parser, report, half, error) &&
         dw_pull_parser_feed (parser, report + half, strlen (report) - half, error) &&
         dw_pull_parser_finish (parser, error);
}

static void
test_progress_over_layers (void)
{
  const char report[] =
      "{\"status\":\"Pulling from demo/web\",\"id\":\"v1\"}\r\n"
      "{\"status\":\"Already exists\",\"progressDetail\":{},\"id\":\"aa\"}\r\n"
      "{\"status\":\"Pulling fs layer\",\"progressDetail\":{},\"id\":\"bb\"}\r\n"
      "{\"status\":\"Downloading\",\"progressDetail\":{\"current\":10,\"total\":100},\"id\":\"bb\"}"
      "\n"
      "{\"status\":\"Downloading\",\"progressDetail\":{\"current\":5,\"total\":50},\"id\":\"cc\"}\n"
      "{\"status\":\"Download complete\",\"progressDetail\":{},\"id\":\"bb\"}\n"
      "{\"status\":\"Extracting\",\"progressDetail\":{\"current\":1,\"total\":100},\"id\":\"bb\"}"
      "\n";
  const char end[] = "{\"status\":\"Pull complete\",\"progressDetail\":{},\"id\":\"cc\"}\n"
                     "{\"status\":\"Digest: sha256:00\"}\n"
                     "{\"status\":\"Status: Downloaded newer image for demo/web:v1\"}\n";
  g_autofree char *whole = g_strconcat (report, end, NULL);
  g_autoptr (GError) error = NULL;
  Progress progress = { 0 };

  g_assert_false (parse (report, FALSE, &progress, &error));
  g_assert_error (error, DW_ENGINE_ERROR, DW_ENGINE_ERROR_UNREACHABLE);
  g_assert_cmpint (progress.done, ==, 105);
  g_assert_cmpint (progress.total, ==, 150);
  g_clear_error (&error);

  g_assert_true (parse (whole, FALSE, &progress, &error));
  g_assert_no_error (error);
  g_assert_cmpint (progress.done, ==, 150);
  g_assert_cmpint (progress.total, ==, 150);
}

static void
test_last_word_of_podman (void)
{
  const char report[] = "{\"status\":\"Pulling fs layer\",\"id\":\"aa\"}\n"
                        "{\"status\":\"Download complete\",\"id\":\"aa\"}\n";
  g_autoptr (GError) error = NULL;
  Progress progress = { 0 };

  g_assert_true (parse (report, TRUE, &progress, &error));
  g_assert_no_error (error);
  g_assert_false (parse (report, FALSE, &progress, &error));
  g_assert_error (error, DW_ENGINE_ERROR, DW_ENGINE_ERROR_UNREACHABLE);
}

static void
assert_pull_error (const char *report, DwEngineError code, const char *words)
{
  g_autoptr (GError) error = NULL;
  Progress progress = { 0 };

  g_assert_false (parse (report, FALSE, &progress, &error));
  g_assert_error (error, DW_ENGINE_ERROR, (int) code);
  g_assert_nonnull (strstr (error->message, words));
}

static void
test_errors_in_report (void)
{
  assert_pull_error (
      "{\"errorDetail\":{\"message\":\"no space left\"},\"error\":\"no space left\"}",
      DW_ENGINE_ERROR_FAILED, "no space left");
  assert_pull_error ("{\"error\":\"toomanyrequests: slow down\"}\n", DW_ENGINE_ERROR_FAILED,
                     "slow down");
  assert_pull_error ("{\"errorDetail\":{\"code\":401,\"message\":\"go away\"}}\n",
                     DW_ENGINE_ERROR_UNAUTHORIZED, "go away");
  assert_pull_error ("{\"error\":\"unauthorized: authentication required\"}\n",
                     DW_ENGINE_ERROR_UNAUTHORIZED, "authentication required");
  assert_pull_error ("{\"status\":\"Status: fine\"}\n{\"error\":\"manifest unknown\"}\n",
                     DW_ENGINE_ERROR_NOT_FOUND, "manifest unknown");
  assert_pull_error ("<html>hello</html>\n", DW_ENGINE_ERROR_NOT_AN_ENGINE, "<html>");
  assert_pull_error ("[1]\n", DW_ENGINE_ERROR_NOT_AN_ENGINE, "[1]");
  assert_pull_error ("", DW_ENGINE_ERROR_UNREACHABLE, "cut off");
}

static void
test_hostile_report (void)
{
  const char report[] =
      "{\"status\":\"Downloading\",\"progressDetail\":{\"current\":9223372036854775807,"
      "\"total\":9223372036854775807},\"id\":\"aa\"}\n"
      "{\"status\":\"Downloading\",\"progressDetail\":{\"current\":-5,\"total\":-9},\"id\":\"bb\"}"
      "\n"
      "{\"status\":\"Downloading\",\"progressDetail\":{\"current\":7,\"total\":3},\"id\":\"cc\"}\n"
      "{\"status\":\"Downloading\",\"progressDetail\":\"none\",\"id\":[]}\n"
      "{\"status\":{},\"id\":1}\n{}\n \n"
      "{\"status\":\"Status: done\"}\n";
  g_autofree char *deep = g_strnfill (500000, '[');
  g_autofree char *hidden = g_strconcat ("{\"a\": // \"\n", deep, NULL);
  g_autofree char *endless = g_strnfill (3 * 1024 * 1024, 'x');
  g_autoptr (GError) error = NULL;
  Progress progress = { 0 };

  g_assert_true (parse (report, FALSE, &progress, &error));
  g_assert_no_error (error);
  assert_pull_error (deep, DW_ENGINE_ERROR_NOT_AN_ENGINE, "[[[");
  assert_pull_error (hidden, DW_ENGINE_ERROR_NOT_AN_ENGINE, "not");
  assert_pull_error (endless, DW_ENGINE_ERROR_NOT_AN_ENGINE, "xxx");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/engine/stream/lines-may-be-cut-anywhere", test_lines_cut_anywhere);
  g_test_add_func ("/engine/stream/a-line-that-is-too-long-comes-in-parts",
                   test_long_lines_in_parts);
  g_test_add_func ("/engine/stream/log-frames-may-be-cut-anywhere", test_frames_cut_anywhere);
  g_test_add_func ("/engine/stream/the-reader-can-end-it", test_function_ends);
  g_test_add_func ("/engine/stream/frames-that-lie-are-refused", test_hostile_frames);
  g_test_add_func ("/engine/stream/a-terminal-has-no-frames", test_terminal);
  g_test_add_func ("/engine/pull/progress-is-over-all-layers", test_progress_over_layers);
  g_test_add_func ("/engine/pull/podman-has-another-last-word", test_last_word_of_podman);
  g_test_add_func ("/engine/pull/an-error-within-the-report-ends-it", test_errors_in_report);
  g_test_add_func ("/engine/pull/a-report-that-lies-harms-nothing", test_hostile_report);

  return g_test_run ();
}

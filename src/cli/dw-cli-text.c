/* dw-cli-text.c: text for a person at a terminal
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Much of what is shown comes from outside: tags, errors of engines, output of containers. Nothing
 * of it may move the cursor, set the title or type for the person.
 */

#include "config.h"

#include "cli/dw-cli-text.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define DEFAULT_COLUMNS 80

/* In the locale's encoding, as a terminal wants it. Broken pipes are found by who cares. */
static void G_GNUC_PRINTF (2, 0) print_to (FILE *stream, const char *format, va_list arguments)
{
  g_autofree char *text = g_strdup_vprintf (format, arguments);
  const char *charset;

  if (g_get_charset (&charset))
    {
      fputs (text, stream);
    }
  else
    {
      g_autofree char *converted = g_convert_with_fallback (text, -1, charset, "UTF-8", "?", NULL,
                                                            NULL, NULL);

      fputs (converted != NULL ? converted : text, stream);
    }
  fflush (stream);
}

/* Writes to standard output. */
void
dw_cli_text_print (const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  print_to (stdout, format, arguments);
  va_end (arguments);
}

/* Writes to standard error. */
void
dw_cli_text_print_error (const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  print_to (stderr, format, arguments);
  va_end (arguments);
}

/* Characters that show nothing and change what is around them: controls of both sets, line and
 * paragraph separators, and those that turn the direction of writing. */
static gboolean
is_harmful (gunichar character)
{
  return g_unichar_iscntrl (character) || character == 0x2028 || character == 0x2029 ||
         character == 0x061c || character == 0x200e || character == 0x200f ||
         (character >= 0x202a && character <= 0x202e) ||
         (character >= 0x2066 && character <= 0x2069);
}

/* The length of a colour sequence (ECMA-48, 8.3.117: CSI … m) at @text, or 0. */
static gsize
measure_color_sequence (const char *text)
{
  if (text[0] != '\033' || text[1] != '[')
    return 0;

  gsize length = 2 + strspn (text + 2, "0123456789;:");

  return text[length] == 'm' ? length + 1 : 0;
}

/**
 * dw_cli_text_make_harmless:
 * @text: (nullable): anything from outside
 *
 * Colours are dropped, tabs and line breaks become spaces, and what else could act on a terminal is
 * shown as its number.
 *
 * Returns: (transfer full): valid UTF-8 on one line. Any thread.
 */
char *
dw_cli_text_make_harmless (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text != NULL ? text : "", -1);
  g_autoptr (GString) harmless = g_string_new (NULL);

  for (const char *c = valid; *c != '\0';)
    {
      gsize sequence = measure_color_sequence (c);
      gunichar character = g_utf8_get_char (c);

      if (sequence > 0)
        {
          c += sequence;
          continue;
        }

      if (character == '\n' || character == '\t')
        g_string_append_c (harmless, ' ');
      else if (character == '\r' && (c[1] == '\n' || c[1] == '\0'))
        ;
      else if (is_harmful (character))
        g_string_append_printf (harmless, character < 0x100 ? "\\x%02x" : "\\u%04x", character);
      else
        g_string_append_unichar (harmless, character);
      c = g_utf8_next_char (c);
    }

  return g_string_free (g_steal_pointer (&harmless), FALSE);
}

static guint
measure_character (gunichar character)
{
  if (g_unichar_iszerowidth (character))
    return 0;

  return g_unichar_iswide (character) ? 2 : 1;
}

/* Returns: how many columns of a terminal @text takes. Any thread. */
guint
dw_cli_text_measure (const char *text)
{
  guint width = 0;

  for (const char *c = text; *c != '\0'; c = g_utf8_next_char (c))
    width += measure_character (g_utf8_get_char (c));

  return width;
}

/* Adds spaces to @line up to @width columns, and one at least. */
void
dw_cli_text_pad (GString *line, guint width)
{
  guint used = dw_cli_text_measure (line->str);

  do
    g_string_append_c (line, ' ');
  while (++used < width);
}

/* Cuts @line, with an ellipsis, so that it takes at most @width columns. */
void
dw_cli_text_cut (GString *line, guint width)
{
  guint used = 0;

  if (dw_cli_text_measure (line->str) <= width)
    return;

  for (const char *c = line->str; *c != '\0'; c = g_utf8_next_char (c))
    {
      used += measure_character (g_utf8_get_char (c));
      if (used >= width)
        {
          g_string_truncate (line, (gsize) (c - line->str));
          g_string_append (line, "…");
          return;
        }
    }
}

/* Returns: whether standard output is a terminal that can rewrite a line. */
gboolean
dw_cli_text_has_terminal (void)
{
  return isatty (STDOUT_FILENO) && g_strcmp0 (g_getenv ("TERM"), "dumb") != 0;
}

/* Returns: how wide the terminal is. */
guint
dw_cli_text_get_columns (void)
{
  struct winsize size = { 0 };

  return ioctl (STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col
                                                                          : DEFAULT_COLUMNS;
}

/* Returns: the colour of a deploy that is at @status. */
DwCliColor
dw_cli_text_choose_color (DwDeployStatus status)
{
  if (status == DW_DEPLOY_SUCCESS)
    return DW_CLI_COLOR_GOOD;

  return dw_deploy_status_has_ended (status) ? DW_CLI_COLOR_BAD : DW_CLI_COLOR_BUSY;
}

/**
 * dw_cli_text_paint:
 * @text: what has been made harmless
 * @color: what it means
 *
 * Returns: (transfer full): @text in its colour, where a terminal shows it and nobody objects
 *   (no-color.org)
 */
char *
dw_cli_text_paint (const char *text, DwCliColor color)
{
  static const char *const codes[] = {
    [DW_CLI_COLOR_GOOD] = "32",
    [DW_CLI_COLOR_BUSY] = "33",
    [DW_CLI_COLOR_BAD] = "31",
    [DW_CLI_COLOR_DIM] = "2",
  };
  const char *no_color = g_getenv ("NO_COLOR");

  if (color == DW_CLI_COLOR_NONE || (no_color != NULL && *no_color != '\0') ||
      !dw_cli_text_has_terminal ())
    return g_strdup (text);

  return g_strdup_printf ("\033[%sm%s\033[0m", codes[color], text);
}

/**
 * dw_cli_text_measure_ms:
 * @from: (nullable): an ISO 8601 time
 * @to: (nullable): a later one, or %NULL for now
 *
 * Returns: the milliseconds between them, or -1 when @from is no time. Any thread.
 */
gint64
dw_cli_text_measure_ms (const char *from, const char *to)
{
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  g_autoptr (GDateTime) start = from != NULL ? g_date_time_new_from_iso8601 (from, utc) : NULL;
  g_autoptr (GDateTime) end = to != NULL ? g_date_time_new_from_iso8601 (to, utc)
                                         : g_date_time_new_now (utc);

  if (start == NULL || end == NULL)
    return -1;

  return MAX (g_date_time_difference (end, start) / G_TIME_SPAN_MILLISECOND, 0);
}

/**
 * dw_cli_text_describe_time:
 * @time: (nullable): an ISO 8601 time
 *
 * Returns: (transfer full): how long ago that was, or a dash. Any thread.
 */
char *
dw_cli_text_describe_time (const char *time)
{
  gint64 ms = dw_cli_text_measure_ms (time, NULL);
  gulong seconds = (gulong) (ms / 1000);

  if (ms < 0)
    return g_strdup ("–");
  if (seconds < 5)
    /* Translators: an age, as “5 minutes ago” */
    return g_strdup (_ ("just now"));
  if (seconds < 60)
    return g_strdup_printf (ngettext ("%lu second ago", "%lu seconds ago", seconds), seconds);
  if (seconds < 60 * 60)
    return g_strdup_printf (ngettext ("%lu minute ago", "%lu minutes ago", seconds / 60),
                            seconds / 60);
  if (seconds < 24 * 60 * 60)
    return g_strdup_printf (ngettext ("%lu hour ago", "%lu hours ago", seconds / 3600),
                            seconds / 3600);

  gulong days = seconds / (24 * 60 * 60);
  if (days < 60)
    return g_strdup_printf (ngettext ("%lu day ago", "%lu days ago", days), days);

  /* From here on the date says more. */
  return g_strndup (time, strlen ("2026-01-01"));
}

/* Returns: (transfer full): a duration such as "0.4 s" or "2 min 5 s", or a dash for none. */
char *
dw_cli_text_describe_duration (gint64 duration_ms)
{
  if (duration_ms < 0)
    return g_strdup ("–");
  if (duration_ms < 60 * 1000)
    return g_strdup_printf (_ ("%.1f s"), (double) duration_ms / 1000);

  /* Translators: minutes and seconds */
  return g_strdup_printf (_ ("%d min %d s"), (int) (duration_ms / 60000),
                          (int) (duration_ms / 1000 % 60));
}

/* Returns: (transfer full): what becomes of it, in few words */
static char *
describe_newer_state (DwStage *stage)
{
  const char *until = dw_stage_get_newer_until (stage);
  g_autoptr (GDateTime) utc = until != NULL ? g_date_time_new_from_iso8601 (until, NULL) : NULL;
  g_autoptr (GDateTime) local = utc != NULL ? g_date_time_to_local (utc) : NULL;
  g_autofree char *time = local != NULL ? g_date_time_format (local, "%F %R") : g_strdup ("?");

  switch (dw_stage_get_newer_state (stage))
    {
    case DW_NEWER_ASKS:
      return g_strdup (_ ("asks"));
    case DW_NEWER_DECLINED:
      return g_strdup (_ ("not wanted for now"));
    case DW_NEWER_AGING:
      /* Translators: %s is a date and a time */
      return g_strdup_printf (_ ("too young until %s"), time);
    case DW_NEWER_CLOSED:
      /* Translators: %s is a date and a time */
      return g_strdup_printf (_ ("outside its hours until %s"), time);
    case DW_NEWER_HELD:
      return g_strdup (_ ("held"));
    case DW_NEWER_STOPPED:
      return g_strdup (_ ("its stage is stopped"));
    case DW_NEWER_READY:
      return g_strdup (_ ("deploys itself"));
    case DW_NEWER_SNOOZED:
      /* Translators: %s is a date and a time */
      return g_strdup_printf (_ ("snoozed until %s"), time);
    case DW_NEWER_NONE:
    case DW_NEWER_SHOWN:
    default:
      return g_strdup (_ ("waits for you"));
    }
}

/**
 * dw_cli_text_describe_newer:
 * @stage: a stage
 *
 * Returns: (transfer full) (nullable): the newer version and what becomes of it, such as
 *   "v2 (asks)", or %NULL when there is none
 */
char *
dw_cli_text_describe_newer (DwStage *stage)
{
  DwNewerState state = dw_stage_get_newer_state (stage);

  if (state == DW_NEWER_NONE)
    return NULL;

  g_autofree char *tag = dw_cli_text_make_harmless (dw_stage_get_newer_tag (stage));
  if (state == DW_NEWER_SHOWN)
    return g_steal_pointer (&tag);

  g_autofree char *words = describe_newer_state (stage);
  return g_strdup_printf ("%s (%s)", tag, words);
}

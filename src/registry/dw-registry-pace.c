/* dw-registry-pace.c: how fast a registry wants to be asked
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * There is one header that all agree on, Retry-After, and three families for what is left: that of
 * the IETF's drafts (RateLimit-Remaining and -Reset, later RateLimit with r= and t=), which Docker
 * Hub and GitLab follow each in its own way, and GitHub's X-RateLimit-…. A reset is in seconds from
 * now, or where the number is too large for that, since 1970.
 */

#include "config.h"

#include "registry/dw-registry-pace.h"

#include <string.h>

/* What a refusal means that does not say for how long. */
#define DEFAULT_PAUSE_S 60
/* Nobody is taken at the word that says longer. */
#define LONGEST_PAUSE_S (24 * 60 * 60)
/* A tenth of what there was, or this many where that is not said. */
#define FEW_REQUESTS 10
/* No wait is as long as since 1970. */
#define EPOCH_S 1000000000

/* The digits that @text begins with; FALSE when there are none. */
static gboolean
read_number (const char *text, gint64 *number)
{
  char *end = NULL;

  while (*text == ' ' || *text == '\t')
    text++;
  if (!g_ascii_isdigit (*text))
    return FALSE;

  guint64 value = g_ascii_strtoull (text, &end, 10);
  *number = (gint64) MIN (value, (guint64) G_MAXINT64);

  return TRUE;
}

static gboolean
read_header (SoupMessageHeaders *headers, const char *const *names, gint64 *number)
{
  for (guint i = 0; names[i] != NULL; i++)
    {
      const char *value = soup_message_headers_get_list (headers, names[i]);

      if (value != NULL && read_number (value, number))
        return TRUE;
    }

  return FALSE;
}

/* The parameter @name of RateLimit, as in “"default";r=50;t=30” or “limit=100, remaining=50”. */
static gboolean
read_parameter (const char *value, const char *name, gint64 *number)
{
  g_auto (GStrv) parts = value != NULL ? g_strsplit_set (value, ";,", -1) : NULL;

  for (guint i = 0; parts != NULL && parts[i] != NULL; i++)
    {
      const char *part = g_strstrip (parts[i]);
      gsize length = strlen (name);

      if (g_ascii_strncasecmp (part, name, length) == 0 && part[length] == '=')
        return read_number (part + length + 1, number);
    }

  return FALSE;
}

static gint64
bound_reset (gint64 reset_s, gint64 now_s)
{
  if (reset_s >= EPOCH_S)
    reset_s -= now_s;

  return CLAMP (reset_s, 0, LONGEST_PAUSE_S);
}

/**
 * dw_registry_pace_read_retry_after:
 * @headers: those of an answer
 * @now_s: the time, in seconds since 1970
 *
 * Reads Retry-After (RFC 9110, section 10.2.3): seconds, or a date.
 *
 * Returns: the seconds, no more than a day, or -1 when it does not say. Any thread.
 */
gint64
dw_registry_pace_read_retry_after (SoupMessageHeaders *headers, gint64 now_s)
{
  const char *value = soup_message_headers_get_one (headers, "Retry-After");
  gint64 seconds = 0;

  if (value == NULL)
    return -1;
  if (read_number (value, &seconds))
    return MIN (seconds, LONGEST_PAUSE_S);

  g_autoptr (GDateTime) date = soup_date_time_new_from_http_string (value);
  return date == NULL ? -1 : CLAMP (g_date_time_to_unix (date) - now_s, 0, LONGEST_PAUSE_S);
}

/**
 * dw_registry_pace_read:
 * @status: that of an answer
 * @headers: its headers
 * @now_s: the time, in seconds since 1970
 *
 * Returns: how fast who sent it wants to be asked. Any thread.
 */
DwRegistryPace
dw_registry_pace_read (guint status, SoupMessageHeaders *headers, gint64 now_s)
{
  static const char *const limits[] = { "RateLimit-Limit", "X-RateLimit-Limit", NULL };
  static const char *const remains[] = { "RateLimit-Remaining", "X-RateLimit-Remaining", NULL };
  static const char *const resets[] = { "RateLimit-Reset", "X-RateLimit-Reset", NULL };
  const char *combined = soup_message_headers_get_list (headers, "RateLimit");
  gboolean is_refused = status == 429;
  gint64 retry_s = dw_registry_pace_read_retry_after (headers, now_s);
  gint64 limit = 0;
  gint64 remaining = 0;
  gint64 reset_s = 0;

  gboolean has_limit = read_header (headers, limits, &limit) ||
                       read_parameter (combined, "limit", &limit);
  gboolean has_remaining = read_header (headers, remains, &remaining) ||
                           read_parameter (combined, "remaining", &remaining) ||
                           read_parameter (combined, "r", &remaining);
  gboolean has_reset = read_header (headers, resets, &reset_s) ||
                       read_parameter (combined, "reset", &reset_s) ||
                       read_parameter (combined, "t", &reset_s);
  DwRegistryPace pace = {
    .is_slow = is_refused || (status == 503 && retry_s >= 0) ||
               (has_remaining && remaining <= (has_limit ? limit / 10 : FEW_REQUESTS)),
  };

  if ((is_refused || status == 503) && retry_s >= 0)
    pace.pause_s = retry_s;
  else if (has_reset && (is_refused || (has_remaining && remaining == 0)))
    pace.pause_s = bound_reset (reset_s, now_s);
  else if (is_refused)
    pace.pause_s = DEFAULT_PAUSE_S;

  /* A refusal is never answered at once. */
  if (is_refused)
    pace.pause_s = MAX (pace.pause_s, 1);

  return pace;
}

/* dw-format.c: values as a person reads them
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "ui/dw-format.h"

#include <glib/gi18n.h>
#include <langinfo.h>
#include <string.h>

#include "watch/dw-watch-judge.h"

#define DIGEST_CHARACTERS 12

/**
 * dw_format_age:
 * @time: (nullable): UTC ISO 8601, as the store has it
 *
 * Returns: (transfer full): how long ago that was, in the largest unit of which it is one; empty
 *   for what is no time
 */
char *
dw_format_age (const char *time)
{
  g_autoptr (GDateTime) then = time != NULL ? g_date_time_new_from_iso8601 (time, NULL) : NULL;
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();

  if (then == NULL)
    return g_strdup ("");

  gulong minutes = (gulong) MAX (g_date_time_difference (now, then) / G_TIME_SPAN_MINUTE, 0);
  if (minutes < 1)
    /* Translators: an age, as “5 minutes ago” */
    return g_strdup (_ ("just now"));
  if (minutes < 60)
    return g_strdup_printf (ngettext ("%lu minute ago", "%lu minutes ago", minutes), minutes);
  if (minutes < 24 * 60)
    return g_strdup_printf (ngettext ("%lu hour ago", "%lu hours ago", minutes / 60), minutes / 60);
  if (minutes < 30 * 24 * 60)
    return g_strdup_printf (ngettext ("%lu day ago", "%lu days ago", minutes / (24 * 60)),
                            minutes / (24 * 60));

  g_autoptr (GDateTime) local = g_date_time_to_local (then);
  return g_date_time_format (local, "%x");
}

/**
 * dw_format_time:
 * @time: (nullable): UTC ISO 8601, as the store has it
 *
 * Returns: (transfer full): the date and the time of day here; empty for what is no time
 */
char *
dw_format_time (const char *time)
{
  g_autoptr (GDateTime) then = time != NULL ? g_date_time_new_from_iso8601 (time, NULL) : NULL;
  g_autoptr (GDateTime) local = then != NULL ? g_date_time_to_local (then) : NULL;

  return local != NULL ? g_date_time_format (local, "%c") : g_strdup ("");
}

/* Whether the hours here go to twelve, twice a day. */
static gboolean
has_twelve_hours (void)
{
  const char *form = nl_langinfo (T_FMT);

  return strstr (form, "%p") != NULL || strstr (form, "%P") != NULL ||
         strstr (form, "%r") != NULL || strstr (form, "%I") != NULL;
}

/**
 * dw_format_clock:
 * @time: (nullable): UTC ISO 8601, as the store has it
 *
 * Returns: (transfer full): the time of day here, to the second; empty for what is no time
 */
char *
dw_format_clock (const char *time)
{
  g_autoptr (GDateTime) then = time != NULL ? g_date_time_new_from_iso8601 (time, NULL) : NULL;
  g_autoptr (GDateTime) local = then != NULL ? g_date_time_to_local (then) : NULL;

  if (local == NULL)
    return g_strdup ("");

  return g_date_time_format (local, has_twelve_hours ()
                                        /* Translators: a time to the second, with AM and PM, in the
                                         * form of g_date_time_format() */
                                        ? _ ("%l:%M:%S %p")
                                        /* Translators: a time to the second, with 24 hours */
                                        : _ ("%H:%M:%S"));
}

/**
 * dw_format_until:
 * @time: (nullable): UTC ISO 8601, as the store has it
 *
 * Returns: (transfer full): when that will be, as short as it is clear; empty for what is no time
 */
char *
dw_format_until (const char *time)
{
  g_autoptr (GDateTime) then = time != NULL ? g_date_time_new_from_iso8601 (time, NULL) : NULL;
  g_autoptr (GDateTime) local = then != NULL ? g_date_time_to_local (then) : NULL;
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();

  if (local == NULL)
    return g_strdup ("");
  if (g_date_time_get_year (local) == g_date_time_get_year (now) &&
      g_date_time_get_day_of_year (local) == g_date_time_get_day_of_year (now))
    return g_date_time_format (local, has_twelve_hours ()
                                          /* Translators: a time today, with AM and PM, in the form
                                           * of g_date_time_format() */
                                          ? _ ("%l:%M %p")
                                          /* Translators: a time today, with 24 hours */
                                          : _ ("%H:%M"));
  if (g_date_time_difference (local, now) < 6 * G_TIME_SPAN_DAY)
    return g_date_time_format (local, has_twelve_hours ()
                                          /* Translators: a time within a week, with AM and PM, in
                                           * the form of g_date_time_format() */
                                          ? _ ("%a %l:%M %p")
                                          /* Translators: a time within a week, with 24 hours */
                                          : _ ("%a %H:%M"));

  return g_date_time_format (local, "%x");
}

/**
 * dw_format_measure_ms:
 * @from: (nullable): UTC ISO 8601, as the store has it
 * @to: (nullable): likewise, or %NULL for now
 *
 * Returns: how long it is from one to the other, in milliseconds; negative when it is not known
 */
gint64
dw_format_measure_ms (const char *from, const char *to)
{
  g_autoptr (GDateTime) begin = from != NULL ? g_date_time_new_from_iso8601 (from, NULL) : NULL;
  g_autoptr (GDateTime) end = to != NULL ? g_date_time_new_from_iso8601 (to, NULL)
                                         : g_date_time_new_now_utc ();

  return begin != NULL && end != NULL
             ? MAX (g_date_time_difference (end, begin) / G_TIME_SPAN_MILLISECOND, 0)
             : -1;
}

/**
 * dw_format_duration:
 * @duration_ms: how long something took
 *
 * Returns: (transfer full): that in the units a person would say; empty for what is negative
 */
char *
dw_format_duration (gint64 duration_ms)
{
  gint64 seconds = duration_ms / 1000;

  if (duration_ms < 0)
    return g_strdup ("");
  if (duration_ms < 1000)
    /* Translators: milliseconds */
    return g_strdup_printf (_ ("%d ms"), (int) duration_ms);
  if (seconds < 10)
    /* Translators: seconds, such as 4.2 s */
    return g_strdup_printf (_ ("%.1f s"), (double) duration_ms / 1000);
  if (seconds < 60)
    /* Translators: seconds */
    return g_strdup_printf (_ ("%d s"), (int) seconds);
  if (seconds < 60 * 60)
    /* Translators: minutes and seconds */
    return g_strdup_printf (_ ("%d min %d s"), (int) (seconds / 60), (int) (seconds % 60));

  /* Translators: hours and minutes */
  return g_strdup_printf (_ ("%d h %d min"), (int) MIN (seconds / 3600, G_MAXINT),
                          (int) (seconds / 60 % 60));
}

/**
 * dw_format_digest:
 * @digest: (nullable): an algorithm, a colon, and the value
 *
 * Returns: (transfer full): as much of the value as tells it from others at a glance
 */
char *
dw_format_digest (const char *digest)
{
  const char *value = digest != NULL ? strchr (digest, ':') : NULL;

  return value != NULL ? g_strndup (value + 1, DIGEST_CHARACTERS) : g_strdup ("");
}

/* Returns: (transfer none): how what serves is doing, in a word or two */
const char *
dw_format_condition (DwStageCondition condition)
{
  switch (condition)
    {
    case DW_STAGE_EMPTY:
      return C_ ("stage", "Not deployed");
    case DW_STAGE_RUNNING:
      return C_ ("stage", "Running");
    case DW_STAGE_UNHEALTHY:
      return C_ ("stage", "Unhealthy");
    case DW_STAGE_STOPPED:
      return C_ ("stage", "Stopped");
    case DW_STAGE_FAILING:
      return C_ ("stage", "Failing");
    case DW_STAGE_GONE:
      return C_ ("stage", "Removed");
    case DW_STAGE_UNKNOWN:
    default:
      return C_ ("stage", "Unknown");
    }
}

/* Returns: (transfer none) (nullable): the style class of how what serves is doing */
const char *
dw_format_condition_class (DwStageCondition condition)
{
  switch (condition)
    {
    case DW_STAGE_RUNNING:
      return "success";
    case DW_STAGE_UNHEALTHY:
    case DW_STAGE_FAILING:
    case DW_STAGE_GONE:
      return "error";
    case DW_STAGE_UNKNOWN:
      return "warning";
    case DW_STAGE_EMPTY:
    case DW_STAGE_STOPPED:
    default:
      return NULL;
    }
}

/* Returns: (transfer none): where a deploy is */
const char *
dw_format_deploy_status (DwDeployStatus status)
{
  switch (status)
    {
    case DW_DEPLOY_PENDING:
      return C_ ("deploy", "Waiting");
    case DW_DEPLOY_PULLING:
      return C_ ("deploy", "Pulling the image");
    case DW_DEPLOY_STARTING:
      return C_ ("deploy", "Starting");
    case DW_DEPLOY_HEALTH_CHECKING:
      return C_ ("deploy", "Checking health");
    case DW_DEPLOY_CONFIGURING_PROXY:
      return C_ ("deploy", "Moving traffic");
    case DW_DEPLOY_SUCCESS:
      return C_ ("deploy", "Succeeded");
    case DW_DEPLOY_ROLLED_BACK:
      return C_ ("deploy", "Rolled back");
    case DW_DEPLOY_FAILED:
    default:
      return C_ ("deploy", "Failed");
    }
}

/* Returns: (transfer none): the name of an icon that says where a deploy is */
const char *
dw_format_deploy_icon (DwDeployStatus status)
{
  if (!dw_deploy_status_has_ended (status))
    return status == DW_DEPLOY_PENDING ? "document-open-recent-symbolic"
                                       : "emblem-synchronizing-symbolic";

  return status == DW_DEPLOY_SUCCESS       ? "object-select-symbolic"
         : status == DW_DEPLOY_ROLLED_BACK ? "edit-undo-symbolic"
                                           : "dialog-error-symbolic";
}

/* Returns: (transfer none): the style class with the colour of where a deploy is */
const char *
dw_format_deploy_class (DwDeployStatus status)
{
  if (!dw_deploy_status_has_ended (status))
    return "accent";

  return status == DW_DEPLOY_SUCCESS       ? "success"
         : status == DW_DEPLOY_ROLLED_BACK ? "warning"
                                           : "error";
}

/* Returns: (transfer none): what asked for a deploy, as it continues a sentence */
const char *
dw_format_trigger (DwTrigger trigger)
{
  switch (trigger)
    {
    case DW_TRIGGER_WATCH:
      /* Translators: what asked for a deploy, as in “Deployed 5 minutes ago by a new tag” */
      return _ ("by a new tag");
    case DW_TRIGGER_WEBHOOK:
      return _ ("by a webhook");
    case DW_TRIGGER_ROLLBACK:
      return _ ("by a rollback");
    case DW_TRIGGER_PROMOTE:
      return _ ("by a promotion");
    case DW_TRIGGER_CLI:
      return _ ("from the command line");
    case DW_TRIGGER_MANUAL:
    default:
      return _ ("by hand");
    }
}

/* Returns: (transfer none): what asked for a deploy, where it stands alone */
const char *
dw_format_trigger_name (DwTrigger trigger)
{
  switch (trigger)
    {
    case DW_TRIGGER_WATCH:
      return _ ("New tag");
    case DW_TRIGGER_WEBHOOK:
      return _ ("Webhook");
    case DW_TRIGGER_ROLLBACK:
      return _ ("Rollback");
    case DW_TRIGGER_PROMOTE:
      return _ ("Promotion");
    case DW_TRIGGER_CLI:
      return _ ("Command line");
    case DW_TRIGGER_MANUAL:
    default:
      return _ ("By hand");
    }
}

/* Returns: (transfer none): whose registry it is */
const char *
dw_format_registry_kind (DwRegistryKind kind)
{
  switch (kind)
    {
    case DW_REGISTRY_KIND_DOCKER_HUB:
      return _ ("Docker Hub");
    case DW_REGISTRY_KIND_GHCR:
      return _ ("GitHub (GHCR)");
    case DW_REGISTRY_KIND_GITEA:
      return _ ("Gitea or Forgejo");
    case DW_REGISTRY_KIND_GITLAB:
      return _ ("GitLab");
    case DW_REGISTRY_KIND_GENERIC:
    default:
      return _ ("Another registry");
    }
}

/* Returns: (transfer full): when a registry is looked at for newer versions, or why it is not */
char *
dw_format_watching (DwWatchedRegistry *watched)
{
  gint64 next_s = dw_watched_registry_get_next_check (watched);
  g_autofree char *time = dw_watch_format_time (next_s);
  g_autofree char *until = dw_format_until (time);
  gboolean is_soon = next_s <= g_get_real_time () / G_USEC_PER_SEC + 1;

  switch (dw_watched_registry_get_state (watched))
    {
    case DW_WATCH_STATE_CHECKING:
      /* Translators: where the watching of a registry is */
      return g_strdup (_ ("looking now"));
    case DW_WATCH_STATE_PAUSED:
      /* Translators: where the watching of a registry is; %s is a time: 17:20, or Fri 17:20 */
      return is_soon ? g_strdup (_ ("asked to slow down"))
                     : g_strdup_printf (_ ("asked to slow down until %s"), until);
    case DW_WATCH_STATE_FAILING:
      /* Translators: %s is a time: 17:20, or Fri 17:20 */
      return is_soon ? g_strdup (_ ("tried again soon"))
                     : g_strdup_printf (_ ("tried again at %s"), until);
    case DW_WATCH_STATE_IDLE:
      /* Translators: %s is a time: 17:20, or Fri 17:20 */
      return is_soon ? g_strdup (_ ("next look soon")) : g_strdup_printf (_ ("next at %s"), until);
    case DW_WATCH_STATE_OFF:
    default:
      /* Translators: why a registry is not watched */
      return g_strdup (_ ("no stage has an image there"));
    }
}

/**
 * dw_format_sentence:
 * @message: an error's message, which may continue a sentence
 *
 * Returns: (transfer full): the message as a sentence begins; an address stays as it is
 */
char *
dw_format_sentence (const char *message)
{
  const char *end = message;

  while (g_unichar_isalpha (g_utf8_get_char (end)))
    end = g_utf8_next_char (end);
  if (end == message || (*end != ' ' && *end != '\0'))
    return g_strdup (message);

  char first[6];
  int length = g_unichar_to_utf8 (g_unichar_toupper (g_utf8_get_char (message)), first);

  return g_strdup_printf ("%.*s%s", length, first, g_utf8_next_char (message));
}

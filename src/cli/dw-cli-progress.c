/* dw-cli-progress.c: a running deploy, for the person who waits for it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * On a terminal one line that is rewritten: what it is at, how much is pulled, how long it takes.
 * Elsewhere the deploy's log, a line an entry.
 */

#include "config.h"

#include "cli/dw-cli-progress.h"

#include <glib/gi18n-lib.h>

#include "cli/dw-cli-text.h"
#include "model/dw-enum-types.h"

/* The elapsed time shows tenths of a second. */
#define TICK_MS 100

struct _DwCliProgress
{
  DwDeployJob *job;
  char *subject;
  gboolean is_live;
  gint64 started_at_us;
  GSource *timer; /* nullable */
};

/* Carriage return, and erase to the end of the line (ECMA-48, 8.3.41). */
static void
erase_line (DwCliProgress *self)
{
  if (self->is_live)
    dw_cli_text_print ("\r\033[K");
}

static void
draw_line (DwCliProgress *self)
{
  DwDeployStatus status = dw_deploy_job_get_status (self->job);
  g_autofree char *phase = g_strdelimit (
      g_strdup (dw_enum_to_nick (DW_TYPE_DEPLOY_STATUS, (int) status)), "_", ' ');
  g_autofree char *elapsed = dw_cli_text_describe_duration (
      (g_get_monotonic_time () - self->started_at_us) / 1000);
  g_autoptr (GString) line = g_string_new (self->subject);

  g_string_append_printf (line, "  %s", phase);
  if (status == DW_DEPLOY_PULLING && dw_deploy_job_get_pull_total (self->job) > 0)
    {
      g_autofree char *done = g_format_size ((guint64) dw_deploy_job_get_pull_done (self->job));
      g_autofree char *total = g_format_size ((guint64) dw_deploy_job_get_pull_total (self->job));

      g_string_append_c (line, ' ');
      /* Translators: how much of an image is pulled, such as “1.5 MB of 12.0 MB” */
      g_string_append_printf (line, _ ("%s of %s"), done, total);
    }
  g_string_append_printf (line, "  %s", elapsed);

  /* A line that wraps cannot be rewritten. */
  dw_cli_text_cut (line, dw_cli_text_get_columns () - 1);
  dw_cli_text_print ("\r\033[K%s", line->str);
}

static gboolean
on_tick (gpointer user_data)
{
  draw_line (user_data);

  return G_SOURCE_CONTINUE;
}

static void
on_log (DwDeployJob *job,
        DwLogLevel level,
        DwDeployStatus phase,
        const char *message,
        gpointer user_data)
{
  DwCliProgress *self = user_data;
  const char *name = dw_enum_to_nick (DW_TYPE_DEPLOY_STATUS, (int) phase);
  g_autofree char *harmless = dw_cli_text_make_harmless (message);

  if (!self->is_live)
    dw_cli_text_print ("%s: %s\n", name, harmless);
}

/**
 * dw_cli_progress_new:
 * @job: a job of this thread's main context
 * @subject: what it is about, such as shop/prod
 *
 * Shows on standard output how @job goes on, until it is freed.
 *
 * Returns: (transfer full): the display
 */
DwCliProgress *
dw_cli_progress_new (DwDeployJob *job, const char *subject)
{
  DwCliProgress *self = g_new0 (DwCliProgress, 1);

  self->job = g_object_ref (job);
  self->subject = g_strdup (subject);
  self->is_live = dw_cli_text_has_terminal ();
  self->started_at_us = g_get_monotonic_time ();

  g_signal_connect (job, "log", G_CALLBACK (on_log), self);
  if (self->is_live)
    {
      self->timer = g_timeout_source_new (TICK_MS);
      g_source_set_callback (self->timer, on_tick, self, NULL);
      g_source_attach (self->timer, g_main_context_get_thread_default ());
      draw_line (self);
    }

  return self;
}

/* Takes the line away; the job goes on. */
void
dw_cli_progress_free (DwCliProgress *self)
{
  g_signal_handlers_disconnect_by_data (self->job, self);
  if (self->timer != NULL)
    g_source_destroy (self->timer);
  g_clear_pointer (&self->timer, g_source_unref);
  erase_line (self);
  g_object_unref (self->job);
  g_free (self->subject);
  g_free (self);
}

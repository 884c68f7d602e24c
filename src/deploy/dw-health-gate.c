/* dw-health-gate.c: whether a new instance may have the traffic
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The first attempts come in quick succession, so that what starts fast is not kept waiting, and do
 * not count as failures; from then on one attempt an interval does.
 */

#include "config.h"

#include "deploy/dw-health-gate.h"

#include <glib/gi18n-lib.h>
#include <libsoup/soup.h>

#include "deploy/dw-deploy-error.h"
#include "deploy/dw-pause.h"
#include "registry/dw-deadline.h"

#define FIRST_PAUSE_MS 10
/* How long a connection must stay open: a port that the engine forwards is accepted for a process
 * that does not listen yet, and closed at once. */
#define TCP_SETTLE_MS 150
/* The engine's own checks may take their time, but not for ever. */
#define ENGINE_VERDICT_LIMIT_MS (30 * 60 * 1000)

typedef enum
{
  VERDICT_HEALTHY,
  VERDICT_FAILED, /* this attempt; it counts */
  VERDICT_WAIT,   /* no answer yet; it does not count */
  VERDICT_FINAL,  /* there is no use in trying again */
} Verdict;

typedef struct
{
  DwEngine *engine;
  DwProject *project;
  guint16 host_port;
  GMainContext *context;
  SoupSession *session;
  gint64 started_at_us;
  gint64 ends_at_us;
} Gate;

/* @milliseconds, or what is left until the gate closes. */
static int
bound (Gate *gate, int milliseconds)
{
  gint64 left_ms = (gate->ends_at_us - g_get_monotonic_time ()) / 1000;

  return (int) CLAMP (left_ms, 1, milliseconds);
}

static int
get_timeout_ms (Gate *gate)
{
  return bound (gate, dw_project_get_health_timeout_ms (gate->project));
}

/* One asynchronous attempt, run to its end in the gate's own main context. */
typedef struct
{
  GIOStream *connection;
  GError *error;
  guint status;
  guint8 byte;
  gboolean is_done;
} Attempt;

static void
clear_attempt (Attempt *attempt)
{
  g_clear_object (&attempt->connection);
  g_clear_error (&attempt->error);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Attempt, clear_attempt)

static void
on_http_answer (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Attempt *attempt = user_data;
  SoupMessage *message = soup_session_get_async_result_message (SOUP_SESSION (source), result);
  g_autoptr (GInputStream) body G_GNUC_UNUSED = soup_session_send_finish (SOUP_SESSION (source),
                                                                          result, &attempt->error);

  attempt->status = soup_message_get_status (message);
  attempt->is_done = TRUE;
}

static Verdict
check_http (Gate *gate, char **outcome, GCancellable *cancellable)
{
  const char *path = dw_project_get_health_path (gate->project);
  int expected = dw_project_get_health_status (gate->project);
  int timeout_ms = get_timeout_ms (gate);
  g_autofree char *url = g_strdup_printf ("http://127.0.0.1:%u%s", gate->host_port, path);
  g_autoptr (SoupMessage) message = soup_message_new ("GET", url);
  g_auto (DwDeadline) deadline = { 0 };
  g_auto (Attempt) attempt = { 0 };

  if (message == NULL)
    {
      *outcome = g_strdup_printf (_ ("“%s” is not a path that can be asked for"), path);
      return VERDICT_FINAL;
    }

  soup_message_add_flags (message, SOUP_MESSAGE_NO_REDIRECT | SOUP_MESSAGE_NEW_CONNECTION);
  dw_deadline_begin (&deadline, gate->context, (guint) timeout_ms, cancellable);
  soup_session_send_async (gate->session, message, G_PRIORITY_DEFAULT, deadline.cancellable,
                           on_http_answer, &attempt);
  dw_deadline_wait (&deadline, &attempt.is_done);

  if (deadline.has_passed)
    *outcome = g_strdup_printf (_ ("GET %s gave no answer within %d ms"), path, timeout_ms);
  else if (attempt.error != NULL)
    *outcome = g_strdup_printf (_ ("GET %s: %s"), path, attempt.error->message);
  else
    *outcome = g_strdup_printf (_ ("GET %s answered %u"), path, attempt.status);

  if (attempt.error != NULL)
    return VERDICT_FAILED;

  gboolean is_expected = expected != 0 ? attempt.status == (guint) expected
                                       : attempt.status >= 200 && attempt.status < 400;
  return is_expected ? VERDICT_HEALTHY : VERDICT_FAILED;
}

static void
on_tcp_connected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Attempt *attempt = user_data;

  attempt->connection = G_IO_STREAM (
      g_socket_client_connect_to_host_finish (G_SOCKET_CLIENT (source), result, &attempt->error));
  attempt->is_done = TRUE;
}

static void
on_tcp_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Attempt *attempt = user_data;
  gssize n = g_input_stream_read_finish (G_INPUT_STREAM (source), result, &attempt->error);

  if (n == 0)
    attempt->error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED,
                                          _ ("the connection was closed at once"));
  attempt->is_done = TRUE;
}

static Verdict
check_tcp (Gate *gate, char **outcome, GCancellable *cancellable)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_auto (DwDeadline) deadline = { 0 };
  g_auto (DwDeadline) settling = { 0 };
  g_auto (Attempt) connecting = { 0 };
  g_auto (Attempt) reading = { 0 };

  g_socket_client_set_enable_proxy (client, FALSE);
  dw_deadline_begin (&deadline, gate->context, (guint) get_timeout_ms (gate), cancellable);
  g_socket_client_connect_to_host_async (client, "127.0.0.1", gate->host_port, deadline.cancellable,
                                         on_tcp_connected, &connecting);
  dw_deadline_wait (&deadline, &connecting.is_done);
  if (connecting.error != NULL)
    {
      *outcome = g_strdup_printf (_ ("Port %u: %s"), gate->host_port, connecting.error->message);
      return VERDICT_FAILED;
    }

  dw_deadline_begin (&settling, gate->context, TCP_SETTLE_MS, cancellable);
  g_input_stream_read_async (g_io_stream_get_input_stream (connecting.connection), &reading.byte, 1,
                             G_PRIORITY_DEFAULT, settling.cancellable, on_tcp_read, &reading);
  dw_deadline_wait (&settling, &reading.is_done);
  if (reading.error != NULL && !settling.has_passed)
    {
      *outcome = g_strdup_printf (_ ("Port %u: %s"), gate->host_port, reading.error->message);
      return VERDICT_FAILED;
    }

  *outcome = g_strdup_printf (_ ("Port %u takes connections"), gate->host_port);
  return VERDICT_HEALTHY;
}

static Verdict
check_docker (Gate *gate, const DwContainer *container, char **outcome)
{
  const char *output = container->health_output != NULL ? container->health_output : "";

  switch (container->health)
    {
    case DW_CONTAINER_HEALTH_HEALTHY:
      *outcome = g_strdup (_ ("The image's health check passed"));
      return VERDICT_HEALTHY;
    case DW_CONTAINER_HEALTH_UNHEALTHY:
      *outcome = g_strdup_printf (_ ("The image's health check failed: %s"), output);
      return VERDICT_FINAL;
    case DW_CONTAINER_HEALTH_STARTING:
      *outcome = g_strdup (_ ("The image's health check has not decided yet"));
      return g_get_monotonic_time () - gate->started_at_us < ENGINE_VERDICT_LIMIT_MS * 1000L
                 ? VERDICT_WAIT
                 : VERDICT_FINAL;
    case DW_CONTAINER_HEALTH_NONE:
    default:
      *outcome = g_strdup (_ ("The image has no HEALTHCHECK; choose another kind of health check "
                              "for the project"));
      return VERDICT_FINAL;
    }
}

static Verdict
check_still_running (Gate *gate, char **outcome)
{
  int wanted_ms = dw_project_get_health_timeout_ms (gate->project);
  gint64 elapsed_ms = (g_get_monotonic_time () - gate->started_at_us) / 1000;

  *outcome = g_strdup_printf (_ ("Running for %lld ms of %d"), (long long) elapsed_ms, wanted_ms);

  return elapsed_ms >= wanted_ms ? VERDICT_HEALTHY : VERDICT_WAIT;
}

static Verdict
check (Gate *gate, const DwContainer *container, char **outcome, GCancellable *cancellable)
{
  switch (dw_project_get_health_kind (gate->project))
    {
    case DW_HEALTH_HTTP:
      return check_http (gate, outcome, cancellable);
    case DW_HEALTH_TCP:
      return check_tcp (gate, outcome, cancellable);
    case DW_HEALTH_DOCKER:
      return check_docker (gate, container, outcome);
    case DW_HEALTH_NONE:
    default:
      return check_still_running (gate, outcome);
    }
}

/* Whether the process is there; a container that the engine had to start again is not. */
static gboolean
check_process (const DwContainer *container, GError **error)
{
  if (container->state == DW_CONTAINER_RUNNING && container->restart_count == 0)
    return TRUE;

  if (container->was_oom_killed)
    g_set_error_literal (error, DW_DEPLOY_ERROR, DW_DEPLOY_ERROR_EXITED,
                         _ ("The container was killed because it used more memory than it may; "
                            "raise the project's memory limit"));
  else if (container->state_error != NULL)
    g_set_error (error, DW_DEPLOY_ERROR, DW_DEPLOY_ERROR_EXITED, _ ("The container ended: %s"),
                 container->state_error);
  else if (container->state == DW_CONTAINER_RUNNING)
    /* The engine has forgotten how. */
    g_set_error (error, DW_DEPLOY_ERROR, DW_DEPLOY_ERROR_EXITED,
                 ngettext ("The container ended by itself, and the engine has started it again %d "
                           "time; its last output is in the deploy's log",
                           "The container ended by itself, and the engine has started it again %d "
                           "times; its last output is in the deploy's log",
                           (gulong) container->restart_count),
                 container->restart_count);
  else
    g_set_error (error, DW_DEPLOY_ERROR, DW_DEPLOY_ERROR_EXITED,
                 _ ("The container ended by itself with exit status %d; its last output is in the "
                    "deploy's log"),
                 container->exit_code);
  return FALSE;
}

/* A container that has ended publishes nothing either, so this is asked of one that runs. */
static gboolean
check_port (Gate *gate, GError **error)
{
  DwHealth kind = dw_project_get_health_kind (gate->project);

  if (gate->host_port != 0 || (kind != DW_HEALTH_HTTP && kind != DW_HEALTH_TCP))
    return TRUE;

  g_set_error_literal (error, DW_DEPLOY_ERROR, DW_DEPLOY_ERROR_NO_PORT,
                       _ ("The health check needs a port, and neither the project nor the image "
                          "names one; set the project's port"));
  return FALSE;
}

static gboolean
run_gate (Gate *gate,
          const char *container_id,
          DwHealthGateFunc report,
          gpointer user_data,
          GCancellable *cancellable,
          GError **error)
{
  int interval_ms = dw_project_get_health_interval_ms (gate->project);
  int pause_ms = MIN (FIRST_PAUSE_MS, interval_ms);
  int failures = 0;

  for (;;)
    {
      g_autofree char *outcome = NULL;
      g_autoptr (DwContainer)
          container = dw_engine_inspect_container (gate->engine, container_id, cancellable, error);

      if (container == NULL || !check_process (container, error) || !check_port (gate, error))
        return FALSE;

      gint64 asked_at_us = g_get_monotonic_time ();
      Verdict verdict = check (gate, container, &outcome, cancellable);
      gint64 took_ms = (g_get_monotonic_time () - asked_at_us) / 1000;
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      if (verdict != VERDICT_WAIT)
        report (verdict == VERDICT_HEALTHY, outcome, user_data);
      if (verdict == VERDICT_HEALTHY)
        return TRUE;

      /* What took as long as an interval was no quick attempt. */
      if (verdict == VERDICT_FAILED && (pause_ms >= interval_ms || took_ms >= interval_ms))
        failures++;
      if (verdict == VERDICT_FINAL || failures >= dw_project_get_health_retries (gate->project) ||
          g_get_monotonic_time () >= gate->ends_at_us)
        {
          g_set_error (error, DW_DEPLOY_ERROR, DW_DEPLOY_ERROR_UNHEALTHY,
                       _ ("The new instance did not become healthy: %s"), outcome);
          return FALSE;
        }

      if (!dw_pause (bound (gate, pause_ms), cancellable, error))
        return FALSE;
      pause_ms = MIN (pause_ms * 2, interval_ms);
    }
}

/**
 * dw_health_gate_pass:
 * @engine: where the container runs
 * @project: whose health check it is; all health properties count
 * @container_id: a container that was started
 * @host_port: where it is published on this machine's loopback, or 0
 * @limit_ms: how long it may take at most, or 0 for as long as the project lets it
 * @report: told of every attempt, in this thread
 * @user_data: for @report
 * @cancellable: (nullable): ends the waiting
 * @error: DW_DEPLOY_ERROR_UNHEALTHY, _EXITED or _NO_PORT, a DW_ENGINE_ERROR, or
 *   G_IO_ERROR_CANCELLED
 *
 * Waits until the container is healthy. With the kind %DW_HEALTH_NONE it is when it still runs
 * after the project's health timeout. Blocks; not on the main thread.
 *
 * Returns: whether it is healthy
 */
gboolean
dw_health_gate_pass (DwEngine *engine,
                     DwProject *project,
                     const char *container_id,
                     guint16 host_port,
                     int limit_ms,
                     DwHealthGateFunc report,
                     gpointer user_data,
                     GCancellable *cancellable,
                     GError **error)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GMainContextPusher) pusher G_GNUC_UNUSED = g_main_context_pusher_new (context);
  /* What is asked is this machine: a proxy from the environment has no part in it. */
  g_autoptr (SoupSession) session = soup_session_new_with_options ("proxy-resolver", NULL, NULL);
  Gate gate = {
    .engine = engine,
    .project = project,
    .host_port = host_port,
    .context = context,
    .session = session,
    .started_at_us = g_get_monotonic_time (),
    .ends_at_us = limit_ms > 0 ? g_get_monotonic_time () + limit_ms * G_TIME_SPAN_MILLISECOND
                               : G_MAXINT64,
  };

  gboolean has_passed = run_gate (&gate, container_id, report, user_data, cancellable, error);
  soup_session_abort (session);

  return has_passed;
}

/* test-streams.c: output and events as they come, beside everything else
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <string.h>

#include "engine-fixture.h"

#define N_LINES 300
#define N_THREADS 20
#define N_REQUESTS 10

typedef struct
{
  DwEngine *engine;
  char *image;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->engine = fixture_new_engine ();
  fixture->image = fixture_pull_image (fixture->engine, "streams:1", NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_clear_object (&fixture->engine);
  g_clear_pointer (&fixture->image, g_free);
}

static gboolean
on_line (const char *line, gboolean is_stderr, gpointer user_data)
{
  g_autofree char *told = g_strdup_printf ("%s %s", is_stderr ? "err" : "out", line);

  g_assert_true (g_utf8_validate (line, -1, NULL));
  g_assert_null (strchr (line, '\n'));
  fixture_call_tell (user_data, told);

  return TRUE;
}

static gboolean
on_only_line (const char *line, gboolean is_stderr, gpointer user_data)
{
  fixture_call_tell (user_data, line);
  return FALSE;
}

static gboolean
read_all (FixtureCall *call, GError **error)
{
  return dw_engine_read_logs (call->engine, call->target, 0, FALSE, on_line, call,
                              call->cancellable, error);
}

static gboolean
read_last_two (FixtureCall *call, GError **error)
{
  return dw_engine_read_logs (call->engine, call->target, 2, FALSE, on_line, call,
                              call->cancellable, error);
}

static gboolean
follow (FixtureCall *call, GError **error)
{
  return dw_engine_read_logs (call->engine, call->target, 0, TRUE, on_line, call, call->cancellable,
                              error);
}

static gboolean
follow_one_line (FixtureCall *call, GError **error)
{
  return dw_engine_read_logs (call->engine, call->target, 0, TRUE, on_only_line, call,
                              call->cancellable, error);
}

static gboolean
wait_for_end (FixtureCall *call, GError **error)
{
  gint64 exit_code = -1;

  return dw_engine_wait_container (call->engine, call->target, &exit_code, call->cancellable,
                                   error);
}

static gboolean
on_event (const DwEngineEvent *event, gpointer user_data)
{
  const char *name = g_hash_table_lookup (event->attributes, "name");
  g_autofree char *told = g_strdup_printf ("%s %s %s", event->type, event->action,
                                           name != NULL ? name : "");

  g_assert_cmpint (event->time_ns, >, 0);
  fixture_call_tell (user_data, told);

  return TRUE;
}

/* The call's target is the label. */
static gboolean
watch (FixtureCall *call, GError **error)
{
  const char *labels[] = { call->target, NULL };

  return dw_engine_watch_events (call->engine, call->target != NULL ? labels : NULL, on_event, call,
                                 call->cancellable, error);
}

static gboolean
on_first_event (const DwEngineEvent *event, gpointer user_data)
{
  fixture_call_tell (user_data, event->action);
  return FALSE;
}

static gboolean
watch_one (FixtureCall *call, GError **error)
{
  return dw_engine_watch_events (call->engine, NULL, on_first_event, call, call->cancellable,
                                 error);
}

static gboolean
was_told (FixtureCall *call, const char *line)
{
  g_mutex_lock (&call->lock);
  gboolean told = g_ptr_array_find_with_equal_func (call->lines, line, g_str_equal, NULL);
  g_mutex_unlock (&call->lock);

  return told;
}

static char *
run_script (Fixture *fixture, const char *name, const char *script)
{
  g_autoptr (DwContainerSpec) spec = fixture_new_spec (name, fixture->image, script);

  return fixture_run (fixture->engine, spec);
}

static FixtureCall *
read_output (Fixture *fixture, const char *id, FixtureCallFunc function)
{
  FixtureCall *call = fixture_call_new (fixture->engine, id, function);

  fixture_call_join (call);
  g_assert_no_error (call->error);
  g_assert_true (call->succeeded);

  return call;
}

static const char *
get_line (FixtureCall *call, guint i)
{
  g_assert_cmpuint (i, <, call->lines->len);
  return g_ptr_array_index (call->lines, i);
}

static void
test_output_tells_its_streams_apart (Fixture *fixture, gconstpointer data)
{
  g_autofree char *id = run_script (fixture, "two-streams",
                                    "echo one; sleep 0.2; echo two >&2; sleep 0.2; printf three");
  fixture_wait (fixture->engine, id);
  g_autoptr (FixtureCall) call = read_output (fixture, id, read_all);

  g_assert_cmpuint (call->lines->len, ==, 3);
  g_assert_cmpstr (get_line (call, 0), ==, "out one");
  g_assert_cmpstr (get_line (call, 1), ==, "err two");
  g_assert_cmpstr (get_line (call, 2), ==, "out three");
}

static void
test_a_tail_is_the_last_lines (Fixture *fixture, gconstpointer data)
{
  g_autofree char *id = run_script (fixture, "tail", "for i in 1 2 3 4 5; do echo $i; done");
  fixture_wait (fixture->engine, id);
  g_autoptr (FixtureCall) call = read_output (fixture, id, read_last_two);

  g_assert_cmpuint (call->lines->len, ==, 2);
  g_assert_cmpstr (get_line (call, 0), ==, "out 4");
  g_assert_cmpstr (get_line (call, 1), ==, "out 5");
}

static void
test_a_terminal_has_one_stream (Fixture *fixture, gconstpointer data)
{
  g_autofree char *json = g_strdup_printf (
      "{\"Image\":\"%s\",\"Tty\":true,\"Cmd\":[\"sh\",\"-c\",\"echo one; echo two >&2\"]}",
      fixture->image);
  g_autofree char *id = fixture_create_raw (json);
  g_autoptr (GError) error = NULL;

  dw_engine_start_container (fixture->engine, id, NULL, &error);
  g_assert_no_error (error);
  fixture_wait (fixture->engine, id);
  g_autoptr (DwContainer)
      container = dw_engine_inspect_container (fixture->engine, id, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (container->has_tty);

  g_autoptr (FixtureCall) call = read_output (fixture, id, read_all);
  g_assert_cmpuint (call->lines->len, ==, 2);
  g_assert_cmpstr (get_line (call, 0), ==, "out one");
  g_assert_cmpstr (get_line (call, 1), ==, "out two");
}

static void
test_output_that_is_no_text_becomes_valid (Fixture *fixture, gconstpointer data)
{
  g_autofree char *id = run_script (fixture, "bytes",
                                    "printf 'bad \\377 byte\\n'; printf 'null \\000 byte\\n'");
  fixture_wait (fixture->engine, id);
  g_autoptr (FixtureCall) call = read_output (fixture, id, read_all);

  g_assert_cmpuint (call->lines->len, ==, 2);
  g_assert_true (g_str_has_prefix (get_line (call, 0), "out bad "));
  g_assert_true (g_str_has_suffix (get_line (call, 0), " byte"));
  g_assert_true (g_str_has_prefix (get_line (call, 1), "out null "));
}

static void
test_a_line_without_end_is_cut (Fixture *fixture, gconstpointer data)
{
  g_autofree char *id = run_script (fixture, "endless-line",
                                    "head -c 4000000 /dev/zero | tr '\\0' x; echo; echo after");
  gsize longest = 0;

  fixture_wait (fixture->engine, id);
  g_autoptr (FixtureCall) call = read_output (fixture, id, read_all);

  for (guint i = 0; i < call->lines->len; i++)
    longest = MAX (longest, strlen (get_line (call, i)));
  g_assert_cmpuint (longest, <, 4000000);
  g_assert_cmpstr (get_line (call, call->lines->len - 1), ==, "out after");
}

static void
test_following_keeps_the_order_and_ends_with_the_container (Fixture *fixture, gconstpointer data)
{
  g_autofree char *script = g_strdup_printf (
      "i=0; while [ $i -lt %d ]; do echo line $i; i=$((i + 1)); done; sleep 0.5; echo the end",
      N_LINES);
  g_autofree char *id = run_script (fixture, "followed", script);
  g_autoptr (FixtureCall) call = read_output (fixture, id, follow);

  g_assert_cmpuint (call->lines->len, ==, N_LINES + 1);
  for (guint i = 0; i < N_LINES; i++)
    {
      g_autofree char *expected = g_strdup_printf ("out line %u", i);
      g_assert_cmpstr (get_line (call, i), ==, expected);
    }
  g_assert_cmpstr (get_line (call, N_LINES), ==, "out the end");
}

static void
test_the_function_ends_a_stream (Fixture *fixture, gconstpointer data)
{
  g_autofree char *id = run_script (fixture, "chatty", "while :; do echo word; sleep 0.1; done");
  g_autoptr (FixtureCall) call = read_output (fixture, id, follow_one_line);

  g_assert_cmpuint (call->lines->len, ==, 1);

  g_autoptr (FixtureCall) events = fixture_call_new (fixture->engine, NULL, watch_one);
  while (!was_told (events, "rename"))
    {
      g_autofree char *name = g_strdup_printf ("chatty-%u", g_random_int ());
      dw_engine_rename_container (fixture->engine, id, name, NULL, NULL);
      g_usleep (50 * 1000);
    }
  fixture_call_join (events);
  g_assert_no_error (events->error);
  g_assert_true (events->succeeded);
  g_assert_cmpuint (events->lines->len, ==, 1);
}

static char *
create_labelled (Fixture *fixture, const char *name, const char *label)
{
  g_autoptr (DwContainerSpec) spec = fixture_new_spec (name, fixture->image, NULL);

  g_hash_table_insert (spec->labels, g_strdup ("events"), g_strdup (label));

  return fixture_create (fixture->engine, spec);
}

static void
test_a_start_is_an_event_for_those_with_its_label (Fixture *fixture, gconstpointer data)
{
  g_autofree char *other = create_labelled (fixture, "unwatched", "other");
  g_autoptr (FixtureCall) call = fixture_call_new (fixture->engine, "events=mine", watch);
  g_autoptr (GError) error = NULL;
  guint n_created = 0;

  /* Nothing says when the engine has begun to tell, so there are more until one is told. */
  while (!was_told (call, "container start watched"))
    {
      g_autofree char *id = create_labelled (fixture, "watched", "mine");

      dw_engine_start_container (fixture->engine, other, NULL, &error);
      g_assert_no_error (error);
      dw_engine_start_container (fixture->engine, id, NULL, &error);
      g_assert_no_error (error);
      g_usleep (200 * 1000);
      dw_engine_remove_container (fixture->engine, id, NULL, &error);
      g_assert_no_error (error);
      dw_engine_stop_container (fixture->engine, other, 1, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (++n_created, <, 50);
    }

  g_assert_false (was_told (call, "container start unwatched"));
  fixture_call_cancel_and_check (call);
}

static gpointer
ask_often (gpointer user_data)
{
  Fixture *fixture = user_data;

  for (int i = 0; i < N_REQUESTS; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (DwImage)
          image = dw_engine_inspect_image (fixture->engine, fixture->image, NULL, &error);
      g_assert_no_error (error);
      g_assert_nonnull (image);
      g_autoptr (GPtrArray)
          containers = dw_engine_list_containers (fixture->engine, NULL, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (containers->len, >, 0);
    }

  return NULL;
}

static void
test_streams_do_not_keep_others_waiting (Fixture *fixture, gconstpointer data)
{
  g_autofree char *id = run_script (fixture, "quiet", "echo ready; sleep 1000");
  g_autoptr (FixtureCall) output = fixture_call_new (fixture->engine, id, follow);
  g_autoptr (FixtureCall) events = fixture_call_new (fixture->engine, NULL, watch);
  g_autoptr (FixtureCall) end = fixture_call_new (fixture->engine, id, wait_for_end);
  GThread *threads[N_THREADS];

  fixture_call_await_lines (output, 1);
  for (guint i = 0; i < N_THREADS; i++)
    threads[i] = g_thread_new ("ask", ask_often, fixture);
  for (guint i = 0; i < N_THREADS; i++)
    g_thread_join (threads[i]);

  fixture_call_cancel_and_check (output);
  fixture_call_cancel_and_check (events);
  fixture_call_cancel_and_check (end);
}

static void
test_what_is_cancelled_before_it_begins_does_not_begin (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (DwContainerSpec) spec = fixture_new_spec ("never", fixture->image, NULL);
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  g_assert_null (dw_engine_create_container (fixture->engine, spec, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_null (dw_engine_inspect_container (fixture->engine, "never", NULL, &error));
  g_assert_error (error, DW_ENGINE_ERROR, DW_ENGINE_ERROR_NOT_FOUND);
}

static void
test_output_of_an_unknown_container_is_not_found (Fixture *fixture, gconstpointer data)
{
  g_autoptr (FixtureCall) call = fixture_call_new (fixture->engine, "nobody", follow);

  fixture_call_join (call);
  g_assert_error (call->error, DW_ENGINE_ERROR, DW_ENGINE_ERROR_NOT_FOUND);
}

#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("/engine/logs/tell-their-streams-apart", test_output_tells_its_streams_apart);
  ADD ("/engine/logs/a-tail-is-the-last-lines", test_a_tail_is_the_last_lines);
  ADD ("/engine/logs/a-terminal-has-one-stream", test_a_terminal_has_one_stream);
  ADD ("/engine/logs/what-is-no-text-becomes-valid", test_output_that_is_no_text_becomes_valid);
  ADD ("/engine/logs/a-line-without-end-is-cut", test_a_line_without_end_is_cut);
  ADD ("/engine/logs/following-keeps-the-order-and-ends-with-the-container",
       test_following_keeps_the_order_and_ends_with_the_container);
  ADD ("/engine/logs/an-unknown-container-is-not-found",
       test_output_of_an_unknown_container_is_not_found);
  ADD ("/engine/streams/the-function-ends-one", test_the_function_ends_a_stream);
  ADD ("/engine/streams/do-not-keep-others-waiting", test_streams_do_not_keep_others_waiting);
  ADD ("/engine/events/a-start-is-told-to-those-with-its-label",
       test_a_start_is_an_event_for_those_with_its_label);
  ADD ("/engine/cancelled-before-it-begins-does-not-begin",
       test_what_is_cancelled_before_it_begins_does_not_begin);

  return g_test_run ();
}

/* scroll-bench.c: the history of a million deploys, scrolled end to end in the real window
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * It shows the program's own window and page, as the program does, under Xvfb and the Cairo
 * renderer, and moves the scroll bar from one end to the other in so many frames that each shows
 * rows that were not read yet. What counts is the longest time from one frame of the GdkFrameClock
 * to the next. The peer is a bare GtkColumnView of the same size with as many columns of GtkLabel,
 * over a model that has all of its strings in memory, scrolled in the same way in the same process.
 * Other programs of the machine make frames late at any place, and what is slow in the program does
 * so at the same place each time: both are measured in turn, some times over, and of each place the
 * best counts. The limit is 33 ms, as a ratio to the peer.
 *
 * Prints: scroll ours=MS peer=MS ratio=R limit=L ok|short
 */

#include "config.h"

#include <adwaita.h>
#include <glib/gstdio.h>
#include <errno.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "deploy/dw-engine-status.h"
#include "deploy/dw-registries.h"
#include "store/dw-store.h"
#include "ui/dw-session.h"
#include "ui/dw-window.h"

#define N_DEPLOYS 1000000
#define N_FRAMES 400
#define LEAST_ROUNDS 3
#define MOST_ROUNDS 8
#define FRAME_MS 33.0
#define WIDTH 1000
#define HEIGHT 700

/* One way through all rows. */
typedef struct
{
  GtkAdjustment *adjustment;
  int n_frames; /* so far */
  gint64 last_us;
  gint64 last_cpu_us;
  double frames_ms[N_FRAMES];
  double longest_cpu_ms; /* of this thread's own work in a frame */
  gboolean is_done;
} Scroll;

/* Of each place the best of all times. */
typedef struct
{
  const char *name;
  double frames_ms[N_FRAMES];
} Subject;

static void
fail (const char *what, const char *message)
{
  g_printerr ("scroll-bench: %s: %s\n", what, message);
  exit (1);
}

static gint64
get_cpu_us (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

static gboolean
on_frame (GtkWidget *widget, GdkFrameClock *clock, gpointer user_data)
{
  Scroll *scroll = user_data;
  gint64 now_us = gdk_frame_clock_get_frame_time (clock);
  gint64 cpu_us = get_cpu_us ();

  if (scroll->n_frames > 0)
    {
      scroll->frames_ms[scroll->n_frames - 1] = (double) (now_us - scroll->last_us) / 1000;
      scroll->longest_cpu_ms = MAX (scroll->longest_cpu_ms,
                                    (double) (cpu_us - scroll->last_cpu_us) / 1000);
    }
  scroll->last_us = now_us;
  scroll->last_cpu_us = cpu_us;

  if (scroll->n_frames == N_FRAMES)
    {
      scroll->is_done = TRUE;
      return G_SOURCE_REMOVE;
    }

  double length = gtk_adjustment_get_upper (scroll->adjustment) -
                  gtk_adjustment_get_page_size (scroll->adjustment);
  scroll->n_frames++;
  gtk_adjustment_set_value (scroll->adjustment, length * scroll->n_frames / N_FRAMES);

  return G_SOURCE_CONTINUE;
}

static gboolean
on_moment (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;

  return G_SOURCE_REMOVE;
}

static void
wait_ms (guint ms)
{
  gboolean is_over = FALSE;

  g_timeout_add (ms, on_moment, &is_over);
  while (!is_over)
    g_main_context_iteration (NULL, TRUE);
}

static GtkWidget *
find (GtkWidget *widget, GType type)
{
  if (G_TYPE_CHECK_INSTANCE_TYPE (widget, type))
    return widget;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find (child, type);

      if (found != NULL)
        return found;
    }

  return NULL;
}

static double
get_longest (const double *frames_ms)
{
  double longest_ms = 0;

  for (int i = 0; i < N_FRAMES; i++)
    longest_ms = MAX (longest_ms, frames_ms[i]);

  return longest_ms;
}

/* Returns: the longest of what is the best of each place by now */
static double
measure (GtkWindow *window, Subject *subject)
{
  GtkWidget *view = find (GTK_WIDGET (window), GTK_TYPE_COLUMN_VIEW);
  Scroll scroll = { .adjustment = gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (view)) };
  double total_ms = 0;

  gtk_window_present (window);
  gtk_adjustment_set_value (scroll.adjustment, 0);
  wait_ms (1000);
  gtk_widget_add_tick_callback (view, on_frame, &scroll, NULL);
  while (!scroll.is_done)
    g_main_context_iteration (NULL, TRUE);
  gtk_widget_set_visible (GTK_WIDGET (window), FALSE);

  for (int i = 0; i < N_FRAMES; i++)
    {
      total_ms += scroll.frames_ms[i];
      subject->frames_ms[i] = subject->frames_ms[i] > 0
                                  ? MIN (subject->frames_ms[i], scroll.frames_ms[i])
                                  : scroll.frames_ms[i];
    }
  g_printerr ("scroll-bench: %s: one of %d frames took %.1f ms in the mean, the longest %.1f ms, "
              "at most %.1f ms of it our own work\n",
              subject->name, N_FRAMES, total_ms / N_FRAMES, get_longest (scroll.frames_ms),
              scroll.longest_cpu_ms);

  return get_longest (subject->frames_ms);
}

/* --- Ours ---------------------------------------------------------------------------------------
 */

static GtkWindow *
open_window (GtkApplication *application, const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DwStore) store = dw_store_open (path, &error);

  if (store == NULL)
    fail (path, error->message);

  g_autoptr (DwRegistries) registries = dw_registries_new (store);
  g_autoptr (DwEngineStatus) engine_status = dw_engine_status_new (NULL);
  g_autoptr (DwSession) session = dw_session_new (store, registries, engine_status);
  DwWindow *window = dw_window_new (application);

  gtk_window_set_default_size (GTK_WINDOW (window), WIDTH, HEIGHT);
  dw_window_set_session (window, session);
  dw_window_show_page (window, "deploys", NULL);
  gtk_window_present (GTK_WINDOW (window));

  /* Until all of the rows are known. */
  GtkWidget *view = find (GTK_WIDGET (window), GTK_TYPE_COLUMN_VIEW);
  for (guint n = 0; n < N_DEPLOYS; wait_ms (100))
    {
      GtkSelectionModel *model = gtk_column_view_get_model (GTK_COLUMN_VIEW (view));

      n = model != NULL ? g_list_model_get_n_items (G_LIST_MODEL (model)) : 0;
    }

  return GTK_WINDOW (window);
}

/* --- The peer -----------------------------------------------------------------------------------
 */

static void
on_setup (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_list_item_set_child (item, label);
}

static void
on_bind (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  GtkStringObject *string = gtk_list_item_get_item (item);

  gtk_label_set_label (GTK_LABEL (gtk_list_item_get_child (item)),
                       gtk_string_object_get_string (string));
}

static GtkWindow *
open_peer (GtkApplication *application)
{
  GtkStringList *strings = gtk_string_list_new (NULL);
  GtkWidget *view;
  GtkWidget *scroller = gtk_scrolled_window_new ();
  GtkWidget *window = gtk_application_window_new (application);

  for (guint i = 0; i < N_DEPLOYS; i++)
    gtk_string_list_take (strings, g_strdup_printf ("project-%07u/prod", i));
  view = gtk_column_view_new (GTK_SELECTION_MODEL (gtk_no_selection_new (G_LIST_MODEL (strings))));
  for (guint i = 0; i < 5; i++)
    {
      GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
      GtkColumnViewColumn *column = gtk_column_view_column_new ("Column", factory);

      g_signal_connect (factory, "setup", G_CALLBACK (on_setup), NULL);
      g_signal_connect (factory, "bind", G_CALLBACK (on_bind), NULL);
      gtk_column_view_column_set_fixed_width (column, 140);
      gtk_column_view_append_column (GTK_COLUMN_VIEW (view), column);
      g_object_unref (column);
    }
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), view);
  gtk_window_set_child (GTK_WINDOW (window), scroller);
  gtk_window_set_default_size (GTK_WINDOW (window), WIDTH, HEIGHT);

  return GTK_WINDOW (window);
}

/* ------------------------------------------------------------------------------------------------
 */

typedef struct
{
  const char *path;
  double our_ms;
  double peer_ms;
} Bench;

static void
on_activate (GtkApplication *application, Bench *bench)
{
  GtkWindow *ours = open_window (application, bench->path);
  GtkWindow *peer = open_peer (application);

  Subject our = { .name = "ours" };
  Subject other = { .name = "peer" };

  for (int i = 0; i < LEAST_ROUNDS || (i < MOST_ROUNDS && bench->our_ms > FRAME_MS); i++)
    {
      bench->peer_ms = measure (peer, &other);
      bench->our_ms = measure (ours, &our);
    }
  gtk_window_destroy (peer);
  gtk_window_destroy (ours);
}

static void
run_program (const char *const *arguments)
{
  g_autoptr (GError) error = NULL;
  int status = 0;

  if (!g_spawn_sync (NULL, (char **) arguments, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL,
                     &status, &error) ||
      !g_spawn_check_wait_status (status, &error))
    fail (arguments[0], error->message);
}

static int
run_on_display (const char *program)
{
  g_autofree char *folder = g_path_get_dirname (program);
  g_autofree char *maker = g_build_filename (folder, "make-history", NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *home = g_dir_make_tmp ("scroll-bench-XXXXXX", &error);

  if (home == NULL)
    fail ("temporary folder", error->message);
  g_autofree char *path = g_build_filename (home, "history.db", NULL);
  run_program ((const char *[]){ maker, path, NULL });

  Bench bench = { path, 0, 0 };
  g_autoptr (AdwApplication) application = adw_application_new (NULL, G_APPLICATION_NON_UNIQUE);
  g_application_set_resource_base_path (G_APPLICATION (application),
                                        "/io/github/alexei/DockerWatcher");
  g_signal_connect (application, "activate", G_CALLBACK (on_activate), &bench);
  g_application_run (G_APPLICATION (application), 0, NULL);
  run_program ((const char *[]){ "rm", "-r", home, NULL });

  double ratio = bench.our_ms / bench.peer_ms;
  double limit = FRAME_MS / bench.peer_ms;
  g_print ("scroll ours=%.1f peer=%.1f ratio=%.2f limit=%.2f %s\n", bench.our_ms, bench.peer_ms,
           ratio, limit, bench.our_ms <= FRAME_MS ? "ok" : "short");

  return bench.our_ms <= FRAME_MS ? 0 : 1;
}

/* Nothing of the person's: neither the display, nor the settings, nor the engine. */
int
main (int argc, char **argv)
{
  if (g_getenv ("DW_BENCH_DISPLAY") != NULL)
    return run_on_display (argv[0]);

  g_setenv ("DW_BENCH_DISPLAY", "yes", TRUE);
  g_setenv ("GDK_BACKEND", "x11", TRUE);
  g_setenv ("GSK_RENDERER", "cairo", TRUE);
  g_setenv ("GSETTINGS_BACKEND", "memory", TRUE);
  g_setenv ("DOCKER_HOST", "unix:///nonexistent/engine.sock", TRUE);
  g_unsetenv ("WAYLAND_DISPLAY");
  const char *arguments[] = { "xvfb-run",         "-a", "-s",    "-screen 0 1280x800x24 -noreset",
                              "dbus-run-session", "--", argv[0], NULL };
  execvp (arguments[0], (char **) arguments);
  fail ("xvfb-run", g_strerror (errno));
}

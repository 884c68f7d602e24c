/* window-leaks.c: opens and closes all of the window, and counts what is left
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * It is the program itself: with words, its command line. Without, it runs in the background with
 * every object counted, from the first one of GObject on. Each round opens the window, leads it to
 * each of its pages, opens and closes each of its dialogs, and closes it. After some rounds, when
 * all that is made once was made, and after a hundred more it looks at how many objects of each
 * type there are, and how large the process is. It also ends where a widget ends in another thread.
 *
 * Prints a line KIND BEFORE AFTER for each type whose number grew, and for the kilobytes; ends with
 * 0 when the rounds were done.
 */

#include "config.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include "cli/dw-cli.h"
#include "dw-application.h"
#include "store/dw-store.h"
#include "ui/dw-dialog.h"
#include "ui/dw-window.h"

#define N_ROUNDS_BEFORE 10
#define N_ROUNDS 100
#define STEP_MS 20
#define LIMIT_MS 20000

/* Those that have been made and not freed; the lock is for the threads. */
static GHashTable *living;
static GMutex living_lock;
static GObjectClass original;
static GThread *main_thread;

static char *project_id, *stage_id, *deploy_id, *registry_id;
static int n_done;

static void
on_constructed (GObject *object)
{
  g_mutex_lock (&living_lock);
  g_hash_table_add (living, object);
  g_mutex_unlock (&living_lock);

  original.constructed (object);
}

static void
on_finalize (GObject *object)
{
  /* What a thread has worked for must not end in that thread. */
  if (GTK_IS_WIDGET (object) && g_thread_self () != main_thread)
    g_error ("a %s ends in another thread", G_OBJECT_TYPE_NAME (object));

  g_mutex_lock (&living_lock);
  g_hash_table_remove (living, object);
  g_mutex_unlock (&living_lock);

  original.finalize (object);
}

/* Every class that comes after has these of GObject's, or leads to them. */
static void
begin_to_count (void)
{
  GObjectClass *klass = g_type_class_ref (G_TYPE_OBJECT);

  main_thread = g_thread_self ();
  living = g_hash_table_new (NULL, NULL);
  original = *klass;
  klass->constructed = on_constructed;
  klass->finalize = on_finalize;
}

/* Returns: (transfer full): the number of objects by the name of their type */
static GHashTable *
count_living (void)
{
  GHashTable *counts = g_hash_table_new (g_str_hash, g_str_equal);
  GHashTableIter iter;
  gpointer object;

  g_mutex_lock (&living_lock);
  g_hash_table_iter_init (&iter, living);
  while (g_hash_table_iter_next (&iter, &object, NULL))
    {
      gpointer name = (gpointer) G_OBJECT_TYPE_NAME (object);

      g_hash_table_insert (
          counts, name,
          GUINT_TO_POINTER (GPOINTER_TO_UINT (g_hash_table_lookup (counts, name)) + 1));
    }
  g_mutex_unlock (&living_lock);

  return counts;
}

/* Returns: (transfer full) (nullable): one of those of the type that live */
static gpointer
find_living (GType type)
{
  GHashTableIter iter;
  gpointer object;
  gpointer found = NULL;

  g_mutex_lock (&living_lock);
  g_hash_table_iter_init (&iter, living);
  while (found == NULL && g_hash_table_iter_next (&iter, &object, NULL))
    if (g_type_is_a (G_OBJECT_TYPE (object), type))
      found = object;
  g_mutex_unlock (&living_lock);

  /* Widgets are of this thread alone. */
  return found != NULL ? g_object_ref (found) : NULL;
}

static gboolean
on_step_over (gpointer user_data)
{
  gboolean *is_over = user_data;

  *is_over = TRUE;

  return G_SOURCE_REMOVE;
}

static void
run_for (guint ms)
{
  gboolean is_over = FALSE;

  g_timeout_add (ms, on_step_over, &is_over);
  while (!is_over)
    g_main_context_iteration (NULL, TRUE);
}

/* Until there is none of a type any more: what a thread still does with it comes to its end. */
static void
wait_for_end (GType type)
{
  gint64 deadline = g_get_monotonic_time () + LIMIT_MS * G_TIME_SPAN_MILLISECOND;
  gpointer object;

  while ((object = find_living (type)) != NULL && g_get_monotonic_time () < deadline)
    {
      g_object_unref (object);
      run_for (1);
    }
  if (object != NULL)
    {
      g_printerr ("window-leaks: a %s stays\n", G_OBJECT_TYPE_NAME (object));
      exit (EXIT_FAILURE);
    }
}

static void
close_dialog (void)
{
  g_autoptr (DwDialog) dialog = find_living (DW_TYPE_DIALOG);

  g_assert_nonnull (dialog);
  dw_dialog_close (dialog);
}

static void
do_round (GApplication *application)
{
  const struct
  {
    const char *name;
    const char *item_id;
  } pages[] = {
    { "projects", "" },       { "project", project_id },   { "instances", "" },
    { "deploys", "" },        { "deploy", deploy_id },     { "registries", "" },
    { "registry", registry_id },
  }, dialogs[] = {
    { "registry", "" },       { "registry", registry_id }, { "project", "" },
    { "project", project_id }, { "add-stage", project_id }, { "stage", stage_id },
    { "adopt", "" },          { "import", "" },            { "settings", "" },
    { "deploy", stage_id },   { "roll-back", stage_id },   { "logs", stage_id },
    { "remove", project_id }, { "webhook", "" },
  };
  GtkWindow *window;

  g_application_activate (application);
  window = gtk_application_get_active_window (GTK_APPLICATION (application));
  run_for (STEP_MS);
  for (gsize i = 0; i < G_N_ELEMENTS (pages); i++)
    {
      const char *shown_id;

      g_assert_true (gtk_widget_activate_action (GTK_WIDGET (window), "win.show-page", "(ss)",
                                                 pages[i].name, pages[i].item_id));
      run_for (STEP_MS);
      g_assert_cmpstr (dw_window_get_page (DW_WINDOW (window), &shown_id), ==, pages[i].name);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (dialogs); i++)
    {
      g_assert_true (gtk_widget_activate_action (GTK_WIDGET (window), "win.open-dialog", "(ss)",
                                                 dialogs[i].name, dialogs[i].item_id));
      run_for (STEP_MS);
      close_dialog ();
      wait_for_end (DW_TYPE_DIALOG);
    }
  gtk_window_close (window);
  wait_for_end (DW_TYPE_WINDOW);
}

static long
get_resident_kb (void)
{
  g_autofree char *text = NULL;
  const char *line;

  malloc_trim (0);
  g_assert_true (g_file_get_contents ("/proc/self/status", &text, NULL, NULL));
  line = strstr (text, "RssAnon:");
  g_assert_nonnull (line);

  return strtol (line + strlen ("RssAnon:"), NULL, 10);
}

static void
print_growth (GHashTable *before, GHashTable *after)
{
  GHashTableIter iter;
  gpointer name;
  gpointer number;

  g_hash_table_iter_init (&iter, after);
  while (g_hash_table_iter_next (&iter, &name, &number))
    if (GPOINTER_TO_UINT (number) > GPOINTER_TO_UINT (g_hash_table_lookup (before, name)))
      g_print ("%s %u %u\n", (char *) name, GPOINTER_TO_UINT (g_hash_table_lookup (before, name)),
               GPOINTER_TO_UINT (number));
}

static gboolean
do_rounds (gpointer user_data)
{
  GApplication *application = user_data;
  g_autoptr (GHashTable) before = NULL;
  g_autoptr (GHashTable) after = NULL;
  long before_kb;

  for (int i = 0; i < N_ROUNDS_BEFORE; i++)
    do_round (application);
  run_for (1000);
  before = count_living ();
  before_kb = get_resident_kb ();

  for (n_done = 0; n_done < N_ROUNDS; n_done++)
    do_round (application);
  run_for (1000);
  after = count_living ();
  print_growth (before, after);
  g_print ("kB %ld %ld\n", before_kb, get_resident_kb ());
  g_action_group_activate_action (G_ACTION_GROUP (application), "quit", NULL);

  return G_SOURCE_REMOVE;
}

/* Returns: (transfer full): the id of the first of them */
static char *
find_id (GPtrArray *entities)
{
  g_assert_nonnull (entities);
  g_assert_cmpuint (entities->len, >, 0);

  return g_strdup (dw_entity_get_id (entities->pdata[0]));
}

static void
find_ids (void)
{
  g_autofree char *path = dw_store_get_default_path ();
  g_autoptr (GError) error = NULL;
  g_autoptr (DwStore) store = dw_store_open (path, &error);

  g_assert_no_error (error);
  g_autoptr (GPtrArray) projects = dw_store_list (store, DW_TYPE_PROJECT, &error);
  g_autoptr (GPtrArray) stages = dw_store_list (store, DW_TYPE_STAGE, &error);
  g_autoptr (GPtrArray) deploys = dw_store_list_recent_deploys (store, 1, &error);
  g_autoptr (GPtrArray) registries = dw_store_list (store, DW_TYPE_REGISTRY, &error);
  g_assert_no_error (error);

  project_id = find_id (projects);
  stage_id = find_id (stages);
  deploy_id = find_id (deploys);
  registry_id = find_id (registries);
}

int
main (int argc, char **argv)
{
  char *in_background[] = { argv[0], (char *) "--background", NULL };

  if (dw_cli_is_asked (argc, argv))
    return dw_cli_run (argc, argv);

  /* As in the program: one heap, not one for each thread. */
  mallopt (M_ARENA_MAX, 1);
  begin_to_count ();
  find_ids ();

  g_autoptr (DwApplication) application = dw_application_new ();
  /* When the program has started, the store is open, and the engine was asked. */
  g_timeout_add (2000, do_rounds, application);
  int status = g_application_run (G_APPLICATION (application), 2, in_background);

  g_free (project_id);
  g_free (stage_id);
  g_free (deploy_id);
  g_free (registry_id);

  return n_done == N_ROUNDS ? status : EXIT_FAILURE;
}

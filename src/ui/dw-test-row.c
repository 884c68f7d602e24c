/* dw-test-row.c: tries out what a form says, and tells what came of it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What came of a test is said until what was tested changes, or it is tested again.
 */

#include "config.h"

#include "ui/dw-test-row.h"

#include <glib/gi18n.h>

#include "ui/dw-format.h"
#include "ui/dw-task.h"

/* What is done sooner than that needs no spinner. */
#define SPINNER_DELAY_MS 200

struct _DwTestRow
{
  AdwActionRow parent_instance;

  GCancellable *cancellable; /* nullable: of the test that runs */
  guint spinner_source;
  char *usual_subtitle; /* nullable: while what came of a test is in its place */
  gboolean has_answer;
  gboolean can_test;

  GtkImage *image;
  GtkSpinner *spinner;
  GtkButton *button;
};

enum
{
  SIGNAL_TEST,
  SIGNAL_TESTED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (DwTestRow, dw_test_row, ADW_TYPE_ACTION_ROW)

typedef struct
{
  DwTestFunc function;
  gpointer data;
  GDestroyNotify free;
} Test;

static void
test_free (gpointer data)
{
  Test *test = data;

  if (test->free != NULL)
    test->free (test->data);
  g_free (test);
}

static gboolean
on_spinner_due (gpointer user_data)
{
  DwTestRow *self = user_data;

  self->spinner_source = 0;
  gtk_button_set_label (self->button, _ ("Cancel"));
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), TRUE);
  gtk_spinner_start (self->spinner);

  return G_SOURCE_REMOVE;
}

static void
show_button (DwTestRow *self)
{
  if (self->cancellable == NULL)
    gtk_button_set_label (self->button, C_ ("verb", "Test"));
  gtk_widget_set_sensitive (GTK_WIDGET (self->button), self->cancellable != NULL || self->can_test);
}

static void
stop (DwTestRow *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_handle_id (&self->spinner_source, g_source_remove);
  gtk_spinner_stop (self->spinner);
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), FALSE);
  show_button (self);
}

static void
show_answer (DwTestRow *self, const char *text, gboolean is_problem)
{
  if (!self->has_answer)
    self->usual_subtitle = g_strdup (adw_action_row_get_subtitle (ADW_ACTION_ROW (self)));
  self->has_answer = TRUE;

  gtk_image_set_from_icon_name (self->image,
                                is_problem ? "dialog-error-symbolic" : "object-select-symbolic");
  gtk_widget_remove_css_class (GTK_WIDGET (self->image), is_problem ? "success" : "error");
  gtk_widget_add_css_class (GTK_WIDGET (self->image), is_problem ? "error" : "success");
  gtk_widget_set_visible (GTK_WIDGET (self->image), TRUE);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), text);
}

static void
on_clicked (DwTestRow *self)
{
  if (gtk_widget_get_visible (GTK_WIDGET (self->spinner)))
    dw_test_row_forget (self);
  else
    g_signal_emit (self, signals[SIGNAL_TEST], 0);
}

static void
run_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Test *test = task_data;
  GError *error = NULL;
  char *answer = test->function (test->data, cancellable, &error);

  if (answer != NULL)
    g_task_return_pointer (task, answer, g_free);
  else
    g_task_return_error (task, error);
}

static void
on_tested (GObject *source, GAsyncResult *result, gpointer user_data)
{
  DwTestRow *self = DW_TEST_ROW (source);
  g_autoptr (GError) error = NULL;
  g_autofree char *answer = g_task_propagate_pointer (G_TASK (result), &error);
  g_autofree char *problem = error != NULL ? dw_format_sentence (error->message) : NULL;

  if (g_task_get_cancellable (G_TASK (result)) != self->cancellable)
    return;

  stop (self);
  show_answer (self, problem != NULL ? problem : answer, problem != NULL);
  g_signal_emit (self, signals[SIGNAL_TESTED], 0, error);
}

static void
dw_test_row_dispose (GObject *object)
{
  DwTestRow *self = DW_TEST_ROW (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_handle_id (&self->spinner_source, g_source_remove);

  G_OBJECT_CLASS (dw_test_row_parent_class)->dispose (object);
}

static void
dw_test_row_finalize (GObject *object)
{
  g_free (DW_TEST_ROW (object)->usual_subtitle);

  G_OBJECT_CLASS (dw_test_row_parent_class)->finalize (object);
}

static void
dw_test_row_class_init (DwTestRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = dw_test_row_dispose;
  object_class->finalize = dw_test_row_finalize;

  signals[SIGNAL_TEST] = g_signal_new ("test", DW_TYPE_TEST_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                       NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_TESTED] = g_signal_new ("tested", DW_TYPE_TEST_ROW, G_SIGNAL_RUN_LAST, 0, NULL,
                                         NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);

  gtk_widget_class_set_template_from_resource (widget_class, DW_UI_PATH "dw-test-row.ui");
  gtk_widget_class_bind_template_child (widget_class, DwTestRow, image);
  gtk_widget_class_bind_template_child (widget_class, DwTestRow, spinner);
  gtk_widget_class_bind_template_child (widget_class, DwTestRow, button);
  gtk_widget_class_bind_template_callback (widget_class, on_clicked);
}

static void
dw_test_row_init (DwTestRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->can_test = TRUE;
  /* What an engine or a registry says is no markup. */
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (self), FALSE);
}

/**
 * dw_test_row_run:
 * @self: a row
 * @function: tests, in a thread
 * @data: for @function
 * @free: (nullable): frees @data
 *
 * Begins a test, in the place of one that runs, and shows what comes of it.
 */
void
dw_test_row_run (DwTestRow *self, DwTestFunc function, gpointer data, GDestroyNotify free)
{
  Test *test = g_new0 (Test, 1);
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (DW_IS_TEST_ROW (self));

  test->function = function;
  test->data = data;
  test->free = free;

  dw_test_row_forget (self);
  self->cancellable = g_cancellable_new ();
  self->spinner_source = g_timeout_add (SPINNER_DELAY_MS, on_spinner_due, self);
  task = dw_task_new (self, self->cancellable, on_tested, NULL);
  g_task_set_source_tag (task, dw_test_row_run);
  g_task_set_task_data (task, test, test_free);
  g_task_run_in_thread (task, run_in_thread);
}

/* @problem: why it cannot be tested */
void
dw_test_row_show_problem (DwTestRow *self, const char *problem)
{
  g_return_if_fail (DW_IS_TEST_ROW (self));

  stop (self);
  show_answer (self, problem, TRUE);
}

/* What was tested is another thing now. */
void
dw_test_row_forget (DwTestRow *self)
{
  g_return_if_fail (DW_IS_TEST_ROW (self));

  stop (self);
  if (!self->has_answer)
    return;

  self->has_answer = FALSE;
  gtk_widget_set_visible (GTK_WIDGET (self->image), FALSE);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), self->usual_subtitle);
  g_clear_pointer (&self->usual_subtitle, g_free);
}

/* @can_test: whether there is something that could be tested; one that runs can be cancelled */
void
dw_test_row_set_can_test (DwTestRow *self, gboolean can_test)
{
  g_return_if_fail (DW_IS_TEST_ROW (self));

  self->can_test = can_test;
  show_button (self);
}

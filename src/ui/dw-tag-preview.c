/* dw-tag-preview.c: which of a registry's tags a policy follows
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The tags are fetched once. With every policy they are matched and put in order anew, in a thread:
 * an expression over ten thousand tags takes longer than a frame. Of several that are asked for in
 * quick succession only the last one's answer is shown.
 */

#include "config.h"

#include "ui/dw-tag-preview.h"

#include <glib/gi18n.h>

#include "ui/dw-row-name.h"
#include "ui/dw-task.h"

/* What is done sooner than that needs no spinner. */
#define SPINNER_DELAY_MS 200
/* So many tags are to be seen without scrolling. */
#define VISIBLE_TAGS 6
#define TAG_HEIGHT 23

struct _DwTagPreview
{
  AdwPreferencesRow parent_instance;

  DwRegistries *registries; /* nullable: nothing has been asked for */
  DwProject *project;
  GPtrArray *tags;      /* nullable: all of them, once the registry has answered */
  DwTagPolicy *policy;  /* nullable: there is none that can be read */
  GCancellable *fetch;  /* nullable: of the request that runs */
  GCancellable *filter; /* nullable: of the thread that runs */
  guint spinner_source;

  GtkLabel *summary_label;
  GtkSpinner *spinner;
  GtkWidget *retry_button;
  GtkScrolledWindow *scroller;
  GtkStringList *matches;
};

G_DEFINE_FINAL_TYPE (DwTagPreview, dw_tag_preview, ADW_TYPE_PREFERENCES_ROW)

static void
show_summary (DwTagPreview *self, const char *text, gboolean is_problem)
{
  gtk_label_set_label (self->summary_label, text);
  gtk_widget_remove_css_class (GTK_WIDGET (self->summary_label),
                               is_problem ? "dim-label" : "error");
  gtk_widget_add_css_class (GTK_WIDGET (self->summary_label), is_problem ? "error" : "dim-label");
  gtk_widget_set_visible (self->retry_button, is_problem);
}

static void
show_matches (DwTagPreview *self, const char *const *matches)
{
  int n_matches = matches != NULL ? (int) g_strv_length ((GStrv) matches) : 0;

  gtk_string_list_splice (self->matches, 0, g_list_model_get_n_items (G_LIST_MODEL (self->matches)),
                          matches);
  gtk_scrolled_window_set_min_content_height (self->scroller,
                                              MIN (n_matches, VISIBLE_TAGS) * TAG_HEIGHT);
  gtk_widget_set_visible (GTK_WIDGET (self->scroller), n_matches > 0);
}

/* --- To match -----------------------------------------------------------------------------------
 */

typedef struct
{
  GPtrArray *tags;
  DwTagPolicy *policy;
} Filter;

static void
filter_free (gpointer data)
{
  Filter *filter = data;

  g_ptr_array_unref (filter->tags);
  dw_tag_policy_unref (filter->policy);
  g_free (filter);
}

static int
compare_newest_first (gconstpointer a, gconstpointer b, gpointer policy)
{
  return dw_tag_policy_compare (policy, *(const char *const *) b, *(const char *const *) a);
}

static void
filter_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Filter *filter = task_data;
  g_autoptr (GPtrArray) matches = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < filter->tags->len && !g_cancellable_is_cancelled (cancellable); i++)
    {
      const char *tag = g_ptr_array_index (filter->tags, i);

      if (dw_tag_policy_matches (filter->policy, tag))
        g_ptr_array_add (matches, g_strdup (tag));
    }
  if (!g_cancellable_is_cancelled (cancellable))
    g_ptr_array_sort_with_data (matches, compare_newest_first, filter->policy);
  g_ptr_array_add (matches, NULL);
  g_task_return_pointer (task, g_ptr_array_free (g_steal_pointer (&matches), FALSE),
                         (GDestroyNotify) g_strfreev);
}

static void
on_filtered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  DwTagPreview *self = DW_TAG_PREVIEW (source);
  g_auto (GStrv) matches = g_task_propagate_pointer (G_TASK (result), NULL);
  g_autofree char *summary = NULL;
  guint n_matches;

  if (matches == NULL || g_task_get_cancellable (G_TASK (result)) != self->filter)
    return;

  n_matches = g_strv_length (matches);
  if (self->tags->len == 0)
    summary = g_strdup (_ ("The registry has no tags of the image yet"));
  else if (n_matches == 0)
    summary = g_strdup_printf (ngettext ("It does not match the only tag of the registry",
                                         "It matches none of the registry’s %'u tags",
                                         self->tags->len),
                               self->tags->len);
  else
    summary = g_strdup_printf (ngettext ("It matches %'u of the registry’s %'u tags",
                                         "It matches %'u of the registry’s %'u tags", n_matches),
                               n_matches, self->tags->len);
  show_summary (self, summary, FALSE);
  show_matches (self, (const char *const *) matches);
}

static void
match (DwTagPreview *self)
{
  g_cancellable_cancel (self->filter);
  g_clear_object (&self->filter);

  if (self->tags == NULL)
    return;
  if (self->policy == NULL)
    {
      show_summary (self, _ ("Which tags match is shown here once the pattern can be read"), FALSE);
      show_matches (self, NULL);
      return;
    }

  Filter *filter = g_new0 (Filter, 1);
  g_autoptr (GTask) task = NULL;

  filter->tags = g_ptr_array_ref (self->tags);
  filter->policy = dw_tag_policy_ref (self->policy);
  self->filter = g_cancellable_new ();
  task = dw_task_new (self, self->filter, on_filtered, NULL);
  g_task_set_source_tag (task, match);
  g_task_set_task_data (task, filter, filter_free);
  g_task_run_in_thread (task, filter_in_thread);
}

/* --- To fetch -----------------------------------------------------------------------------------
 */

typedef struct
{
  DwRegistries *registries;
  DwImageReference *image;
  char *registry_id; /* nullable */
} Fetch;

static void
fetch_free (gpointer data)
{
  Fetch *fetch = data;

  g_object_unref (fetch->registries);
  dw_image_reference_unref (fetch->image);
  g_free (fetch->registry_id);
  g_free (fetch);
}

static void
fetch_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Fetch *fetch = task_data;
  g_autoptr (GPtrArray) array = g_ptr_array_new_with_free_func (g_free);
  GError *error = NULL;
  g_autofree char **tags = dw_registries_list_tags (fetch->registries, fetch->registry_id,
                                                    fetch->image, cancellable, &error);

  if (tags == NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  for (guint i = 0; tags[i] != NULL; i++)
    g_ptr_array_add (array, tags[i]);
  g_task_return_pointer (task, g_steal_pointer (&array), (GDestroyNotify) g_ptr_array_unref);
}

static void
stop_spinner (DwTagPreview *self)
{
  g_clear_handle_id (&self->spinner_source, g_source_remove);
  gtk_spinner_stop (self->spinner);
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), FALSE);
}

static void
on_fetched (GObject *source, GAsyncResult *result, gpointer user_data)
{
  DwTagPreview *self = DW_TAG_PREVIEW (source);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) tags = g_task_propagate_pointer (G_TASK (result), &error);

  if (g_task_get_cancellable (G_TASK (result)) != self->fetch)
    return;

  g_clear_object (&self->fetch);
  stop_spinner (self);
  if (tags == NULL)
    {
      show_summary (self, error->message, TRUE);
      return;
    }

  self->tags = g_steal_pointer (&tags);
  match (self);
}

static gboolean
on_spinner_due (gpointer user_data)
{
  DwTagPreview *self = user_data;

  self->spinner_source = 0;
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), TRUE);
  gtk_spinner_start (self->spinner);
  show_summary (self, _ ("Asking the registry for its tags…"), FALSE);

  return G_SOURCE_REMOVE;
}

static void
start_fetch (DwTagPreview *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (DwImageReference)
      image = dw_image_reference_parse (dw_project_get_image (self->project), &error);
  g_autoptr (GTask) task = NULL;
  Fetch *fetch = NULL;

  if (image == NULL)
    {
      show_summary (self, error->message, TRUE);
      return;
    }

  fetch = g_new0 (Fetch, 1);
  fetch->registries = g_object_ref (self->registries);
  fetch->image = g_steal_pointer (&image);
  fetch->registry_id = g_strdup (dw_project_get_registry_id (self->project));

  gtk_widget_set_visible (self->retry_button, FALSE);
  g_cancellable_cancel (self->fetch);
  g_clear_object (&self->fetch);
  self->fetch = g_cancellable_new ();
  self->spinner_source = g_timeout_add (SPINNER_DELAY_MS, on_spinner_due, self);
  task = dw_task_new (self, self->fetch, on_fetched, NULL);
  g_task_set_source_tag (task, start_fetch);
  g_task_set_task_data (task, fetch, fetch_free);
  g_task_run_in_thread (task, fetch_in_thread);
}

static void
on_retry_clicked (DwTagPreview *self)
{
  start_fetch (self);
}

/* --- The class ----------------------------------------------------------------------------------
 */

static void
on_setup_item (DwTagPreview *self, GtkListItem *item)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *tag = gtk_label_new (NULL);
  GtkWidget *mark = gtk_label_new (_ ("Would Deploy"));

  gtk_label_set_xalign (GTK_LABEL (tag), 0);
  gtk_label_set_ellipsize (GTK_LABEL (tag), PANGO_ELLIPSIZE_MIDDLE);
  gtk_widget_set_hexpand (tag, TRUE);
  gtk_widget_add_css_class (tag, "monospace");
  gtk_widget_add_css_class (mark, "pill-label");
  gtk_widget_add_css_class (mark, "caption");
  gtk_box_append (GTK_BOX (box), tag);
  gtk_box_append (GTK_BOX (box), mark);
  gtk_list_item_set_child (item, box);
  gtk_list_item_set_activatable (item, FALSE);
}

static void
on_bind_item (DwTagPreview *self, GtkListItem *item)
{
  GtkWidget *tag = gtk_widget_get_first_child (gtk_list_item_get_child (item));
  const char *text = gtk_string_object_get_string (gtk_list_item_get_item (item));

  gtk_label_set_label (GTK_LABEL (tag), text);
  gtk_widget_set_tooltip_text (tag, text);
  dw_row_name_set (tag, text);
  gtk_widget_set_visible (gtk_widget_get_next_sibling (tag),
                          gtk_list_item_get_position (item) == 0);
}

static void
dw_tag_preview_dispose (GObject *object)
{
  DwTagPreview *self = DW_TAG_PREVIEW (object);

  g_cancellable_cancel (self->fetch);
  g_cancellable_cancel (self->filter);
  g_clear_object (&self->fetch);
  g_clear_object (&self->filter);
  g_clear_handle_id (&self->spinner_source, g_source_remove);
  g_clear_object (&self->registries);
  g_clear_object (&self->project);

  G_OBJECT_CLASS (dw_tag_preview_parent_class)->dispose (object);
}

static void
dw_tag_preview_finalize (GObject *object)
{
  DwTagPreview *self = DW_TAG_PREVIEW (object);

  g_clear_pointer (&self->tags, g_ptr_array_unref);
  g_clear_pointer (&self->policy, dw_tag_policy_unref);

  G_OBJECT_CLASS (dw_tag_preview_parent_class)->finalize (object);
}

static void
dw_tag_preview_class_init (DwTagPreviewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = dw_tag_preview_dispose;
  object_class->finalize = dw_tag_preview_finalize;

  gtk_widget_class_set_template_from_resource (widget_class, DW_UI_PATH "dw-tag-preview.ui");
  gtk_widget_class_bind_template_child (widget_class, DwTagPreview, summary_label);
  gtk_widget_class_bind_template_child (widget_class, DwTagPreview, spinner);
  gtk_widget_class_bind_template_child (widget_class, DwTagPreview, retry_button);
  gtk_widget_class_bind_template_child (widget_class, DwTagPreview, scroller);
  gtk_widget_class_bind_template_child (widget_class, DwTagPreview, matches);
  gtk_widget_class_bind_template_callback (widget_class, on_retry_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_setup_item);
  gtk_widget_class_bind_template_callback (widget_class, on_bind_item);
}

static void
dw_tag_preview_init (DwTagPreview *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * dw_tag_preview_fetch:
 * @self: a preview
 * @registries: what asks the registry
 * @project: whose image it is
 *
 * Fetches the tags, in a thread. To be called once.
 */
void
dw_tag_preview_fetch (DwTagPreview *self, DwRegistries *registries, DwProject *project)
{
  g_return_if_fail (DW_IS_TAG_PREVIEW (self));
  g_return_if_fail (self->registries == NULL);

  self->registries = g_object_ref (registries);
  self->project = g_object_ref (project);
  start_fetch (self);
}

/**
 * dw_tag_preview_set_policy:
 * @self: a preview
 * @policy: (nullable): the policy; %NULL while none can be read
 *
 * Shows what @policy matches.
 */
void
dw_tag_preview_set_policy (DwTagPreview *self, DwTagPolicy *policy)
{
  g_return_if_fail (DW_IS_TAG_PREVIEW (self));

  g_clear_pointer (&self->policy, dw_tag_policy_unref);
  self->policy = policy != NULL ? dw_tag_policy_ref (policy) : NULL;
  match (self);
}

/* dw-registry-page.c: what is in a registry: its repositories, and the tags of one
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A registry that does not list its repositories has a field in their place. Tags are sorted as
 * versions are, the newest first; a digest is asked for only when somebody wants it.
 */

#include "config.h"

#include "ui/dw-registry-page.h"

#include <glib/gi18n.h>
#include <string.h>

#include "deploy/dw-problem.h"
#include "model/dw-tag-policy.h"
#include "ui/dw-format.h"
#include "ui/dw-row-name.h"
#include "ui/dw-task.h"

/* What takes less needs no spinner. */
#define SPINNER_DELAY_MS 200
#define REPOSITORIES_AT_ONCE 1000

struct _DwRegistryPage
{
  DwPage parent_instance;

  DwRegistry *registry;      /* nullable: it has not been read yet */
  char *path;                /* nullable: the repositories are shown, and no tags */
  GCancellable *cancellable; /* nullable: nothing is being read */
  GHashTable *digests;       /* of tags to digests, as far as somebody wanted to know */
  guint spinner_source;

  GtkSearchBar *search_bar;
  GtkSearchEntry *search_entry;
  GtkStack *stack;
  GtkSpinner *spinner;
  GtkLabel *problem_label;
  GtkLabel *empty_label;
  GtkEditable *path_row;
  GtkWidget *open_button;
  GtkWidget *more_button;
  GtkStringList *names;
  GtkFilterListModel *filtered;
  GtkStringFilter *filter;
};

G_DEFINE_FINAL_TYPE (DwRegistryPage, dw_registry_page, DW_TYPE_PAGE)

/* --- Reading ------------------------------------------------------------------------------------
 */

/* What a thread reads. */
typedef struct
{
  DwRegistries *registries;
  char *registry_id;
  char *path;   /* nullable */
  char *domain; /* nullable */
  char *after;  /* nullable: the repository after which the list goes on */
  char *tag;    /* nullable: whose digest is wanted */

  GStrv names;
  char *digest;
  gboolean has_more;
} Reading;

static void
reading_free (gpointer data)
{
  Reading *reading = data;

  g_clear_object (&reading->registries);
  g_free (reading->registry_id);
  g_free (reading->path);
  g_free (reading->domain);
  g_free (reading->after);
  g_free (reading->tag);
  g_free (reading->digest);
  g_strfreev (reading->names);
  g_free (reading);
}

/* Returns: (transfer full) (nullable): the image that the repository is */
static char *
make_image (DwRegistryPage *self)
{
  g_autofree char *domain = dw_registries_get_domain (self->registry);

  return domain != NULL && self->path != NULL ? g_strdup_printf ("%s/%s", domain, self->path)
                                              : NULL;
}

static int
compare_tags (gconstpointer a, gconstpointer b, gpointer policy)
{
  return -dw_tag_policy_compare (policy, *(const char *const *) a, *(const char *const *) b);
}

static gboolean
read_tags (Reading *reading, GCancellable *cancellable, GError **error)
{
  g_autofree char *text = g_strdup_printf ("%s/%s", reading->domain, reading->path);
  g_autoptr (DwImageReference) image = dw_image_reference_parse (text, error);
  g_autoptr (DwTagPolicy) policy = dw_tag_policy_new (DW_TAG_POLICY_GLOB, "*", NULL);

  if (image == NULL)
    return FALSE;
  if (reading->tag != NULL)
    return (reading->digest = dw_registries_resolve (reading->registries, reading->registry_id,
                                                     image, reading->tag, cancellable, error)) !=
           NULL;

  reading->names = dw_registries_list_tags (reading->registries, reading->registry_id, image,
                                            cancellable, error);
  if (reading->names != NULL)
    g_qsort_with_data (reading->names, (int) g_strv_length (reading->names), sizeof (char *),
                       compare_tags, policy);

  return reading->names != NULL;
}

static void
read_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Reading *reading = task_data;
  GError *error = NULL;
  gboolean is_read = FALSE;

  if (reading->path != NULL)
    is_read = read_tags (reading, cancellable, &error);
  else
    is_read = (reading->names = dw_registries_list_repositories (
                   reading->registries, reading->registry_id, reading->after, REPOSITORIES_AT_ONCE,
                   &reading->has_more, cancellable, &error)) != NULL;

  if (is_read)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* Returns: (transfer full): what is read for what is shown now */
static Reading *
reading_new (DwRegistryPage *self)
{
  Reading *reading = g_new0 (Reading, 1);

  reading->registries = g_object_ref (
      dw_session_get_registry_access (dw_page_get_session (DW_PAGE (self))));
  reading->registry_id = g_strdup (dw_entity_get_id (DW_ENTITY (self->registry)));
  reading->domain = dw_registries_get_domain (self->registry);
  reading->path = g_strdup (self->path);

  return reading;
}

/* --- What is shown ------------------------------------------------------------------------------
 */

static void
show_list (DwRegistryPage *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->names));
  guint n_found = g_list_model_get_n_items (G_LIST_MODEL (self->filtered));

  gtk_label_set_label (self->empty_label,
                       self->path != NULL ? _ ("All of its tags were deleted, or none were pushed.")
                                          : _ ("Push an image to it, and look again."));
  gtk_stack_set_visible_child_name (self->stack, n == 0         ? "empty"
                                                 : n_found == 0 ? "nothing-found"
                                                                : "list");
}

static void
end_reading (DwRegistryPage *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_handle_id (&self->spinner_source, g_source_remove);
  gtk_spinner_stop (self->spinner);
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  DwRegistryPage *self = DW_REGISTRY_PAGE (source);
  Reading *reading = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  gboolean is_read = g_task_propagate_boolean (G_TASK (result), &error);

  /* Something else is shown by now. */
  if (g_task_get_cancellable (G_TASK (result)) != self->cancellable)
    return;

  end_reading (self);
  gtk_widget_set_sensitive (self->more_button, TRUE);
  if (is_read)
    {
      guint n = reading->after != NULL ? g_list_model_get_n_items (G_LIST_MODEL (self->names)) : 0;
      guint n_before = g_list_model_get_n_items (G_LIST_MODEL (self->names));

      gtk_string_list_splice (self->names, n, n_before - n, (const char *const *) reading->names);
      gtk_widget_set_visible (self->more_button, reading->has_more && reading->names[0] != NULL);
      show_list (self);
    }
  else if (g_str_equal (dw_problem_get_name (error), "no_catalog"))
    gtk_stack_set_visible_child_name (self->stack, "no-catalog");
  else
    {
      g_autofree char *text = dw_format_sentence (error->message);

      gtk_label_set_label (self->problem_label, text);
      gtk_stack_set_visible_child_name (self->stack, "problem");
    }
}

static gboolean
on_spinner_due (gpointer user_data)
{
  DwRegistryPage *self = user_data;

  self->spinner_source = 0;
  gtk_spinner_start (self->spinner);
  gtk_stack_set_visible_child_name (self->stack, "loading");

  return G_SOURCE_REMOVE;
}

/* @after: (nullable): where the list goes on; %NULL to begin it anew */
static void
start_reading (DwRegistryPage *self, const char *after)
{
  Reading *reading = reading_new (self);
  g_autoptr (GTask) task = NULL;

  end_reading (self);
  reading->after = g_strdup (after);
  self->cancellable = g_cancellable_new ();
  if (after == NULL)
    self->spinner_source = g_timeout_add (SPINNER_DELAY_MS, on_spinner_due, self);

  task = dw_task_new (self, self->cancellable, on_read, NULL);
  g_task_set_source_tag (task, start_reading);
  g_task_set_task_data (task, reading, reading_free);
  g_task_run_in_thread (task, read_in_thread);
}

static void
reload (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  DwRegistryPage *self = DW_REGISTRY_PAGE (widget);

  if (self->registry == NULL)
    return;

  g_hash_table_remove_all (self->digests);
  start_reading (self, NULL);
}

static void
on_more_clicked (DwRegistryPage *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->names));

  gtk_widget_set_sensitive (self->more_button, FALSE);
  start_reading (self, gtk_string_list_get_string (self->names, n - 1));
}

static void
on_search_changed (DwRegistryPage *self)
{
  gtk_string_filter_set_search (self->filter,
                                gtk_editable_get_text (GTK_EDITABLE (self->search_entry)));
  if (self->cancellable == NULL && g_list_model_get_n_items (G_LIST_MODEL (self->names)) > 0)
    show_list (self);
}

static void
show_repository (DwRegistryPage *self, const char *path)
{
  g_autofree char *id = g_strdup_printf ("%s/%s", dw_entity_get_id (DW_ENTITY (self->registry)),
                                         path);

  gtk_widget_activate_action (GTK_WIDGET (self), "win.show-page", "(ss)", "registry", id);
}

/* Returns: (transfer full): what was typed, without what surrounds it */
static char *
get_typed_path (DwRegistryPage *self)
{
  return g_strstrip (g_strdup (gtk_editable_get_text (self->path_row)));
}

static void
on_path_changed (DwRegistryPage *self)
{
  g_autofree char *path = get_typed_path (self);
  g_autofree char *text = g_strconcat ("r.io/", path, NULL);
  g_autoptr (DwImageReference) image = dw_image_reference_parse (text, NULL);

  gtk_widget_set_sensitive (self->open_button, image != NULL &&
                                                   dw_image_reference_get_tag (image) == NULL &&
                                                   dw_image_reference_get_digest (image) == NULL);
}

static void
on_open_clicked (DwRegistryPage *self)
{
  g_autofree char *path = get_typed_path (self);

  if (gtk_widget_get_sensitive (self->open_button))
    show_repository (self, path);
}

/* --- Rows ---------------------------------------------------------------------------------------
 */

static GtkWidget *
make_button (const char *icon, const char *words, GCallback clicked, GtkListItem *item)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);

  gtk_widget_set_tooltip_text (button, words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, words,
                                  -1);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  g_signal_connect_object (button, "clicked", clicked, item, 0);

  return button;
}

static const char *
get_name (GtkListItem *item)
{
  return gtk_string_object_get_string (gtk_list_item_get_item (item));
}

static DwRegistryPage *
get_page (GtkWidget *widget)
{
  return DW_REGISTRY_PAGE (gtk_widget_get_ancestor (widget, DW_TYPE_REGISTRY_PAGE));
}

static void
on_copy_clicked (GtkWidget *button, GtkListItem *item)
{
  DwRegistryPage *self = get_page (button);
  g_autofree char *image = make_image (self);
  g_autofree char *text = g_strdup_printf ("%s:%s", image, get_name (item));

  gdk_clipboard_set_text (gtk_widget_get_clipboard (button), text);
  gtk_widget_activate_action (button, "win.announce", "s", _ ("Reference copied"));
}

static void
on_resolved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  DwRegistryPage *self = DW_REGISTRY_PAGE (source);
  Reading *reading = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->names));

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    {
      g_autofree char *text = dw_format_sentence (error->message);

      gtk_widget_activate_action (GTK_WIDGET (self), "win.announce-problem", "s", text);
      return;
    }
  if (g_strcmp0 (reading->path, self->path) != 0)
    return;

  /* The row is bound again, and then shows it. */
  g_hash_table_insert (self->digests, g_strdup (reading->tag), g_strdup (reading->digest));
  for (guint i = 0; i < n; i++)
    if (g_str_equal (gtk_string_list_get_string (self->names, i), reading->tag))
      {
        gtk_string_list_splice (self->names, i, 1, (const char *const[]){ reading->tag, NULL });
        break;
      }
}

static void
on_digest_clicked (GtkWidget *button, GtkListItem *item)
{
  DwRegistryPage *self = get_page (button);
  const char *digest = g_hash_table_lookup (self->digests, get_name (item));

  if (digest != NULL)
    {
      gdk_clipboard_set_text (gtk_widget_get_clipboard (button), digest);
      gtk_widget_activate_action (button, "win.announce", "s", _ ("Digest copied"));
      return;
    }

  Reading *reading = reading_new (self);
  g_autoptr (GTask) task = dw_task_new (self, NULL, on_resolved, NULL);
  reading->tag = g_strdup (get_name (item));
  g_task_set_source_tag (task, on_digest_clicked);
  g_task_set_task_data (task, reading, reading_free);
  g_task_run_in_thread (task, read_in_thread);
}

static void
on_setup_item (DwRegistryPage *self, GtkListItem *item)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *label = gtk_label_new (NULL);
  GtkWidget *digest = gtk_button_new ();

  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_width_chars (GTK_LABEL (label), 6);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_box_append (GTK_BOX (box), label);

  gtk_widget_set_valign (digest, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (digest, "flat");
  gtk_widget_add_css_class (digest, "caption");
  g_signal_connect_object (digest, "clicked", G_CALLBACK (on_digest_clicked), item, 0);
  gtk_box_append (GTK_BOX (box), digest);
  gtk_box_append (GTK_BOX (box), make_button ("edit-copy-symbolic", _ ("Copy Reference"),
                                              G_CALLBACK (on_copy_clicked), item));
  gtk_box_append (GTK_BOX (box), gtk_image_new_from_icon_name ("go-next-symbolic"));
  gtk_widget_add_css_class (box, "name-row");
  gtk_list_item_set_child (item, box);
}

static void
on_bind_item (DwRegistryPage *self, GtkListItem *item)
{
  GtkWidget *label = gtk_widget_get_first_child (gtk_list_item_get_child (item));
  GtkWidget *digest_button = gtk_widget_get_next_sibling (label);
  GtkWidget *copy_button = gtk_widget_get_next_sibling (digest_button);
  GtkWidget *arrow = gtk_widget_get_next_sibling (copy_button);
  const char *known = g_hash_table_lookup (self->digests, get_name (item));
  g_autofree char *digest = dw_format_digest (known);

  gtk_label_set_label (GTK_LABEL (label), get_name (item));
  gtk_widget_set_tooltip_text (label, get_name (item));
  dw_row_name_set (label, get_name (item));
  gtk_button_set_label (GTK_BUTTON (digest_button), known != NULL ? digest : _ ("Show Digest"));
  gtk_widget_set_tooltip_text (digest_button, known != NULL ? _ ("Copy the Digest") : NULL);
  gtk_widget_set_visible (digest_button, self->path != NULL);
  gtk_widget_set_visible (copy_button, self->path != NULL);
  gtk_widget_set_visible (arrow, self->path == NULL);
  gtk_list_item_set_activatable (item, self->path == NULL);
}

static void
on_activate (DwRegistryPage *self, guint position)
{
  g_autoptr (GtkStringObject)
      name = g_list_model_get_item (G_LIST_MODEL (self->filtered), position);

  if (name != NULL && self->path == NULL)
    show_repository (self, gtk_string_object_get_string (name));
}

/* --- The class ----------------------------------------------------------------------------------
 */

static void
copy_image (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  g_autofree char *image = make_image (DW_REGISTRY_PAGE (widget));

  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), image);
  gtk_widget_activate_action (widget, "win.announce", "s", _ ("Image copied"));
}

static void
add_project (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  gtk_widget_activate_action (widget, "win.open-dialog", "(ss)", "project",
                              dw_page_get_item_id (DW_PAGE (widget)));
}

/* The registry may not have been read yet when the page is led to, and somebody may remove it. */
static void
find_registry (DwRegistryPage *self)
{
  DwSession *session = dw_page_get_session (DW_PAGE (self));
  const char *item_id = dw_page_get_item_id (DW_PAGE (self));
  const char *slash = item_id != NULL ? strchr (item_id, '/') : NULL;
  g_autofree char *id = slash != NULL ? g_strndup (item_id, (gsize) (slash - item_id))
                                      : g_strdup (item_id);
  g_autoptr (DwRegistry) registry = id != NULL ? dw_session_find_registry (session, id) : NULL;

  if (registry == NULL)
    {
      if (id != NULL && dw_store_list_is_loaded (dw_session_get_registries (session)))
        {
          dw_page_set_item_id (DW_PAGE (self), NULL);
          dw_page_leave (DW_PAGE (self));
        }
      return;
    }
  if (registry == self->registry)
    return;

  g_set_object (&self->registry, registry);
  self->path = g_strdup (slash != NULL ? slash + 1 : NULL);
  dw_page_set_title (DW_PAGE (self),
                     self->path != NULL ? self->path : dw_registry_get_name (registry));
  dw_page_set_subtitle (DW_PAGE (self),
                        self->path != NULL ? dw_registry_get_name (registry) : NULL);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "registry.copy-image", self->path != NULL);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "registry.add-project", self->path != NULL);
  start_reading (self, NULL);
}

static void
clear (DwRegistryPage *self)
{
  g_clear_object (&self->registry);
  g_clear_pointer (&self->path, g_free);
  g_hash_table_remove_all (self->digests);
}

static void
show_item (DwPage *page, const char *item_id)
{
  DwRegistryPage *self = DW_REGISTRY_PAGE (page);

  clear (self);
  end_reading (self);
  gtk_string_list_splice (self->names, 0, g_list_model_get_n_items (G_LIST_MODEL (self->names)),
                          NULL);
  gtk_widget_set_visible (self->more_button, FALSE);
  gtk_editable_set_text (GTK_EDITABLE (self->search_entry), "");
  gtk_search_bar_set_search_mode (self->search_bar, FALSE);
  gtk_stack_set_visible_child_name (self->stack, "nothing");
  find_registry (self);
}

static void
start_search (DwPage *page)
{
  gtk_search_bar_set_search_mode (DW_REGISTRY_PAGE (page)->search_bar, TRUE);
}

static void
dw_registry_page_dispose (GObject *object)
{
  DwRegistryPage *self = DW_REGISTRY_PAGE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_handle_id (&self->spinner_source, g_source_remove);
  clear (self);

  G_OBJECT_CLASS (dw_registry_page_parent_class)->dispose (object);
}

static void
dw_registry_page_finalize (GObject *object)
{
  g_hash_table_unref (DW_REGISTRY_PAGE (object)->digests);

  G_OBJECT_CLASS (dw_registry_page_parent_class)->finalize (object);
}

static void
dw_registry_page_constructed (GObject *object)
{
  DwRegistryPage *self = DW_REGISTRY_PAGE (object);
  DwStoreList *registries = dw_session_get_registries (dw_page_get_session (DW_PAGE (self)));

  G_OBJECT_CLASS (dw_registry_page_parent_class)->constructed (object);

  g_signal_connect_object (registries, "items-changed", G_CALLBACK (find_registry), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (registries, "notify::loaded", G_CALLBACK (find_registry), self,
                           G_CONNECT_SWAPPED);
}

static void
dw_registry_page_class_init (DwRegistryPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->constructed = dw_registry_page_constructed;
  object_class->dispose = dw_registry_page_dispose;
  object_class->finalize = dw_registry_page_finalize;
  DW_PAGE_CLASS (klass)->show_item = show_item;
  DW_PAGE_CLASS (klass)->start_search = start_search;

  gtk_widget_class_set_template_from_resource (widget_class, DW_UI_PATH "dw-registry-page.ui");
  gtk_widget_class_bind_template_child (widget_class, DwRegistryPage, search_bar);
  gtk_widget_class_bind_template_child (widget_class, DwRegistryPage, search_entry);
  gtk_widget_class_bind_template_child (widget_class, DwRegistryPage, stack);
  gtk_widget_class_bind_template_child (widget_class, DwRegistryPage, spinner);
  gtk_widget_class_bind_template_child (widget_class, DwRegistryPage, problem_label);
  gtk_widget_class_bind_template_child (widget_class, DwRegistryPage, empty_label);
  gtk_widget_class_bind_template_child (widget_class, DwRegistryPage, path_row);
  gtk_widget_class_bind_template_child (widget_class, DwRegistryPage, open_button);
  gtk_widget_class_bind_template_child (widget_class, DwRegistryPage, more_button);
  gtk_widget_class_bind_template_child (widget_class, DwRegistryPage, names);
  gtk_widget_class_bind_template_child (widget_class, DwRegistryPage, filtered);
  gtk_widget_class_bind_template_child (widget_class, DwRegistryPage, filter);
  gtk_widget_class_bind_template_callback (widget_class, on_search_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_path_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_open_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_more_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_setup_item);
  gtk_widget_class_bind_template_callback (widget_class, on_bind_item);
  gtk_widget_class_bind_template_callback (widget_class, on_activate);
  gtk_widget_class_install_action (widget_class, "registry.reload", NULL, reload);
  gtk_widget_class_install_action (widget_class, "registry.copy-image", NULL, copy_image);
  gtk_widget_class_install_action (widget_class, "registry.add-project", NULL, add_project);
}

static void
dw_registry_page_init (DwRegistryPage *self)
{
  self->digests = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_search_bar_connect_entry (self->search_bar, GTK_EDITABLE (self->search_entry));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "registry.copy-image", FALSE);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "registry.add-project", FALSE);
}

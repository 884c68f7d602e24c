/* dw-project-dialog.c: adds a project, or changes one
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is asked is in the template: a field more is a row more there.
 */

#include "config.h"

#include "ui/dw-project-dialog.h"

#include <glib/gi18n.h>
#include <string.h>

#include "model/dw-validation.h"
#include "ui/dw-choice-row.h"
#include "ui/dw-entry-row.h"
#include "ui/dw-form.h"
#include "ui/dw-pair-list.h"
#include "ui/dw-registry-choice.h"
#include "ui/dw-test-row.h"

struct _DwProjectDialog
{
  DwDialog parent_instance;

  DwForm *form;
  char *tested_image; /* nullable: what the answer of the registry is about */

  DwRegistryChoice *registry_id;
  DwTestRow *image_test;
  GtkWidget *health_path;
  GtkWidget *health_status;
};

G_DEFINE_FINAL_TYPE (DwProjectDialog, dw_project_dialog, DW_TYPE_DIALOG)

static DwProject *
get_project (DwProjectDialog *self)
{
  return DW_PROJECT (dw_form_get_entity (self->form));
}

/* --- To ask the registry ------------------------------------------------------------------------
 */

typedef struct
{
  DwRegistries *registries;
  DwImageReference *image;
  char *registry_id; /* nullable */
} ImageTest;

static void
image_test_free (gpointer data)
{
  ImageTest *test = data;

  g_object_unref (test->registries);
  dw_image_reference_unref (test->image);
  g_free (test->registry_id);
  g_free (test);
}

static char *
test_image (gpointer data, GCancellable *cancellable, GError **error)
{
  ImageTest *test = data;
  g_auto (GStrv) tags = dw_registries_list_tags (test->registries, test->registry_id, test->image,
                                                 cancellable, error);
  guint n_tags;

  if (tags == NULL)
    return NULL;

  n_tags = g_strv_length (tags);
  return n_tags == 0 ? g_strdup (_ ("The repository exists, but has no tags yet"))
                     : g_strdup_printf (ngettext ("The registry answers: %'u tag",
                                                  "The registry answers: %'u tags", n_tags),
                                        n_tags);
}

static void
on_test_image (DwProjectDialog *self)
{
  DwProject *project = get_project (self);
  g_autoptr (GError) error = NULL;
  g_autoptr (DwImageReference) image = NULL;
  ImageTest *test = NULL;

  if (dw_project_get_image (project) == NULL)
    {
      dw_test_row_show_problem (self->image_test, _ ("Enter the image first"));
      return;
    }
  image = dw_image_reference_parse (dw_project_get_image (project), &error);
  if (image == NULL)
    {
      dw_test_row_show_problem (self->image_test, error->message);
      return;
    }

  test = g_new0 (ImageTest, 1);
  test->registries = g_object_ref (
      dw_session_get_registry_access (dw_dialog_get_session (DW_DIALOG (self))));
  test->image = g_steal_pointer (&image);
  test->registry_id = g_strdup (dw_project_get_registry_id (project));
  dw_test_row_run (self->image_test, test_image, test, image_test_free);
}

/* --- The form -----------------------------------------------------------------------------------
 */

static void
on_changed (DwProjectDialog *self)
{
  DwProject *project = get_project (self);
  DwHealth health = dw_project_get_health_kind (project);
  g_autofree char *image = g_strdup_printf (
      "%s in %s", dw_project_get_image (project),
      dw_project_get_registry_id (project) != NULL ? dw_project_get_registry_id (project) : "");

  if (g_strcmp0 (image, self->tested_image) != 0)
    {
      dw_test_row_forget (self->image_test);
      g_free (self->tested_image);
      self->tested_image = g_steal_pointer (&image);
    }

  gtk_widget_set_visible (self->health_path, health == DW_HEALTH_HTTP);
  gtk_widget_set_visible (self->health_status, health == DW_HEALTH_HTTP);
}

static void
on_saved (DwProjectDialog *self, DwEntity *project, gboolean is_new)
{
  GtkWidget *over = dw_dialog_get_over (DW_DIALOG (self));

  /* A project does nothing yet: its page says what comes next. */
  if (is_new && over != NULL)
    gtk_widget_activate_action (over, "win.show-page", "(ss)", "project",
                                dw_entity_get_id (project));
}

static void
accept (DwDialog *dialog)
{
  dw_form_save (DW_PROJECT_DIALOG (dialog)->form, NULL, NULL, NULL);
}

/* What is known of a project that somebody makes of a repository. @item_id is a registry's id, a
 * slash, and the repository's path, as for the page of the registry. */
static DwProject *
make_project (DwSession *session, const char *item_id)
{
  DwProject *project = g_object_new (DW_TYPE_PROJECT, NULL);
  const char *slash = item_id != NULL ? strchr (item_id, '/') : NULL;
  g_autofree char *id = slash != NULL ? g_strndup (item_id, (gsize) (slash - item_id)) : NULL;
  g_autoptr (DwRegistry) registry = id != NULL ? dw_session_find_registry (session, id) : NULL;
  g_autofree char *domain = registry != NULL ? dw_registries_get_domain (registry) : NULL;

  if (domain == NULL)
    return project;

  g_autofree char *image = g_strconcat (domain, slash, NULL);
  g_autofree char *name = g_path_get_basename (slash);
  g_object_set (project, "image", image, "registry-id", id, NULL);
  if (dw_validate_name ("name", name, NULL))
    g_object_set (project, "name", name, NULL);

  return project;
}

static void
dw_project_dialog_constructed (GObject *object)
{
  DwProjectDialog *self = DW_PROJECT_DIALOG (object);
  DwDialog *dialog = DW_DIALOG (self);
  DwSession *session = dw_dialog_get_session (dialog);
  const char *id = dw_dialog_get_item_id (dialog);
  g_autoptr (DwProject) project = id != NULL ? dw_session_find_project (session, id) : NULL;
  g_autoptr (DwProject)
      example = g_object_new (DW_TYPE_PROJECT, "name", "example", "image", "example", NULL);

  G_OBJECT_CLASS (dw_project_dialog_parent_class)->constructed (object);

  dw_dialog_set_title (dialog, project != NULL ? _ ("Edit Project") : _ ("Add Project"));
  dw_dialog_set_accept_label (dialog, project != NULL ? _ ("_Save") : _ ("_Add"));
  if (project == NULL)
    project = make_project (session, id);

  dw_registry_choice_set_registries (self->registry_id,
                                     G_LIST_MODEL (dw_session_get_registries (session)));
  self->form = dw_form_new (dialog, DW_ENTITY (project), DW_ENTITY (example));
  g_signal_connect_object (self->form, "changed", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->form, "saved", G_CALLBACK (on_saved), self, G_CONNECT_SWAPPED);
  on_changed (self);
}

static void
dw_project_dialog_dispose (GObject *object)
{
  g_clear_object (&DW_PROJECT_DIALOG (object)->form);

  G_OBJECT_CLASS (dw_project_dialog_parent_class)->dispose (object);
}

static void
dw_project_dialog_finalize (GObject *object)
{
  g_free (DW_PROJECT_DIALOG (object)->tested_image);

  G_OBJECT_CLASS (dw_project_dialog_parent_class)->finalize (object);
}

static void
dw_project_dialog_class_init (DwProjectDialogClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->constructed = dw_project_dialog_constructed;
  object_class->dispose = dw_project_dialog_dispose;
  object_class->finalize = dw_project_dialog_finalize;
  DW_DIALOG_CLASS (klass)->accept = accept;

  g_type_ensure (DW_TYPE_CHOICE_ROW);
  g_type_ensure (DW_TYPE_ENTRY_ROW);
  g_type_ensure (DW_TYPE_PAIR_LIST);
  g_type_ensure (DW_TYPE_REGISTRY_CHOICE);
  g_type_ensure (DW_TYPE_TEST_ROW);
  gtk_widget_class_set_template_from_resource (widget_class, DW_UI_PATH "dw-project-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, DwProjectDialog, registry_id);
  gtk_widget_class_bind_template_child (widget_class, DwProjectDialog, image_test);
  gtk_widget_class_bind_template_child (widget_class, DwProjectDialog, health_path);
  gtk_widget_class_bind_template_child (widget_class, DwProjectDialog, health_status);
  gtk_widget_class_bind_template_callback (widget_class, on_test_image);
}

static void
dw_project_dialog_init (DwProjectDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

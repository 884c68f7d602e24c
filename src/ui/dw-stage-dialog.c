/* dw-stage-dialog.c: adds a stage to a project, or changes one
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is asked is in the template: a field more is a row more there.
 */

#include "config.h"

#include "ui/dw-stage-dialog.h"

#include <glib/gi18n.h>

#include "ui/dw-choice-row.h"
#include "ui/dw-entry-row.h"
#include "ui/dw-form.h"
#include "ui/dw-pair-list.h"
#include "ui/dw-switch-row.h"
#include "ui/dw-tag-preview.h"

/* The last place in the promotion order that there can be. */
#define LAST_POSITION 1000000

struct _DwStageDialog
{
  DwDialog parent_instance;

  DwForm *form; /* nullable: what it was to be about is gone */
  char *shown_policy;

  AdwActionRow *policy_kind;
  DwEntryRow *policy_pattern;
  DwTagPreview *preview;
  DwPairList *env;
  DwPairList *volumes;
};

G_DEFINE_FINAL_TYPE (DwStageDialog, dw_stage_dialog, DW_TYPE_DIALOG)

/* What a kind follows, and how its pattern is written. */
typedef struct
{
  const char *meaning;
  const char *example;
} Explanation;

static const Explanation *
explain (DwTagPolicyKind kind)
{
  static const Explanation explanations[] = {
    [DW_TAG_POLICY_SEMVER] = { N_ ("The highest version in a range, whatever else is pushed"),
                               N_ ("A range as npm writes it: ^1.2, ~1.4.0, >=2 <3, 1.x, or * for "
                                   "all; pre-releases only where the range names one") },
    [DW_TAG_POLICY_GLOB] = { N_ ("The newest tag of a shape"),
                             N_ ("* stands for anything and ? for one character: v*, main-*") },
    [DW_TAG_POLICY_REGEX] = { N_ ("The newest tag in which an expression is found"),
                              N_ ("^v\\d+$; where it has groups, they say which tag is newer: "
                                  "main-([0-9]+)-.*") },
    [DW_TAG_POLICY_EXACT] = { N_ ("One tag that is pushed again and again, by its digest"),
                              N_ ("Such as latest or main") },
  };

  return &explanations[kind];
}

static void
on_changed (DwStageDialog *self)
{
  DwStage *stage = DW_STAGE (dw_form_get_entity (self->form));
  const Explanation *explanation = explain (dw_stage_get_policy_kind (stage));
  const char *include = dw_stage_get_policy_include (stage);
  const char *exclude = dw_stage_get_policy_exclude (stage);
  g_autoptr (DwTagPolicy) policy = NULL;
  g_autofree char *shown = g_strdup_printf (
      "%d\n%s\n%s\n%s", (int) dw_stage_get_policy_kind (stage), dw_stage_get_policy_pattern (stage),
      include != NULL ? include : "", exclude != NULL ? exclude : "");

  if (g_strcmp0 (shown, self->shown_policy) == 0)
    return;

  g_free (self->shown_policy);
  self->shown_policy = g_steal_pointer (&shown);
  adw_action_row_set_subtitle (self->policy_kind, _ (explanation->meaning));
  g_object_set (self->policy_pattern, "note", _ (explanation->example), NULL);

  policy = dw_stage_read_policy (stage, NULL);
  dw_tag_preview_set_policy (self->preview, policy);
}

/* A new stage is the last in the promotion order. */
static gboolean
place (DwStore *store, DwEntity *entity, gpointer data, GCancellable *cancellable, GError **error)
{
  g_autoptr (GPtrArray)
      stages = dw_store_list_stages (store, dw_stage_get_project_id (DW_STAGE (entity)), error);
  int position = 0;

  if (stages == NULL)
    return FALSE;

  for (guint i = 0; i < stages->len; i++)
    position = MAX (position, dw_stage_get_position (g_ptr_array_index (stages, i)) + 1);
  g_object_set (entity, "position", MIN (position, LAST_POSITION), NULL);

  return TRUE;
}

static void
accept (DwDialog *dialog)
{
  DwForm *form = DW_STAGE_DIALOG (dialog)->form;

  dw_form_save (form, dw_form_is_new (form) ? place : NULL, NULL, NULL);
}

static void
show_form (DwStageDialog *self, DwStage *stage, DwProject *project)
{
  DwDialog *dialog = DW_DIALOG (self);
  gboolean is_new = dw_entity_get_id (DW_ENTITY (stage)) == NULL;
  g_autoptr (DwStage) example = g_object_new (
      DW_TYPE_STAGE, "project-id", dw_stage_get_project_id (stage), "name", "example", NULL);
  g_autofree char *title = NULL;

  /* Translators: the name of a project, or of a project and a stage */
  title = is_new
              ? g_strdup_printf (_ ("Add Stage to %s"), dw_project_get_name (project))
              : g_strdup_printf ("%s/%s", dw_project_get_name (project), dw_stage_get_name (stage));
  dw_dialog_set_title (dialog, title);
  dw_dialog_set_accept_label (dialog, is_new ? _ ("_Add") : _ ("_Save"));

  dw_pair_list_set_base (self->env, dw_project_get_env (project));
  dw_pair_list_set_base (self->volumes, dw_project_get_volumes (project));
  dw_tag_preview_fetch (self->preview,
                        dw_session_get_registry_access (dw_dialog_get_session (dialog)), project);
  self->form = dw_form_new (dialog, DW_ENTITY (stage), DW_ENTITY (example));
  g_signal_connect_object (self->form, "changed", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
  on_changed (self);
}

static void
dw_stage_dialog_constructed (GObject *object)
{
  DwStageDialog *self = DW_STAGE_DIALOG (object);
  DwDialog *dialog = DW_DIALOG (self);
  DwSession *session = dw_dialog_get_session (dialog);
  const char *id = dw_dialog_get_item_id (dialog);
  g_autoptr (DwStage) stage = dw_session_find_stage (session, id);
  g_autoptr (DwProject) project = dw_session_find_project (
      session, stage != NULL ? dw_stage_get_project_id (stage) : id);

  G_OBJECT_CLASS (dw_stage_dialog_parent_class)->constructed (object);

  if (stage == NULL && project != NULL)
    stage = g_object_new (DW_TYPE_STAGE, "project-id", id, NULL);
  if (stage != NULL && project != NULL)
    {
      show_form (self, stage, project);
      return;
    }

  dw_dialog_set_title (dialog, _ ("Stage"));
  dw_dialog_set_problem (dialog, _ ("It no longer exists; somebody removed it."));
}

static void
dw_stage_dialog_dispose (GObject *object)
{
  g_clear_object (&DW_STAGE_DIALOG (object)->form);

  G_OBJECT_CLASS (dw_stage_dialog_parent_class)->dispose (object);
}

static void
dw_stage_dialog_finalize (GObject *object)
{
  g_free (DW_STAGE_DIALOG (object)->shown_policy);

  G_OBJECT_CLASS (dw_stage_dialog_parent_class)->finalize (object);
}

static void
dw_stage_dialog_class_init (DwStageDialogClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->constructed = dw_stage_dialog_constructed;
  object_class->dispose = dw_stage_dialog_dispose;
  object_class->finalize = dw_stage_dialog_finalize;
  DW_DIALOG_CLASS (klass)->accept = accept;

  g_type_ensure (DW_TYPE_CHOICE_ROW);
  g_type_ensure (DW_TYPE_ENTRY_ROW);
  g_type_ensure (DW_TYPE_PAIR_LIST);
  g_type_ensure (DW_TYPE_SWITCH_ROW);
  g_type_ensure (DW_TYPE_TAG_PREVIEW);
  gtk_widget_class_set_template_from_resource (widget_class, DW_UI_PATH "dw-stage-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, DwStageDialog, policy_kind);
  gtk_widget_class_bind_template_child (widget_class, DwStageDialog, policy_pattern);
  gtk_widget_class_bind_template_child (widget_class, DwStageDialog, preview);
  gtk_widget_class_bind_template_child (widget_class, DwStageDialog, env);
  gtk_widget_class_bind_template_child (widget_class, DwStageDialog, volumes);
}

static void
dw_stage_dialog_init (DwStageDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/* dw-tag-row.c: one tag in the list of those that can be deployed
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "ui/dw-tag-row.h"

#include <glib/gi18n.h>
#include <string.h>

#include "ui/dw-format.h"
#include "ui/dw-row-name.h"

struct _DwTagRow
{
  AdwBin parent_instance;

  DwTagItem *item;     /* nullable */
  DwInstance *current; /* nullable: nothing runs in the stage */

  GtkLabel *name_label;
  GtkLabel *detail_label;
  GtkWidget *current_pill;
  GtkWidget *changed_pill;
  GtkWidget *followed_pill;
};

G_DEFINE_FINAL_TYPE (DwTagRow, dw_tag_row, ADW_TYPE_BIN)

static char *
make_detail (DwTagItem *item)
{
  const char *digest = dw_tag_item_get_digest (item);
  const char *created = dw_tag_item_get_created (item);

  if (!dw_tag_item_is_listed (item))
    return g_strdup (strchr (dw_tag_item_get_name (item), ':') != NULL
                         ? _ ("A digest that you typed")
                         : _ ("Not in the registry’s list; you typed it"));
  if (!dw_tag_item_is_described (item))
    return g_strdup ("…");
  if (digest == NULL)
    return g_strdup (_ ("Not known"));

  g_autofree char *short_digest = dw_format_digest (digest);
  g_autofree char *age = dw_format_age (created);

  if (created == NULL)
    return g_steal_pointer (&short_digest);

  /* Translators: how long ago an image was built, and its digest: “3 days ago · 1f0e…” */
  return g_strdup_printf (_ ("%s · %s"), age, short_digest);
}

/* Which of them runs is told by the digest; until that is known, by the name. */
static void
show (DwTagRow *self)
{
  const char *name = dw_tag_item_get_name (self->item);
  const char *digest = dw_tag_item_get_digest (self->item);
  g_autofree char *detail = make_detail (self->item);
  gboolean is_named = self->current != NULL &&
                      g_strcmp0 (dw_instance_get_tag (self->current), name) == 0;
  gboolean is_same = self->current != NULL && digest != NULL &&
                     g_str_equal (dw_instance_get_digest (self->current), digest);
  gboolean is_current = is_same || (is_named && digest == NULL);

  gtk_label_set_label (self->name_label, name);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->name_label), name);
  dw_row_name_set (GTK_WIDGET (self), name);
  gtk_label_set_label (self->detail_label, detail);
  gtk_widget_set_visible (self->current_pill, is_current);
  gtk_widget_set_visible (self->changed_pill, is_named && !is_current);
  gtk_widget_set_visible (self->followed_pill, dw_tag_item_is_followed (self->item));
}

static void
dw_tag_row_dispose (GObject *object)
{
  dw_tag_row_set_item (DW_TAG_ROW (object), NULL, NULL);

  G_OBJECT_CLASS (dw_tag_row_parent_class)->dispose (object);
}

static void
dw_tag_row_class_init (DwTagRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = dw_tag_row_dispose;

  gtk_widget_class_set_template_from_resource (widget_class, DW_UI_PATH "dw-tag-row.ui");
  gtk_widget_class_bind_template_child (widget_class, DwTagRow, name_label);
  gtk_widget_class_bind_template_child (widget_class, DwTagRow, detail_label);
  gtk_widget_class_bind_template_child (widget_class, DwTagRow, current_pill);
  gtk_widget_class_bind_template_child (widget_class, DwTagRow, changed_pill);
  gtk_widget_class_bind_template_child (widget_class, DwTagRow, followed_pill);
}

static void
dw_tag_row_init (DwTagRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/* Returns: (transfer none) (nullable): what the row shows */
DwTagItem *
dw_tag_row_get_item (DwTagRow *self)
{
  g_return_val_if_fail (DW_IS_TAG_ROW (self), NULL);

  return self->item;
}

/**
 * dw_tag_row_set_item:
 * @self: a row
 * @item: (nullable): what it is to show
 * @current: (nullable): what runs in the stage
 */
void
dw_tag_row_set_item (DwTagRow *self, DwTagItem *item, DwInstance *current)
{
  g_return_if_fail (DW_IS_TAG_ROW (self));

  if (self->item != NULL)
    g_signal_handlers_disconnect_by_func (self->item, show, self);
  g_set_object (&self->item, item);
  g_set_object (&self->current, current);
  if (item == NULL)
    return;

  g_signal_connect_object (item, "notify::described", G_CALLBACK (show), self, G_CONNECT_SWAPPED);
  show (self);
}

/* dw-form.h: a dialog's fields and the entity that they are about
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ui/dw-dialog.h"

G_BEGIN_DECLS

#define DW_TYPE_FORM (dw_form_get_type ())

/* Signals:
 *   "changed"                      what the fields say is another thing now; they have been checked
 *   "saved" (DwEntity, gboolean)   it is in the store, and whether it was not before; the dialog
 *                                  is about to close
 */
G_DECLARE_FINAL_TYPE (DwForm, dw_form, DW, FORM, GObject)

/* Called in a thread, before anything is written: to complete @entity, or to keep what is not in
 * the store. */
typedef gboolean (*DwFormSaveFunc) (
    DwStore *store, DwEntity *entity, gpointer data, GCancellable *cancellable, GError **error);

/* Adds to what is wrong with @entity, by column, what the model does not know. */
typedef void (*DwFormCheckFunc) (DwEntity *entity, GHashTable *problems);

DwForm *dw_form_new (DwDialog *dialog, DwEntity *entity, DwEntity *example);
DwEntity *dw_form_get_entity (DwForm *self);
gboolean dw_form_is_new (DwForm *self);
void dw_form_set_check (DwForm *self, DwFormCheckFunc function);
void dw_form_set_extra_modified (DwForm *self, gboolean is_modified);
void dw_form_save (DwForm *self, DwFormSaveFunc before, gpointer data, GDestroyNotify free);

G_END_DECLS

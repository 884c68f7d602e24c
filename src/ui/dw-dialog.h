/* dw-dialog.h: what the dialogs of the window have in common
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

#include "ui/dw-session.h"

G_BEGIN_DECLS

#define DW_TYPE_DIALOG (dw_dialog_get_type ())

/* Properties, beside "title" of the parent:
 *   "session" (DwSession)      construct-only
 *   "item-id" (string)         construct-only, nullable: which thing the dialog is about
 *   "accept-label" (string)    nullable: what the button at the end says; without one there is only
 *                              what closes the dialog
 *   "destructive" (boolean)    that button destroys something
 *   "can-accept" (boolean)     it can be pressed
 *   "busy" (boolean)           what was accepted is being done; only cancelling is possible
 *   "modified" (boolean)       something would be lost: an Escape asks first
 *   "problem" (string)         nullable: shown above the body until it is mended
 *   "width", "height" (int)    natural ones, in logical pixels; 0: what the body wants
 * Signal:
 *   "accept"                   the button was pressed, or Enter
 *
 * In a template a child goes to the dialog's body; type="start" and type="end" go to its header.
 */
#if ADW_CHECK_VERSION(1, 5, 0)
#define DW_DIALOG_PARENT_TYPE ADW_TYPE_DIALOG
G_DECLARE_DERIVABLE_TYPE (DwDialog, dw_dialog, DW, DIALOG, AdwDialog)
typedef AdwDialogClass DwDialogParentClass;
#else
#define DW_DIALOG_PARENT_TYPE ADW_TYPE_WINDOW
G_DECLARE_DERIVABLE_TYPE (DwDialog, dw_dialog, DW, DIALOG, AdwWindow)
typedef AdwWindowClass DwDialogParentClass;
#endif

/**
 * DwDialogClass:
 * @accept: the button at the end was pressed
 */
struct _DwDialogClass
{
  DwDialogParentClass parent_class;

  void (*accept) (DwDialog *self);
};

void dw_dialog_show (DwDialog *self, GtkWidget *over);
void dw_dialog_close (DwDialog *self);

DwSession *dw_dialog_get_session (DwDialog *self);
const char *dw_dialog_get_item_id (DwDialog *self);
void dw_dialog_set_title (DwDialog *self, const char *title);
void dw_dialog_set_accept_label (DwDialog *self, const char *label);
void dw_dialog_set_can_accept (DwDialog *self, gboolean can_accept);
gboolean dw_dialog_get_busy (DwDialog *self);
void dw_dialog_set_busy (DwDialog *self, gboolean is_busy);
void dw_dialog_set_problem (DwDialog *self, const char *problem);
void dw_dialog_set_modified (DwDialog *self, gboolean is_modified);
GCancellable *dw_dialog_get_cancellable (DwDialog *self);
GtkWidget *dw_dialog_get_over (DwDialog *self);
GtkWidget *dw_dialog_get_body (DwDialog *self);

G_END_DECLS

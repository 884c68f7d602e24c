/* dw-page.h: what the pages of the window have in common
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

#include "ui/dw-session.h"

G_BEGIN_DECLS

#define DW_TYPE_PAGE (dw_page_get_type ())

/* Properties:
 *   "session" (DwSession)     construct-only
 *   "title", "subtitle"       what the header says
 *   "item-id" (string)        nullable: which one, for a page that is about one thing
 *   "narrow" (boolean)        there is room for little more than a phone's width
 *   "has-back" (boolean)      whether the header has the button that leads back
 *
 * In a template a child goes to the page's body; type="start" and type="end" go to its header.
 */
G_DECLARE_DERIVABLE_TYPE (DwPage, dw_page, DW, PAGE, GtkWidget)

/**
 * DwPageClass:
 * @show_item: the page is to be about another thing; its :item-id has changed
 * @start_search: somebody wants to search
 * @search_for: somebody has searched elsewhere, and wants to see the results here
 */
struct _DwPageClass
{
  GtkWidgetClass parent_class;

  void (*show_item) (DwPage *self, const char *item_id);
  void (*start_search) (DwPage *self);
  void (*search_for) (DwPage *self, const char *text);
};

DwSession *dw_page_get_session (DwPage *self);
const char *dw_page_get_item_id (DwPage *self);
void dw_page_set_item_id (DwPage *self, const char *item_id);
gboolean dw_page_get_narrow (DwPage *self);
const char *dw_page_get_title (DwPage *self);
void dw_page_set_title (DwPage *self, const char *title);
void dw_page_set_subtitle (DwPage *self, const char *subtitle);
void dw_page_start_search (DwPage *self);
void dw_page_search_for (DwPage *self, const char *text);
/* What the page was about is gone: the window leaves it. */
void dw_page_leave (DwPage *self);

G_END_DECLS

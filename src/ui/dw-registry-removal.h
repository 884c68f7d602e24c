/* dw-registry-removal.h: removes a registry, as far as that can be undone
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

#include "deploy/dw-registries.h"

G_BEGIN_DECLS

/* Main thread; returns at once. */
void dw_registry_removal_begin (GtkWidget *row, DwRegistries *registries, DwRegistry *registry);

G_END_DECLS

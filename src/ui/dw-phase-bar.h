/* dw-phase-bar.h: how long a deploy was in each of its phases
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

#include "model/dw-deploy-phase.h"

G_BEGIN_DECLS

#define DW_TYPE_PHASE_BAR (dw_phase_bar_get_type ())

G_DECLARE_FINAL_TYPE (DwPhaseBar, dw_phase_bar, DW, PHASE_BAR, GtkWidget)

void dw_phase_bar_set_phases (DwPhaseBar *self, GPtrArray *phases, gboolean is_running);

G_END_DECLS

/* dw-choice-label.h: what is chosen in a combo row, in whole
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

void dw_choice_label_use (AdwComboRow *row);

G_END_DECLS

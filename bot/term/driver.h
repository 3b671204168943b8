/* term/driver.h - the conversation as JSON Lines: for programs that drive it.
 *
 * In: a line of text, or {"text":..}, {"edit":..}, {"retract":true},
 * {"audio":true}, {"cipher":true}, {"wait":"20m"}.  Out: one object for each
 * line in, and one before the first. */
#ifndef TERM_DRIVER_H
#define TERM_DRIVER_H

#include <jansson.h>

#include "term/chat.h"

struct driver {
	struct chat *chat;
	json_t *texts;                  /* said since the last object */
	struct str dialog, step, reader, lane, lane_class, intent, end;
	int rung;
};

void driver_init(struct driver *d, struct chat *c);
void driver_fini(struct driver *d);
/* struct app_config.on_trace and struct chat.show, with the driver as ctx. */
void driver_trace(void *driver, const struct trace *t);
bool driver_show(void *driver, const struct outbound *o);
/* Does what a line says; false: the conversation cannot go on. */
bool driver_line(struct driver *d, struct sv line);
/* Writes the object of what happened since the last one. */
bool driver_answer(struct driver *d);

#endif

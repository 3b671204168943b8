/* xmpp/xml.h - writes a stanza as text, front to back.
 *
 * libstrophe builds a tree of small blocks, prints it twice and takes it apart: ten times
 * the work for the same bytes.  All that goes out is written here (escaped here, and nowhere
 * else); what comes in is still read by the library. */
#ifndef XMPP_XML_H
#define XMPP_XML_H

#include <stdbool.h>

#include "base/str.h"

enum { XML_DEPTH = 6 };

struct xml {
	struct str s;
	const char *open[XML_DEPTH];
	int depth;
	bool in_tag;
};

struct xml xml_begin(const char *name, const char *ns);
void xml_open(struct xml *x, const char *name, const char *ns);     /* ns NULL: as around it */
void xml_attr(struct xml *x, const char *name, struct sv value);    /* not when "" */
void xml_text(struct xml *x, struct sv text);
void xml_close(struct xml *x);
void xml_leaf(struct xml *x, const char *name, const char *ns);     /* <name xmlns='ns'/> */
/* <name xmlns='ns' attr='value'/> */
void xml_mark(struct xml *x, const char *name, const char *ns, const char *attr, struct sv value);
void xml_field(struct xml *x, const char *name, struct sv text);    /* <name>text</name> */
struct str xml_end(struct xml *x);      /* closes what is open; the caller's */

#endif

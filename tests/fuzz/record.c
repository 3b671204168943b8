/* Any bytes as a reply out of the store: refused, or the same when it is written again. */
#include "app/owed.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct owed_reply r, again;
	struct choice *list = NULL, *other = NULL;
	size_t cap = 0, other_cap = 0;
	STR_AUTO blob = STR_INIT;

	if (owed_unpack(input(data, size), &r, &list, &cap)) {
		owed_pack(&blob, &r);
		MUST(owed_unpack(str_sv(&blob), &again, &other, &other_cap));
		MUST(sv_eq(r.text, again.text) && r.flags == again.flags && r.kind == again.kind);
		MUST(r.n_choices == again.n_choices);
		for (size_t i = 0; i < r.n_choices; i++)
			MUST(sv_eq(r.choices[i].label, again.choices[i].label));
	}
	free(list);
	free(other);
	return 0;
}

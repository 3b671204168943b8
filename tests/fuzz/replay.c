/* A main() for the targets where there is no libFuzzer: each argument is an input,
 * or a folder of them. */
#include <dirent.h>
#include <sys/stat.h>

#include "fuzz.h"

static size_t replayed;

static void replay_file(const char *path)
{
	FILE *f = fopen(path, "rb");
	long n;
	uint8_t *bytes;

	MUST(f);
	fseek(f, 0, SEEK_END);
	n = ftell(f);
	rewind(f);
	/* Exactly as long as the input: reading on is seen. */
	bytes = xmalloc((size_t)n + !n);
	MUST(fread(bytes, 1, (size_t)n, f) == (size_t)n);
	fclose(f);
	fprintf(stderr, "%s\n", path);
	LLVMFuzzerTestOneInput(bytes, (size_t)n);
	free(bytes);
	replayed++;
}

static void replay(const char *path)
{
	struct stat s;
	struct dirent *e;
	DIR *d;
	char below[4096];

	MUST(stat(path, &s) == 0);
	if (!S_ISDIR(s.st_mode)) {
		replay_file(path);
		return;
	}
	MUST((d = opendir(path)) != NULL);
	while ((e = readdir(d)))
		if (e->d_name[0] != '.') {
			snprintf(below, sizeof below, "%s/%s", path, e->d_name);
			replay(below);
		}
	closedir(d);
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		replay(argv[i]);
	fprintf(stderr, "%zu replayed\n", replayed);
	return replayed ? 0 : 1;
}

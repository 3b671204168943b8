/* attune - a coaching bot that people chat with: a table of commands. */
#include <stdio.h>

int main(void)
{
	puts("attune: not built yet");
	return 0;
}

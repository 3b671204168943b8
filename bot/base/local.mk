libcore_a_SOURCES += \
	%D%/arena.c %D%/arena.h \
	%D%/err.c %D%/err.h \
	%D%/findings.c %D%/findings.h \
	%D%/jtree.c %D%/jtree.h \
	%D%/json.c %D%/json.h \
	%D%/pack.c %D%/pack.h \
	%D%/str.c %D%/str.h \
	%D%/table.c %D%/table.h \
	%D%/xalloc.c %D%/xalloc.h

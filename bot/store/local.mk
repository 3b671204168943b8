libshell_a_SOURCES += \
	%D%/store.c %D%/store.h %D%/store_ops.h \
	%D%/store_memory.c \
	%D%/store_sqlite.c

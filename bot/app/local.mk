libshell_a_SOURCES += \
	%D%/command_user.c \
	%D%/config.c %D%/config.h \
	%D%/files.c %D%/files.h \
	%D%/log.c %D%/log.h \
	%D%/owed.c %D%/owed.h \
	%D%/turn.c %D%/turn.h

libshell_a_SOURCES += \
	%D%/command_help.c \
	%D%/command_show.c \
	%D%/picture.c \
	%D%/sheet.c \
	%D%/show.c %D%/show.h \
	%D%/ways.c

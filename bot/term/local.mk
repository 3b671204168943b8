libshell_a_SOURCES += \
	%D%/chat.c %D%/chat.h \
	%D%/clock.c %D%/clock.h \
	%D%/command_chat.c \
	%D%/driver.c %D%/driver.h \
	%D%/prompt.c %D%/prompt.h \
	%D%/screen.c %D%/screen.h

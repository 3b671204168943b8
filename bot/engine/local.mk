libcore_a_SOURCES += \
	%D%/answer.c \
	%D%/help.c %D%/help.h \
	%D%/intents.c \
	%D%/lane.c \
	%D%/load.c %D%/load.h \
	%D%/load_dialog.c \
	%D%/model.h \
	%D%/moment.c %D%/moment.h \
	%D%/render.c \
	%D%/run.h \
	%D%/script.h \
	%D%/session.c %D%/session.h \
	%D%/settle.c \
	%D%/step.c %D%/step.h \
	%D%/steps.c \
	%D%/template.c \
	%D%/times.c \
	%D%/values.c

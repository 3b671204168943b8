libshell_a_SOURCES +=
libshell_a_SOURCES += %D%/analyze.c %D%/analyze.h %D%/command_analyze.c %D%/command_test.c %D%/transcript.c %D%/transcript.h
libshell_a_SOURCES += %D%/check.c %D%/check.h %D%/command_learn.c %D%/learn.c %D%/learn_intents.c %D%/learn.h
libshell_a_SOURCES += %D%/calls.c %D%/choices.c %D%/codes.c %D%/graph.c %D%/graph.h %D%/locales.c %D%/released.c %D%/slots.c %D%/tree.c %D%/turns.c %D%/voice.c %D%/worst.c

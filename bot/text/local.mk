libcore_a_SOURCES += \
	%D%/fold.c %D%/fold.h \
	%D%/index.c \
	%D%/lattice.c \
	%D%/lexicon.c %D%/lexicon.h %D%/inner.h \
	%D%/match.c \
	%D%/memo.c \
	%D%/mend.c \
	%D%/message.c %D%/message.h \
	%D%/phrase.c \
	%D%/program.c \
	%D%/speak.c \
	%D%/spelled.c \
	%D%/token.c \
	%D%/trie.c

libcore_a_SOURCES +=
libcore_a_SOURCES += %D%/language.c %D%/language.h %D%/tagger.c %D%/tagger.h

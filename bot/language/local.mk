libcore_a_SOURCES +=
libcore_a_SOURCES += %D%/language.c %D%/language.h %D%/tagger.c %D%/tagger.h
libcore_a_SOURCES += %D%/clause.c %D%/form.c %D%/grammar.c %D%/grammar.h %D%/parse.h
libcore_a_SOURCES += %D%/analysis.c %D%/analysis.h %D%/expression.c %D%/expression.h

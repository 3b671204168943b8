libcore_a_SOURCES +=
libcore_a_SOURCES += %D%/language.c %D%/language.h %D%/tagger.c %D%/tagger.h
libcore_a_SOURCES += %D%/clause.c %D%/form.c %D%/grammar.c %D%/grammar.h %D%/parse.h
libcore_a_SOURCES += %D%/analysis.c %D%/analysis.h %D%/expression.c %D%/expression.h
libcore_a_SOURCES += %D%/examples.c %D%/examples.h %D%/leaning.c %D%/leaning.h \
	%D%/labelled.c %D%/labelled.h %D%/weights.c %D%/weights.h %D%/story.c %D%/story.h %D%/cut.c %D%/cut.h
libcore_a_SOURCES += %D%/compose.c %D%/compose.h %D%/readers.c %D%/readers.h %D%/shapes.h \
	%D%/read_clause.c %D%/read_list.c %D%/read_number.c %D%/read_options.c %D%/read_parts.c

# Unit tests: one cmocka program per module, named tests/unit/test_<module>.c
unit_libs = libshell.a libcore.a $(shell_libs) $(core_libs) $(CMOCKA_LIBS)
unit_cflags = $(AM_CFLAGS) $(CMOCKA_CFLAGS)

# store: one contract for every backend
check_PROGRAMS += %D%/contract/test_store
TESTS += %D%/contract/test_store
%C%_contract_test_store_SOURCES = %D%/contract/test_store.c
%C%_contract_test_store_CFLAGS = $(unit_cflags)
%C%_contract_test_store_LDADD = $(unit_libs)

# app: the turn, the configuration, the log
check_PROGRAMS += %D%/unit/test_config %D%/unit/test_turn
TESTS += %D%/unit/test_config %D%/unit/test_turn
%C%_unit_test_config_SOURCES = %D%/unit/test_config.c
%C%_unit_test_config_CFLAGS = $(unit_cflags)
%C%_unit_test_config_LDADD = $(unit_libs)
%C%_unit_test_turn_SOURCES = %D%/unit/test_turn.c
%C%_unit_test_turn_CFLAGS = $(unit_cflags)
%C%_unit_test_turn_LDADD = $(unit_libs)
check_PROGRAMS += %D%/unit/test_term
TESTS += %D%/unit/test_term
%C%_unit_test_term_SOURCES = %D%/unit/test_term.c
%C%_unit_test_term_CFLAGS = $(unit_cflags)
%C%_unit_test_term_LDADD = $(unit_libs)
check_PROGRAMS += %D%/unit/test_lane
TESTS += %D%/unit/test_lane
%C%_unit_test_lane_SOURCES = %D%/unit/test_lane.c
%C%_unit_test_lane_CFLAGS = $(unit_cflags)
%C%_unit_test_lane_LDADD = $(unit_libs)
noinst_PROGRAMS += %D%/bench/bench
%C%_bench_bench_SOURCES = %D%/bench/bench.c
%C%_bench_bench_LDADD = libshell.a libcore.a $(shell_libs) $(core_libs)
# end of app

# text and tagger
check_PROGRAMS += %D%/unit/test_message
TESTS += %D%/unit/test_message
%C%_unit_test_message_SOURCES = %D%/unit/test_message.c %D%/unit/lexicon_help.h
%C%_unit_test_message_CFLAGS = $(unit_cflags)
%C%_unit_test_message_LDADD = libcore.a $(core_libs) $(CMOCKA_LIBS)
check_PROGRAMS += %D%/unit/test_jtree
TESTS += %D%/unit/test_jtree
%C%_unit_test_jtree_SOURCES = %D%/unit/test_jtree.c
%C%_unit_test_jtree_CFLAGS = $(unit_cflags)
%C%_unit_test_jtree_LDADD = libcore.a $(core_libs) $(CMOCKA_LIBS)
check_PROGRAMS += %D%/unit/test_phrase
TESTS += %D%/unit/test_phrase
%C%_unit_test_phrase_SOURCES = %D%/unit/test_phrase.c %D%/unit/lexicon_help.h
%C%_unit_test_phrase_CFLAGS = $(unit_cflags)
%C%_unit_test_phrase_LDADD = libcore.a $(core_libs) $(CMOCKA_LIBS)
check_PROGRAMS += %D%/unit/test_examples
TESTS += %D%/unit/test_examples
%C%_unit_test_examples_SOURCES = %D%/unit/test_examples.c %D%/unit/lexicon_help.h
%C%_unit_test_examples_CFLAGS = $(unit_cflags)
%C%_unit_test_examples_LDADD = $(unit_libs)
check_PROGRAMS += %D%/unit/test_leaning
TESTS += %D%/unit/test_leaning
%C%_unit_test_leaning_SOURCES = %D%/unit/test_leaning.c %D%/unit/lexicon_help.h
%C%_unit_test_leaning_CFLAGS = $(unit_cflags)
%C%_unit_test_leaning_LDADD = $(unit_libs)

check_PROGRAMS += %D%/unit/test_moment
TESTS += %D%/unit/test_moment
%C%_unit_test_moment_SOURCES = %D%/unit/test_moment.c
%C%_unit_test_moment_CFLAGS = $(unit_cflags)
%C%_unit_test_moment_LDADD = libcore.a $(core_libs) $(CMOCKA_LIBS)

check_PROGRAMS += %D%/unit/test_help
TESTS += %D%/unit/test_help
%C%_unit_test_help_SOURCES = %D%/unit/test_help.c
%C%_unit_test_help_CFLAGS = $(unit_cflags)
%C%_unit_test_help_LDADD = libcore.a $(core_libs) $(CMOCKA_LIBS)

check_PROGRAMS += %D%/unit/test_tagger
TESTS += %D%/unit/test_tagger
%C%_unit_test_tagger_SOURCES = %D%/unit/test_tagger.c %D%/unit/lexicon_help.h
%C%_unit_test_tagger_CFLAGS = $(unit_cflags)
%C%_unit_test_tagger_LDADD = libcore.a $(core_libs) $(CMOCKA_LIBS)
noinst_PROGRAMS += %D%/bench/bench_text
%C%_bench_bench_text_SOURCES = %D%/bench/bench_text.c
%C%_bench_bench_text_LDADD = libcore.a $(core_libs)
# end of text and tagger

# xmpp: stanzas from strings
check_PROGRAMS += %D%/unit/test_inbound %D%/unit/test_outbound %D%/unit/test_gather %D%/unit/test_flood
TESTS += %D%/unit/test_inbound %D%/unit/test_outbound %D%/unit/test_gather %D%/unit/test_flood
%C%_unit_test_flood_SOURCES = %D%/unit/test_flood.c
%C%_unit_test_flood_CFLAGS = $(unit_cflags)
%C%_unit_test_flood_LDADD = $(unit_libs)
%C%_unit_test_inbound_SOURCES = %D%/unit/test_inbound.c %D%/unit/stanza_help.h
%C%_unit_test_inbound_CFLAGS = $(unit_cflags)
%C%_unit_test_inbound_LDADD = $(unit_libs)
%C%_unit_test_outbound_SOURCES = %D%/unit/test_outbound.c %D%/unit/stanza_help.h
%C%_unit_test_outbound_CFLAGS = $(unit_cflags)
%C%_unit_test_outbound_LDADD = $(unit_libs)
EXTRA_DIST += %D%/xmpp/run %D%/xmpp/cases.py %D%/xmpp/doctor.py %D%/xmpp/ejabberd.py %D%/xmpp/flood.py %D%/xmpp/keeping.py %D%/xmpp/other.py %D%/xmpp/hostile.py %D%/xmpp/puppet.py %D%/xmpp/bot.py %D%/xmpp/person.py \
	%D%/xmpp/server.py %D%/xmpp/chat.py %D%/xmpp/crowd.py %D%/xmpp/times.py %D%/xmpp/later.c
%C%_unit_test_gather_SOURCES = %D%/unit/test_gather.c
%C%_unit_test_gather_CFLAGS = $(unit_cflags)
%C%_unit_test_gather_LDADD = $(unit_libs)
# faults: the bot with an engine that counts, for tests/faults/run
check_PROGRAMS += %D%/faults/counter
%C%_faults_counter_SOURCES = %D%/faults/counter.c
%C%_faults_counter_LDADD = libshell.a libcore.a $(shell_libs) $(core_libs)
EXTRA_DIST += %D%/faults/run %D%/faults/steps %D%/faults/breaker.c %D%/faults/people.py %D%/faults/proxy.py %D%/faults/dialogs
EXTRA_DIST += %D%/model/run %D%/model/delivery.pml
noinst_PROGRAMS += %D%/bench/echo
%C%_bench_echo_SOURCES = %D%/bench/echo.c
%C%_bench_echo_LDADD = libshell.a libcore.a $(shell_libs) $(core_libs)
EXTRA_DIST += %D%/bench/echo.py %D%/bench/echo.js %D%/bench/xmpp.py
# end of xmpp

# fuzz: any bytes; the corpus is replayed at each make check
if FUZZ
fuzz_main =
else
fuzz_main = %D%/fuzz/replay.c
endif
check_PROGRAMS += %D%/fuzz/archive %D%/fuzz/config %D%/fuzz/engine %D%/fuzz/loader %D%/fuzz/record %D%/fuzz/stanza %D%/fuzz/text
%C%_fuzz_archive_SOURCES = %D%/fuzz/archive.c %D%/fuzz/fuzz.h $(fuzz_main)
%C%_fuzz_archive_LDADD = libshell.a libcore.a $(shell_libs) $(core_libs) $(FUZZ_MAIN)
%C%_fuzz_config_SOURCES = %D%/fuzz/config.c %D%/fuzz/fuzz.h $(fuzz_main)
%C%_fuzz_config_LDADD = libshell.a libcore.a $(shell_libs) $(core_libs) $(FUZZ_MAIN)
%C%_fuzz_engine_SOURCES = %D%/fuzz/engine.c %D%/fuzz/fuzz.h $(fuzz_main)
%C%_fuzz_engine_LDADD = libshell.a libcore.a $(shell_libs) $(core_libs) $(FUZZ_MAIN)
%C%_fuzz_loader_SOURCES = %D%/fuzz/loader.c %D%/fuzz/fuzz.h $(fuzz_main)
%C%_fuzz_loader_LDADD = libshell.a libcore.a $(shell_libs) $(core_libs) $(FUZZ_MAIN)
%C%_fuzz_record_SOURCES = %D%/fuzz/record.c %D%/fuzz/fuzz.h $(fuzz_main)
%C%_fuzz_record_LDADD = libshell.a libcore.a $(shell_libs) $(core_libs) $(FUZZ_MAIN)
%C%_fuzz_stanza_SOURCES = %D%/fuzz/stanza.c %D%/fuzz/fuzz.h $(fuzz_main)
%C%_fuzz_stanza_LDADD = libshell.a libcore.a $(shell_libs) $(core_libs) $(FUZZ_MAIN)
%C%_fuzz_text_SOURCES = %D%/fuzz/text.c %D%/fuzz/fuzz.h $(fuzz_main)
%C%_fuzz_text_LDADD = libshell.a libcore.a $(shell_libs) $(core_libs) $(FUZZ_MAIN)
TESTS += %D%/fuzz/run
EXTRA_DIST += %D%/fuzz/run %D%/fuzz/corpus
# end of fuzz

# drafts: what none may ever say; linkparse looks at their grammar where it is installed
EXTRA_DIST += %D%/drafts/run %D%/tools/linkparse %D%/corpora/blame-dev.tsv %D%/corpora/drafts-dev.tsv

# Grammar: English clauses and what is said of them
check_PROGRAMS += %D%/unit/test_grammar
TESTS += %D%/unit/test_grammar
%C%_unit_test_grammar_SOURCES = %D%/unit/test_grammar.c %D%/unit/english_help.h
%C%_unit_test_grammar_CFLAGS = $(unit_cflags)
%C%_unit_test_grammar_LDADD = $(unit_libs)

# check: each code fires; a live talk meets changed dialogs
check_PROGRAMS += %D%/unit/test_check
TESTS += %D%/unit/test_check
%C%_unit_test_check_SOURCES = %D%/unit/test_check.c
%C%_unit_test_check_CFLAGS = $(unit_cflags)
%C%_unit_test_check_LDADD = $(unit_libs)
EXTRA_DIST += %D%/check
check_PROGRAMS += %D%/unit/test_live
TESTS += %D%/unit/test_live
%C%_unit_test_live_SOURCES = %D%/unit/test_live.c
%C%_unit_test_live_CFLAGS = $(unit_cflags)
%C%_unit_test_live_LDADD = $(unit_libs)
# end of check

# what the tests read
EXTRA_DIST += %D%/corpora %D%/dist %D%/laws %D%/layers %D%/proofs %D%/purity %D%/show %D%/talks \
	%D%/words %D%/words.allow %D%/words.deny %D%/world %D%/xmpp
CLEANFILES += core.defined core.bad

# the laws, at each make check
check-local: all
	$(srcdir)/tests/layers $(srcdir)
	$(srcdir)/tests/words $(srcdir)
	$(srcdir)/tests/purity .
# Hostile: disguised signs, damaged trees, texts that are none, danger at every question
check_PROGRAMS += %D%/hostile/disguise %D%/hostile/answers %D%/hostile/trees %D%/hostile/walk
%C%_hostile_walk_SOURCES = %D%/hostile/walk.c
%C%_hostile_walk_LDADD = $(unit_libs)
%C%_hostile_disguise_SOURCES = %D%/hostile/disguise.c
%C%_hostile_disguise_LDADD = $(unit_libs)
%C%_hostile_answers_SOURCES = %D%/hostile/answers.c
%C%_hostile_answers_LDADD = $(unit_libs)
%C%_hostile_trees_SOURCES = %D%/hostile/trees.c
%C%_hostile_trees_LDADD = $(unit_libs)
EXTRA_DIST += %D%/behaviors.tsv %D%/coaching.tsv %D%/corpora/lane-languages.tsv
EXTRA_DIST += %D%/lane/run %D%/corpora/lane-unread.tsv
EXTRA_DIST += %D%/limits/run %D%/corpora/limits.tsv %D%/corpora/replies.tsv
EXTRA_DIST += %D%/personas/run %D%/personas/plans.py
EXTRA_DIST += %D%/hostile/lines.tsv %D%/hostile/walked %D%/bench/peers.js

# libcore.a is pure (base, text, language, engine); libshell.a is the rest.
noinst_LIBRARIES += libcore.a libshell.a
libcore_a_SOURCES =
libshell_a_SOURCES =

include %D%/base/local.mk
include %D%/text/local.mk
include %D%/language/local.mk
include %D%/engine/local.mk
include %D%/store/local.mk
include %D%/app/local.mk
include %D%/xmpp/local.mk
include %D%/term/local.mk
include %D%/check/local.mk
include %D%/show/local.mk

bin_PROGRAMS += attune
attune_SOURCES = %D%/main.c %D%/command.h
attune_LDADD = libshell.a libcore.a $(shell_libs) $(core_libs)

# Unit tests: one cmocka program per module, named tests/unit/test_<module>.c
unit_libs = libshell.a libcore.a $(shell_libs) $(core_libs) $(CMOCKA_LIBS)
unit_cflags = $(AM_CFLAGS) $(CMOCKA_CFLAGS)

# What `make install` puts beside the program: the dialogs where the program looks
# for them, an example configuration, and a unit for the service manager.
EXTRA_DIST += %D%/attune.service.in dialogs attune.conf.example

dist_doc_DATA = README.md SAFETY.md ARCHITECTURE.md CONTRIBUTING.md LICENSE
examplesdir = $(docdir)/examples
examples_DATA = attune.conf.example
systemdsystemunitdir = @systemdsystemunitdir@
systemdsystemunit_DATA = %D%/attune.service
CLEANFILES += %D%/attune.service

%D%/attune.service: $(srcdir)/%D%/attune.service.in Makefile
	$(MKDIR_P) %D%
	sed 's,[@]bindir[@],$(bindir),g' $(srcdir)/%D%/attune.service.in >$@.new
	mv $@.new $@

# hidden files and what editors leave behind stay at home
find_dialogs = (cd $(srcdir) && find dialogs -type f ! -name '.*' ! -name '*~' ! -name '*.orig' | sort)

install-data-local:
	@$(find_dialogs) | while read -r file; do \
		dir=$(DESTDIR)$(pkgdatadir)/$$(dirname "$$file"); \
		test -d "$$dir" || $(MKDIR_P) "$$dir" || exit 1; \
		$(INSTALL_DATA) "$(srcdir)/$$file" "$$dir/" || exit 1; \
	done

uninstall-local:
	@$(find_dialogs) | while read -r file; do rm -f "$(DESTDIR)$(pkgdatadir)/$$file"; done
	@test ! -d "$(DESTDIR)$(pkgdatadir)/dialogs" || \
		find "$(DESTDIR)$(pkgdatadir)/dialogs" -depth -type d -exec rmdir {} \;
	@rmdir "$(DESTDIR)$(pkgdatadir)" 2>/dev/null || true

# the installed program finds its installed dialogs without a word from anybody
installcheck-local:
	cd / && env -u ATTUNE_DIALOGS "$(DESTDIR)$(bindir)/attune" show >/dev/null
	cd / && echo hi | env -u ATTUNE_DIALOGS "$(DESTDIR)$(bindir)/attune" chat --fast --forget | grep . >/dev/null

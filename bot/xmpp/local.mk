libshell_a_SOURCES += \
	%D%/advice.c %D%/advice.h \
	%D%/doctor.c %D%/doctor.h \
	%D%/failure.c %D%/failure.h \
	%D%/features.c %D%/features.h \
	%D%/flood.c %D%/flood.h \
	%D%/gather.c %D%/gather.h \
	%D%/guard.c %D%/guard.h \
	%D%/inbound.c %D%/inbound.h \
	%D%/link.c %D%/link.h \
	%D%/notify.c %D%/notify.h \
	%D%/ns.h \
	%D%/outbound.c %D%/outbound.h \
	%D%/pace.c %D%/pace.h \
	%D%/peers.c %D%/peers.h \
	%D%/probe.c %D%/probe.h \
	%D%/roster.c %D%/roster.h \
	%D%/run.c %D%/run.h \
	%D%/service.c %D%/service.h \
	%D%/stanza.c %D%/stanza.h \
	%D%/xml.c %D%/xml.h

/* How a message is answered once, whatever crashes: the bot, its server, the
 * archive between them.  bot/xmpp/service.h tells the same in words; this is
 * checked over every order in which things can happen.
 *
 * One person writes messages 0, 1, ... N-1.  The bot may die at any moment; what
 * it had handed to the network may still arrive after that, until the next
 * login with the same resource ends the old stream.  Asserted: no message is
 * taken twice or out of order, no reply comes twice or out of order; and when
 * nothing moves any more, each message has its reply and each reply is known to
 * have come.
 *
 * Each WITHOUT_... removes one safeguard; tests/model/run wants each of them to
 * fail.  With ROLLBACK the store may come back as it was at some earlier time, as
 * from a backup. */

#ifndef N
#define N 2
#endif
#ifndef CRASHES
#define CRASHES 2
#endif
#define ARCHIVE (2 * N)

mtype = { PRESENCE, QUERY, REPLY, PING, LIVE, RESULT, FIN, PONG };

chan up = [2 * N + 6] of { mtype, byte };               /* bot to server */
chan old = [N * (CRASHES + 1)] of { mtype, byte };      /* of a stream that is over */
chan down = [4 * N + 6] of { mtype, byte, byte };       /* server to bot */

/* The server's. */
byte archive[ARCHIVE];          /* m: a message; N + m: the reply to it */
byte length;
bool available;
byte replies;                   /* delivered */
bool replied[N];

/* The bot's store. */
bool inbox[N];
byte owed[N];                   /* 0 nothing, 1 owed, 2 confirmed */
byte since[N];                  /* the cursor when it became so */
byte cursor;
byte taken;

byte crashes;

#ifdef ROLLBACK
bool kept, kept_inbox[N];
byte kept_owed[N], kept_since[N], kept_cursor, kept_taken;

inline keep_backup()
{
	if
	:: !kept ->
		kept = true;
		for (i : 0 .. N - 1) {
			kept_inbox[i] = inbox[i];
			kept_owed[i] = owed[i];
			kept_since[i] = since[i]
		}
		kept_cursor = cursor;
		kept_taken = taken
	:: true
	fi
}

inline restore_backup()
{
	if
	:: kept ->
		for (i : 0 .. N - 1) {
			inbox[i] = kept_inbox[i];
			owed[i] = kept_owed[i];
			since[i] = kept_since[i]
		}
		cursor = kept_cursor;
		taken = kept_taken
	:: true
	fi
}
#else
inline keep_backup() { skip }
inline restore_backup() { skip }
#endif

active proctype Person()
{
	byte m;

	do
	:: m < N ->
		atomic {
			archive[length] = m;
			length++;
			if
			:: available -> down!LIVE(m, length - 1)
			:: else
			fi;
			m++
		}
	:: else -> break
	od
}

inline deliver(m)
{
	assert(!replied[m]);            /* doubled */
	assert(m == replies);           /* out of order */
	replied[m] = true;
	replies++;
	archive[length] = N + m;
	length++
}

active proctype Server()
{
	byte m, i;

end:	do
	:: atomic { up?REPLY(m) -> deliver(m) }
	:: atomic { old?REPLY(m) -> deliver(m) }
	:: atomic { up?PRESENCE(_) -> available = true }
	:: atomic { up?PING(_) -> down!PONG(0, 0) }
	:: atomic {
		up?QUERY(i) ->
		do
		:: i < length -> down!RESULT(archive[i], i); i++
		:: else -> break
		od;
		down!FIN(0, 0)
	   }
	od
}

/* T1: one transaction. */
inline take(m, at)
{
#ifdef WITHOUT_INBOX
	if
	:: true ->
#else
	if
	:: !inbox[m] ->
#endif
		assert(m == taken);     /* twice, or out of order */
		taken++;
		inbox[m] = true;
		since[m] = cursor;
		owed[m] = 1
#ifndef WITHOUT_INBOX
	:: else
#endif
	fi;
	if
	:: at + 1 > cursor -> cursor = at + 1
	:: else
	fi
}

inline send_owed()
{
	i = 0;
	do
	:: i < N ->
		if
		:: owed[i] == 1 && !sent[i] ->
			up!REPLY(i);
			sent[i] = true;
#ifdef WITHOUT_PROOF
			owed[i] = 2
#endif
		:: else
		fi;
		i++
	:: else -> break
	od;
	if
	:: !pinging ->
		up!PING(0);
		pinging = true;
		for (i : 0 .. N - 1) {
			asked[i] = sent[i]
		}
	:: else
	fi
}

#define CRASH atomic { crashes < CRASHES -> goto crashed }

active proctype Bot()
{
	byte m, at, i, n_buffer;
	byte buffer[N], buffer_at[N];
	bool sent[N], asked[N], pinging;

connect:
	atomic {
		do
		:: nempty(down) -> down?_, _, _
		:: empty(down) -> break
		od;
#ifndef WITHOUT_FENCE
		do
		:: nempty(old) -> old?_, _
		:: empty(old) -> break
		od;
#endif
		available = false;
		pinging = false;
		n_buffer = 0;
		for (i : 0 .. N - 1) {
			sent[i] = false;
			asked[i] = false
		}
	}
#ifndef CATCH_UP_FIRST
	up!PRESENCE(0);
#endif
	/* From where the oldest reply that is still owed may be found. */
	atomic {
		at = cursor;
#ifndef WITHOUT_OLDEST
		for (i : 0 .. N - 1) {
			if
			:: owed[i] == 1 && since[i] < at -> at = since[i]
			:: else
			fi
		}
#endif
		up!QUERY(at)
	}

	do
	:: CRASH
	:: atomic {
		down?RESULT(m, at) ->
		if
		:: m < N -> take(m, at)
		:: else ->
#ifndef WITHOUT_RECONCILIATION
			owed[m - N] = 2;
#endif
			skip
		fi
	   }
	:: atomic {
		down?LIVE(m, at) ->
#ifdef WITHOUT_BUFFER
		take(m, at)
#else
		buffer[n_buffer] = m;
		buffer_at[n_buffer] = at;
		n_buffer++
#endif
	   }
	:: atomic { down?FIN(_, _) -> break }
	od;
#ifdef CATCH_UP_FIRST
	up!PRESENCE(0);
#endif
	atomic {
		at = 0;
		do
		:: at < n_buffer -> take(buffer[at], buffer_at[at]); at++
		:: else -> break
		od
	}

	do
	:: CRASH
	:: atomic { true -> send_owed() }; break
	od;

end:	do
	:: CRASH
	:: down?LIVE(m, at) ->
		atomic { take(m, at) };
		if
		:: CRASH
		:: atomic { true -> send_owed() }
		fi
	:: atomic {
		down?PONG(_, _) ->
		pinging = false;
		for (i : 0 .. N - 1) {
			if
			:: asked[i] -> owed[i] = 2; asked[i] = false
			:: else
			fi
		};
		at = 0;
		for (i : 0 .. N - 1) {
			if
			:: owed[i] == 1 -> at = 1
			:: else
			fi
		};
		if
		:: at -> send_owed()
		:: else
		fi
	   }
	od;

	/* What was on the wire stays there for a while; all else is gone. */
crashed:
	atomic {
		crashes++;
		do
		:: nempty(up) ->
			if
			:: up?REPLY(m) -> old!REPLY(m)
			:: up?PRESENCE(_)
			:: up?QUERY(_)
			:: up?PING(_)
			fi
		:: empty(up) -> break
		od;
		restore_backup();
		goto connect
	}
}

/* It need not crash as often as it may. */
active proctype Luck()
{
	byte i;

	if
	:: atomic { crashes < CRASHES -> crashes = CRASHES }
	:: atomic { true -> keep_backup() };
		if
		:: atomic { crashes < CRASHES -> crashes = CRASHES }
		:: true
		fi
	fi
}

active proctype Judge()
{
	byte i;

	timeout;
	if
	:: crashes >= CRASHES ->
		assert(taken == N);             /* lost */
		assert(replies == N);           /* missing */
		for (i : 0 .. N - 1) {
			assert(owed[i] == 2)
		}
	:: else
	fi
}

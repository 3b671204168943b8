/* xmpp/run.h - `attune run`: the bot on its XMPP account.
 *
 * Signals: TERM and INT end it (what is owed is sent first; a second one ends
 * it at once), HUP loads the dialogs anew and keeps the old ones if the new
 * ones are unsound, USR1 writes a line of counts.
 * Exit: 0 done, 64 usage, 74 the store failed, 78 configuration, dialogs, or
 * another bot on the same account: restarting does not help. */
#ifndef XMPP_RUN_H
#define XMPP_RUN_H

int command_run(int argc, char **argv);

#endif

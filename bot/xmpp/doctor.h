/* xmpp/doctor.h - `attune doctor`: is everything as the bot needs it?
 *
 * Reads the configuration and the files, logs in, asks and tries the server;
 * one line a finding, and for a fault what to do, with the lines for the
 * server's configuration.  Changes nothing but for one message to itself in the
 * account's archive.  Safe beside a running bot.
 * Exit: 0 nothing is wrong, 1 the server or the connection, 64 usage, 74 the store,
 * 78 configuration, password or dialogs; the highest wins. */
#ifndef XMPP_DOCTOR_H
#define XMPP_DOCTOR_H

int command_doctor(int argc, char **argv);

#endif

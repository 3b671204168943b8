// A bare echo bot on @xmpp/client.  usage: echo.js MODULES JID PASSWORD PORT CA_FILE
const [modules, jid, password, port, ca] = process.argv.slice(2);
const path = require("path");
const { client, xml } = require(path.join(modules, "node_modules/@xmpp/client"));
const [username, domain] = jid.split("@");
const xmpp = client({ service: `xmpp://127.0.0.1:${port}`, domain, username, password });
xmpp.on("error", (e) => { console.error(e.message); process.exit(1); });
xmpp.on("online", () => xmpp.send(xml("presence")));
xmpp.on("stanza", (s) => {
  const body = s.is("message") && s.getChildText("body");
  if (body) xmpp.send(xml("message", { type: "chat", to: s.attrs.from }, xml("body", {}, body)));
});
xmpp.start().catch((e) => { console.error(e.message); process.exit(1); });

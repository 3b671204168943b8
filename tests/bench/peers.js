// peers.js - what a reply costs in other people's rule-based bots, for comparison.
//
//   node peers.js FOLDER        where elizabot and rivescript are installed
//
// ELIZA with its own script; RiveScript with 100 and with 10,000 triggers of the
// same build as those in bench.c.  Prints "name TAB microseconds of CPU a reply".
// They only answer: no lane, no session saved, no draft.
"use strict";
const path = require("path");
const folder = path.resolve(process.argv[2], "node_modules");
const said = [
  "you never listen to me when i talk about my day and it makes me feel so alone",
  "my mum called again last night and shouted at me about the money i owe her",
  "he is always late for dinner and does not even text", "hi", "hurt and a bit lonely",
  "its been three weeks since we broke up and i still want to text him every night",
  "put his phone away at dinner", "yes please", "can you help me set a boundary",
];

function micros(from) {
  const used = process.cpuUsage(from);
  return used.user + used.system;
}

async function time(name, rounds, reply) {
  for (let i = 0; i < rounds / 10; i++) await reply(said[i % said.length]);
  const from = process.cpuUsage();
  for (let i = 0; i < rounds; i++) await reply(said[i % said.length]);
  console.log(`${name}\t${(micros(from) / rounds).toFixed(2)}`);
}

function brain(n) {
  const heads = ["i", "you", "my *", "i (want|need) to", "you [really] never", "it is"];
  const words = ["call", "listen", "shout", "leave", "phone", "dinner", "sorry", "feel"];
  let text = "! version = 2.0\n+ *\n- Tell me more.\n";
  for (let i = 0; i < n; i++)
    text += `+ ${heads[i % heads.length]} thing${i} ${words[i % words.length]} *\n- Reply ${i}.\n`;
  return text;
}

async function main() {
  const Eliza = require(path.join(folder, "elizabot"));
  const eliza = new Eliza();
  await time("ELIZA (elizabot), us", 5000, (text) => eliza.transform(text));
  const RiveScript = require(path.join(folder, "rivescript"));
  for (const n of [100, 10000]) {
    const bot = new RiveScript();
    bot.stream(brain(n));
    bot.sortReplies();
    await time(`RiveScript, ${n} triggers, us`, n > 1000 ? 20 : 2000, (text) => bot.reply("p", text));
  }
}

main().catch((e) => { console.error(String(e)); process.exit(1); });

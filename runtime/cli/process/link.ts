/** The link's process: may be slow, blocked or dead; the loop does not notice. */
import { join } from "node:path";
import { type FromLink, parentChannel, type ToLink } from "../../ipc.ts";
import { hold } from "../../link/hold.ts";
import { Link } from "../../link/link.ts";
import { StandardTopics } from "../../log/standard-topics.ts";
import { loadMachine } from "./machine.ts";
import { acceptTestClock } from "./test-clock.ts";
import { acceptTestFaults } from "./test-faults.ts";

acceptTestFaults();
acceptTestClock();

const channel = parentChannel<ToLink, FromLink>();
let link: Link | undefined;
let release = (): void => {};
let last: Promise<void> = Promise.resolve();

channel.onMessage((message) => {
  if (link !== undefined && message.type !== "start" && message.type !== "stop") link.take(message);
  else last = last.then(() => take(message)).catch(fail);
});
// Whoever comes next waits for this one: what is in the spool can wait for the next link.
channel.onClose(() => {
  last = last.then(() => end(0)).catch(fail);
});
process.on("SIGINT", () => {});
process.on("SIGTERM", () => {
  last = last.then(() => end()).catch(fail);
});

async function take(message: ToLink): Promise<void> {
  if (message.type === "start") {
    const { schema, task, spec } = await loadMachine(message.config);
    const { link: settings, supervisor } = message.config.runtime;
    release = await hold(join(message.config.run, "robot"), settings.flushMs + supervisor.stopMs);
    const send = (out: FromLink): void => channel.send(out);
    const standard = settings.standardTopics ? new StandardTopics(spec) : undefined;
    link = new Link(message.config, schema, message.resumed, send, task.downStage, undefined, standard);
    link.ended.catch(fail);
  } else if (message.type === "stop") await end();
  else if (link !== undefined) link.take(message);
}

/** What the learner has not acked stays in the spool. */
async function end(waitMs?: number): Promise<void> {
  const ending = link;
  link = undefined;
  await ending?.close(waitMs);
  release();
  if (ending !== undefined) channel.send({ type: "ended", status: ending.status });
  if (process.connected) process.disconnect();
  else process.exit(0);
}

function fail(error: Error): void {
  process.stderr.write(`link: ${error.message}\n`);
  process.exit(1);
}

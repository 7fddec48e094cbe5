/** The link's process: may be slow, blocked or dead; the loop does not notice. */
import { type FromLink, parentChannel, type ToLink } from "../../ipc.ts";
import { Link } from "../../link/link.ts";
import { loadMachine } from "./machine.ts";
import { acceptTestFaults } from "./test-faults.ts";

acceptTestFaults();

const channel = parentChannel<ToLink, FromLink>();
let link: Link | undefined;
let last: Promise<void> = Promise.resolve();

channel.onMessage((message) => {
  if (link !== undefined && message.type !== "start" && message.type !== "stop") link.take(message);
  else last = last.then(() => take(message)).catch(fail);
});
channel.onClose(() => {
  last = last.then(end).catch(fail);
});
process.on("SIGINT", () => {});
process.on("SIGTERM", () => {
  last = last.then(end).catch(fail);
});

async function take(message: ToLink): Promise<void> {
  if (message.type === "start") {
    const { schema, task } = await loadMachine(message.config);
    link = new Link(message.config, schema, message.resumed, (out) => channel.send(out), task.downStage);
    link.ended.catch(fail);
  } else if (message.type === "stop") await end();
  else if (link !== undefined) link.take(message);
}

/** What the learner has not acked stays in the spool. */
async function end(): Promise<void> {
  const ending = link;
  link = undefined;
  await ending?.close();
  if (ending !== undefined) channel.send({ type: "ended", status: ending.status });
  if (process.connected) process.disconnect();
  else process.exit(0);
}

function fail(error: Error): void {
  process.stderr.write(`link: ${error.message}\n`);
  process.exit(1);
}

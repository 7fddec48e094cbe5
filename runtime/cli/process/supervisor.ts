/** The supervisor's process: loads next to nothing, so that there is next to nothing it could die of. */
import { parentChannel } from "../../ipc.ts";
import type { FromSupervisor, ToSupervisor } from "../../supervisor/status.ts";
import { Supervisor } from "../../supervisor/supervisor.ts";
import { acceptTestClock } from "./test-clock.ts";
import { acceptTestFaults } from "./test-faults.ts";

acceptTestFaults();
acceptTestClock();

const channel = parentChannel<ToSupervisor, FromSupervisor>();
let supervisor: Supervisor | undefined;

channel.onMessage((message) => {
  if (message.type === "stop") return void end();
  if (message.type === "order") return supervisor?.order(message.order);
  const { config } = message;
  supervisor = new Supervisor({
    config,
    entries: {
      governor: new URL("./governor.js", import.meta.url),
      policy: new URL("./policy.js", import.meta.url),
      link: new URL("./link.js", import.meta.url),
      relaxer: new URL("./relaxer.js", import.meta.url),
    },
    send: (event) => {
      channel.send(event);
      if (event.type === "ended" && process.connected) process.disconnect();
    },
  });
  supervisor.start();
});
channel.onClose(() => void end());
process.on("SIGINT", () => {});
process.on("SIGTERM", () => void end());

async function end(): Promise<void> {
  await supervisor?.stop();
  if (process.connected) process.disconnect();
}

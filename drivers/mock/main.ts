/**
 * An emulated bus in a process of its own: gets its config as the first message, says where it can be reached, and answers
 * "look" with the servos' registers, "seen" with what its witness saw; `inject` adds faults. It ends when it is told "close". When whoever started it is gone it ends as a machine
 * that is left alone: not before the bus was silent for a while, so that those who still drive it can bring it to rest.
 */

import { type ServeConfig, type ServedBus, serve } from "./serve.ts";
import type { InjectAnswer, InjectOrder } from "./start-emulator.ts";

/** How long nobody may have asked anything before it is left, ms. */
const LEFT_MS = 1000;

for (const signal of ["SIGINT", "SIGHUP"] as const) process.on(signal, () => {}); // a terminal's are for whoever started it

process.once("message", (config) => {
  serve(config as ServeConfig).then(attend, (error: Error) => {
    process.send?.({ error: error.message });
    process.exitCode = 1;
    process.disconnect?.();
  });
});

function attend(bus: ServedBus): void {
  const end = (): void => void bus.close().finally(() => process.exit(0));
  process.send?.({ port: bus.port });
  process.on("message", (order) => {
    if (order === "close") end();
    else if (order === "look") process.send?.({ look: bus.look() });
    else if (order === "seen") process.send?.({ seen: bus.seen() });
    else process.send?.(inject(bus, order as InjectOrder));
  });
  process.once("disconnect", () => {
    setInterval(() => bus.silentMs > LEFT_MS && end(), LEFT_MS / 10);
  });
}

function inject(bus: ServedBus, { inject: faults }: InjectOrder): InjectAnswer {
  try {
    bus.inject(faults);
    return { injectedNs: String(process.hrtime.bigint()) };
  } catch (error) {
    return { refused: (error as Error).message };
  }
}

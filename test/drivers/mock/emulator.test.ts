import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { chainSetups } from "../../../drivers/mock/chain.ts";
import type { ServeConfig } from "../../../drivers/mock/serve.ts";
import type { Emulator } from "../../../drivers/mock/start-emulator.ts";
import { portCalled } from "../../../drivers/serial/port-called.ts";
import { driverOf } from "../serial/chain.ts";

const compiled = resolve(import.meta.dirname, "../../../dist/drivers/mock/start-emulator.js");

test.runIf(existsSync(compiled))(
  "an emulator in a process of its own serves a chain, and ends when it is left",
  async () => {
    const { startEmulator } = (await import(compiled)) as { startEmulator(config: ServeConfig): Promise<Emulator> };
    const emulator = await startEmulator({
      kind: "sts",
      servos: chainSetups("sts", 6),
      plant: { start: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6] },
      faults: [],
      seed: 0,
      pacedBaud: 1_000_000,
    });
    const { driver } = driverOf("sts", 6, portCalled(emulator.port, 1_000_000), { line: { slackMs: 500 } });
    await driver.open();
    const { position } = await driver.read();
    for (let i = 0; i < 6; i++) expect(position[i]).toBeCloseTo(0.1 * (i + 1), 2);
    await driver.close();
    emulator.close();
    await expect.poll(() => isAlive(emulator.pid), { timeout: 10_000 }).toBe(false);
  },
  30_000,
);

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { mountedRobot } from "../../../drivers/mock/mounting.ts";
import type { ServeConfig } from "../../../drivers/mock/serve.ts";
import type { Emulator } from "../../../drivers/mock/start-emulator.ts";
import { SO101_SPEC } from "../../../robots/so101/joints.ts";
import { SO101_SERVOS } from "../../../robots/so101/servos.ts";
import { RUNTIME_DEFAULTS } from "../../../runtime/defaults.ts";
import { Relaxer } from "../../../runtime/supervisor/relaxer.ts";

const built = (path: string) => new URL(`../../../dist/${path}.js`, import.meta.url);
const EMULATOR = built("drivers/mock/start-emulator");
/** Servo of the wrist's roll. */
const DEAD = 5;

test.runIf(existsSync(EMULATOR))(
  "of an arm with a dead servo the others are in their end state well before the relaxer gives up on the one that is missing",
  async () => {
    const { startEmulator } = (await import(EMULATOR.href)) as {
      startEmulator(config: ServeConfig): Promise<Emulator>;
    };
    const emulator = await startEmulator({
      kind: "sts",
      servos: mountedRobot(SO101_SPEC, SO101_SERVOS, 0).servos,
      plant: { start: SO101_SPEC.restPose },
      faults: [{ kind: "dead", servo: DEAD }],
      seed: 0,
      pacedBaud: 1_000_000,
    });
    let relaxMs = 0;
    const reached: { readonly atMs: number; readonly line: string }[] = [];
    const relaxer = new Relaxer({
      entry: built("runtime/cli/process/relaxer"),
      config: {
        robot: "so101",
        driver: "mock",
        serial: { port: emulator.port, baud: 0, slackMs: 60, openingMs: 1500, calibration: "" },
        task: {},
        seed: 0,
        clock: "realtime",
        run: "",
        learner: "",
        steps: 0,
        runtime: RUNTIME_DEFAULTS,
      },
      report: (line) => reached.push({ atMs: performance.now() - relaxMs, line }),
    });
    try {
      relaxer.start();
      await relaxer.ready;
      relaxMs = performance.now();
      expect(await relaxer.relax()).toBe("hold");
      const { openMs } = RUNTIME_DEFAULTS.supervisor;
      expect(performance.now() - relaxMs).toBeGreaterThan(openMs);
      const rest = reached.find(({ line }) => line.includes('the rest is brought to "hold"'));
      expect(rest?.line).toContain("servo 5");
      expect(rest?.atMs).toBeLessThan(0.75 * openMs);
    } finally {
      await relaxer.stop(5000);
      emulator.close();
    }
  },
  30_000,
);

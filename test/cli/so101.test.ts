import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { saveCalibration } from "../../calibration/file.ts";
import { mountedRobot } from "../../drivers/mock/mounting.ts";
import type { ServeConfig } from "../../drivers/mock/serve.ts";
import type { Emulator } from "../../drivers/mock/start-emulator.ts";
import { SO101_SPEC } from "../../robots/so101/joints.ts";
import { SO101_SERVOS } from "../../robots/so101/servos.ts";
import { SO101 } from "../../robots/so101/so101.ts";
import { Reverie } from "../fakes/reverie.ts";

const START = resolve(import.meta.dirname, "../../dist/drivers/mock/start-emulator.js");

let folder: string;
let started: Reverie | undefined;
let machine: Emulator | undefined;
const reverie = (...args: string[]): Reverie => {
  started = new Reverie([...args, "--run", join(folder, "run"), "--json"], "ignore");
  return started;
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "reverie-so101-"));
});
afterEach(async () => {
  started?.signal("SIGKILL");
  await started?.exited;
  machine?.kill();
  await machine?.ended;
  [started, machine] = [undefined, undefined];
  rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
});

test("teach so101 --driver mock: steps of emulated servos reach the learner, and nothing is left behind", {
  timeout: 120_000,
}, async () => {
  const leftBefore = readdirSync(tmpdir()).filter((name) => name.startsWith("reverie-mock-"));
  const small = [
    "--preset=robot-tiny",
    "--learner.replay.batch=4",
    "--learner.replay.length=8",
    "--learner.agent.horizon=5",
  ];
  const each = reverie("teach", "so101", "--driver=mock", "--steps=40", ...small);
  expect(await each.exited, each.stderr + JSON.stringify(each.lines.slice(-4))).toBe(0);
  expect(each.last("robot").sequence).toBe(40);
  expect(each.last("learner").steps).toBe(40);
  expect(each.lines.map(({ text }) => text).join("\n")).toMatch(/shoulder_pan \(servo 1\): set .*pGain 32 → 16/);
  expect(readdirSync(tmpdir()).filter((name) => name.startsWith("reverie-mock-"))).toEqual(leftBefore);
});

test.runIf(existsSync(START))(
  "one damaged reply in a hundred ends nothing; a governor that is killed leaves the arm held where it was",
  { timeout: 120_000 },
  async () => {
    const { startEmulator } = (await import(START)) as { startEmulator(config: ServeConfig): Promise<Emulator> };
    const { servos, calibration } = mountedRobot(SO101_SPEC, SO101_SERVOS, 5);
    machine = await startEmulator({
      kind: "sts",
      servos,
      plant: { robot: { name: "so101", joints: SO101_SPEC.joints }, model: SO101.simulation(SO101.settings) },
      faults: [{ kind: "corrupt", share: 0.01 }],
      seed: 1,
      pacedBaud: 1_000_000,
    });
    saveCalibration(calibration, join(folder, "so101.json"));
    const each = reverie(
      ...["robot", "so101", "--learner=tcp://127.0.0.1:9", "--driver=serial", `--serial.port=${machine.port}`],
      ...[`--serial.calibration=${join(folder, "so101.json")}`, "--serial.slackMs=60"],
    );
    await each.until(({ type, sequence }) => type === "robot" && sequence > 40);
    const away = ({ position }: { readonly position: number }, i: number): boolean =>
      Math.abs(position - SO101_SPEC.restPose[i]!) > 0.3;
    await expect.poll(async () => (await machine!.look()).some(away), { timeout: 20_000 }).toBe(true);

    each.killPart("governor");
    await each.until(({ text }) => /the robot was brought to its end state without it/.test(text ?? ""));
    const held = await machine.look();
    expect(held.map(({ torque }) => torque)).toEqual([1, 1, 1, 1, 1, 1]);
    await new Promise((wake) => setTimeout(wake, 300));
    const later = await machine.look();
    expect(later.map(({ goal }) => goal)).toEqual(held.map(({ goal }) => goal));
    expect(later.some(away)).toBe(true);

    each.signal("SIGTERM");
    await each.exited;
    expect((await machine.look()).map(({ torque }) => torque)).toEqual([0, 0, 0, 0, 0, 0]);
    expect(each.last("robot").state).toBe("fault");
  },
);

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { loadProgress, newProgress, saveProgress } from "../../../calibration/progress.ts";
import type { RigJoint } from "../../../calibration/rig.ts";
import { STS } from "../../../drivers/serial/feetech/registers.ts";
import { findServos } from "../../../drivers/serial/find-servos.ts";
import { MODEL, machine, robotOf, SPEC } from "../../calibration/machine.ts";

const names = SPEC.joints.map(({ name }) => name);
const setups = [1, 2, 3].map((id) => ({ id, mounting: { zero: 2048 + 100 * id, direction: 1 as const } }));

/** What is found of a machine that somebody has tampered with. */
async function find(tamper: (made: ReturnType<typeof machine>) => void): Promise<readonly RigJoint[]> {
  const made = machine("sts", setups, { start: [0.1, 0.4, 0.7] });
  tamper(made);
  await made.bus.open();
  return findServos(names, robotOf("sts"), made.family, made.bus).finally(() => made.bus.close());
}

test("servos are found with model and firmware", async () => {
  expect(await find(() => {})).toEqual(names.map((name, i) => ({ name, id: i + 1, model: MODEL.sts, firmware: 310 })));
});

test("two servos with one id are told from one that is missing", async () => {
  const two = find(({ emulated }) => emulated.servos[1]!.save(STS.id, 1));
  await expect(two).rejects.toThrow(
    /joint1 \(servo 1 on emulated\): expected one servo with this id, found answers that destroy each other; connect one of them at a time/,
  );
  const missing = find(({ emulated }) => emulated.servos[1]!.save(STS.id, 9));
  await expect(missing).rejects.toThrow(
    /joint2 \(servo 2 on emulated\): nobody answers; servo 9 is there, which nobody expects: has it the wrong id\?/,
  );
});

test("a servo of another model is named with both", async () => {
  await expect(find(({ emulated }) => emulated.servos[2]!.save(STS.model, 2825))).rejects.toThrow(
    /joint3 \(servo 3 on emulated\): expected model 777 \(STS3215\), found model 2825 \(STS3250\)/,
  );
});

test("at the wrong speed it says which would be right", async () => {
  const slow = find(({ emulated }) => {
    for (const servo of emulated.servos) servo.save(STS.baud, 1);
  });
  await expect(slow).rejects.toThrow(
    /nobody answers; servo 1 answers at 500000 baud: --serial.baud=500000, or set it to 1000000/,
  );
  await expect(find(({ emulated }) => (emulated.receive = () => {}))).rejects.toThrow(
    /joint1 \(servo 1.*(nobody|the bus is lost)/,
  );
});

test("what an interrupted calibration left is taken only for the same robot with the same servos", () => {
  const directory = mkdtempSync(join(tmpdir(), "reverie-progress-"));
  const path = join(directory, "arm.progress.json");
  const joints = names.map((name, i) => ({ name, id: i + 1, model: 777, firmware: 310 }));
  expect(loadProgress("arm", joints, path)).toBeUndefined();
  const begun = newProgress("arm", "sweep", joints);
  saveProgress(begun, path);
  expect(loadProgress("arm", joints, path)).toEqual(begun);
  expect(() => loadProgress("leg", joints, path)).toThrow(
    /expected progress of leg, found "arm"; --restart begins anew/,
  );
  const other = joints.with(1, { ...joints[1]!, firmware: 309 });
  expect(() => loadProgress("arm", other, path)).toThrow(
    /expected servo 2, model 777, firmware 310 at joint2, found servo 2, model 777, firmware 309/,
  );
  saveProgress({ ...begun, joints: begun.joints.with(0, { ...joints[0]!, range: [1, "2"] as never }) }, path);
  expect(() => loadProgress("arm", joints, path)).toThrow(/expected 3 joints with their ranges/);
  writeFileSync(path, '{"robot');
  expect(() => loadProgress("arm", joints, path)).toThrow(/found damage; --restart begins anew/);
  rmSync(directory, { recursive: true });
});

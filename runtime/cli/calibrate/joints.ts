import { copyFileSync, existsSync, readFileSync } from "node:fs";
import { type Calibration, calibrationHash, saveCalibration } from "../../../calibration/file.ts";
import { jointUnits } from "../../../calibration/joint.ts";
import { type Guide, measureJoints } from "../../../calibration/measure.ts";
import {
  clearProgress,
  loadProgress,
  newProgress,
  type Progress,
  progressLine,
  progressPath,
  saveProgress,
} from "../../../calibration/progress.ts";
import { calibratedSpec } from "../../../calibration/spec.ts";
import { adapterSerials } from "../../../drivers/serial/adapter-serial.ts";
import type { RobotDefinition } from "../../../robots/definition.ts";
import { RealtimeClock } from "../../clock.ts";
import type { RobotSpec } from "../../robot.ts";
import { serialOf } from "../drivers.ts";
import { type OpenRig, withRig } from "./bus.ts";
import { type CalibrateCommand, existing, pathOf } from "./settings.ts";
import { Interrupted, TerminalAttendant } from "./terminal.ts";

interface How {
  readonly yes: boolean;
  readonly auto: boolean;
  readonly restart: boolean;
}

const INTERRUPTED = 130;

/** Zero, direction and range of every joint of a robot on a serial bus. */
export async function joints(definition: RobotDefinition, settings: CalibrateCommand, how: How): Promise<number> {
  serialOf(definition);
  const before = replaced(settings);
  const attendant = new TerminalAttendant(how.yes);
  const path = pathOf(settings);
  let progress: Progress | undefined;
  try {
    await withRig(
      definition,
      settings,
      (line) => attendant.say(line),
      async (open) => {
        progress = begin(settings, open, how, attendant);
        const calibration = await measure(definition, settings, open, how, attendant, progress, (now) => {
          progress = now;
          saveProgress(now, progressPath(path));
        });
        const kept = { ...(before?.imu && { imu: before.imu }), ...(before?.cameras && { cameras: before.cameras }) };
        finish(definition.spec, { ...calibration, ...kept }, path, attendant);
      },
    );
    return 0;
  } catch (error) {
    if (progress !== undefined)
      attendant.say(`So far: ${progressLine(progress)}. The same command goes on from there.`);
    if (error instanceof Interrupted) return INTERRUPTED;
    throw error;
  } finally {
    await attendant.close();
  }
}

function begin(settings: CalibrateCommand, { joints, rig }: OpenRig, how: How, attendant: TerminalAttendant): Progress {
  const { robot } = settings;
  const method = how.auto ? "auto" : "sweep";
  const path = progressPath(pathOf(settings));
  if (how.restart) clearProgress(path);
  const firmwares = new Set(joints.map(({ firmware }) => firmware));
  if (firmwares.size > 1) {
    const each = joints.map(({ name, firmware }) => `${name} ${firmware}`).join(", ");
    attendant.say(`The servos' firmwares differ: ${each}. They may behave differently; the makers' tool updates them.`);
  }
  const found = loadProgress(robot, rig.joints, path);
  if (found === undefined) return newProgress(robot, method, joints);
  if (found.method !== method) {
    attendant.say(
      `What an interrupted calibration by ${found.method} had measured is left out: this one is by ${method}.`,
    );
    return newProgress(robot, method, joints);
  }
  attendant.say(`Goes on where it was interrupted: ${progressLine(found)}. --restart begins anew.`);
  return found;
}

async function measure(
  definition: RobotDefinition,
  settings: CalibrateCommand,
  { rig }: OpenRig,
  { auto }: How,
  attendant: TerminalAttendant,
  progress: Progress,
  keep: (progress: Progress) => void,
): Promise<Calibration> {
  const { spec } = definition;
  const { columns, signal } = attendant;
  const options = {
    spec,
    guide: guideOf(definition),
    rig,
    attendant,
    settings: settings.calibrate,
    signal,
    columns,
    auto,
  };
  const joints = await measureJoints({ ...options, clock: new RealtimeClock() }, progress, keep);
  return {
    robot: spec.name,
    created: new Date().toISOString(),
    serials: adapterSerials(settings.serial.port),
    method: progress.method,
    joints,
  };
}

function guideOf(definition: RobotDefinition): Guide {
  const { home, servos } = serialOf(definition);
  return {
    home: home ?? { pose: "every joint at 0 rad", position: servos.map(() => 0) },
    positive: servos.map(({ positive }) => positive),
    direction: servos.map(({ direction = 1 }) => direction),
  };
}

function finish(spec: RobotSpec, calibration: Calibration, path: string, attendant: TerminalAttendant): void {
  saveCalibration(calibration, path);
  clearProgress(progressPath(path));
  const degrees = (angle: number): string => `${Math.round((180 * angle) / Math.PI)}°`;
  for (const [i, joint] of calibration.joints.entries()) {
    const { min, max } = jointUnits(joint);
    const limits = spec.joints[i]!;
    attendant.say(
      `${joint.name}: ${degrees(min)} to ${degrees(max)} (limits ${degrees(limits.min)} to ${degrees(limits.max)}), counts ${joint.direction > 0 ? "rise" : "fall"}, 0 at ${joint.zero.toFixed(1)}`,
    );
  }
  calibratedSpec(spec, calibration);
  attendant.say(`Kept in ${path}, hash ${calibrationHash(calibration).slice(0, 12)}.`);
}

/** What of an older file stays. A damaged one is put aside; another robot's is not written over. */
function replaced(settings: CalibrateCommand): Calibration | undefined {
  const path = pathOf(settings);
  try {
    return existing(settings);
  } catch (error) {
    if (!existsSync(path) || isAnotherRobots(settings.robot, path)) throw error;
    copyFileSync(path, `${path}.damaged`);
    process.stderr.write(`${(error as Error).message}; it is kept as ${path}.damaged\n`);
    return undefined;
  }
}

function isAnotherRobots(robot: string, path: string): boolean {
  try {
    const found = JSON.parse(readFileSync(path, "utf8")) as { robot?: unknown };
    return found.robot !== robot;
  } catch {
    return false;
  }
}

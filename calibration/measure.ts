import type { Clock } from "../runtime/clock.ts";
import type { RobotSpec } from "../runtime/robot.ts";
import type { Attendant } from "./attendant.ts";
import { autoRange } from "./auto-range.ts";
import type { CalibrateSettings } from "./defaults.ts";
import { directionStep } from "./direction-step.ts";
import { homeStep } from "./home-step.ts";
import type { JointCalibration } from "./joint.ts";
import { place } from "./placement.ts";
import type { Progress, ProgressJoint } from "./progress.ts";
import type { Rig } from "./rig.ts";
import { sweepStep } from "./sweep-step.ts";
import { Watch } from "./watch.ts";

/** What calibration has to know of a robot besides its spec. */
export interface Guide {
  /** For whoever holds it, and its joint positions, rad. */
  readonly home: { readonly pose: string; readonly position: readonly number[] };
  /** Where more of each joint's angle is, for a person. */
  readonly positive: readonly (string | undefined)[];
  /** As the robot is usually put together. */
  readonly direction: readonly (1 | -1)[];
}

export interface MeasureOptions {
  readonly spec: RobotSpec;
  readonly guide: Guide;
  readonly rig: Rig;
  readonly attendant: Attendant;
  readonly clock: Clock;
  readonly settings: CalibrateSettings;
  readonly signal: AbortSignal;
  readonly columns: number;
  /** Motors find the ranges. */
  readonly auto: boolean;
}

/** Everything that the steps share. */
export interface Measuring extends MeasureOptions {
  readonly watch: Watch;
  /** Keeps what is known so far. */
  readonly keep: (progress: Progress) => void;
}

/**
 * Measures every joint of a robot: its range first, with each joint followed across its encoder's seam; then the home pose;
 * then each joint's direction. Only then, with everything known, are offset and limits written into the servos, so that what
 * is interrupted has changed nothing. `keep` gets what is known at every change, and `progress` goes on from there.
 */
export async function measureJoints(
  options: MeasureOptions,
  progress: Progress,
  keep: (progress: Progress) => void,
): Promise<readonly JointCalibration[]> {
  const { rig, clock, settings, signal, spec, guide, attendant } = options;
  await letGo(options);
  const watch = new Watch({ rig, clock, settings, signal, known: progress.joints.map(({ range }) => range) });
  const measuring: Measuring = { ...options, watch, keep };
  let known = progress;
  try {
    if (!known.swept) known = options.auto ? await autoRange(measuring, known) : await sweepStep(measuring, known);
    if (options.auto && attendant.handsFree) known = fromMiddles(known, spec, guide, rig);
    else {
      known = await homeStep(measuring, known);
      known = await directionStep(measuring, known);
    }
  } finally {
    attendant.show([]);
  }
  const joints = known.joints.map((joint, i) => calibrationOf(joint, i, measuring));
  for (const [i, { name, id, homingOffset, min, max }] of joints.entries()) {
    signal.throwIfAborted();
    await rig.store(i, { offset: homingOffset, min, max });
    attendant.say(
      `${name} (servo ${id}): offset ${homingOffset ?? "none"}, range ${min} to ${max}: written and read back`,
    );
  }
  return joints;
}

async function letGo({ rig, attendant, clock, settings, signal }: MeasureOptions): Promise<void> {
  if (await rig.powered()) {
    attendant.say("Motors carry. Support the robot: they are let go now.");
    const until = clock.now() + BigInt(Math.round(settings.supportSeconds * 1e9));
    if (!attendant.handsFree) attendant.say("Enter when you hold it.");
    while (attendant.handsFree ? clock.now() < until : !attendant.confirmed()) {
      signal.throwIfAborted();
      await clock.sleepUntil(clock.now() + BigInt(Math.round(1e9 / settings.pollHz)));
    }
  }
  await rig.limp();
}

/** Nobody showed where home is: the middle of what was reached is the middle of the joint's limits. */
function fromMiddles(progress: Progress, spec: RobotSpec, guide: Guide, { countsPerTurn }: Rig): Progress {
  const joints = progress.joints.map((joint, i) => {
    const [low, high] = joint.range!;
    const direction = guide.direction[i]!;
    const { min, max } = spec.joints[i]!;
    const fromMiddle = guide.home.position[i]! - (min + max) / 2;
    return { ...joint, direction, home: (low + high) / 2 + (direction * fromMiddle * countsPerTurn) / (2 * Math.PI) };
  });
  return { ...progress, joints };
}

function calibrationOf(joint: ProgressJoint, at: number, { spec, guide, rig }: Measuring): JointCalibration {
  const { name, id, model, firmware } = joint;
  const { countsPerTurn, seam } = rig;
  const direction = joint.direction!;
  const countsPerRad = countsPerTurn / (2 * Math.PI);
  const zero = joint.home! - direction * guide.home.position[at]! * countsPerRad;
  let [low, high] = joint.range!;
  if (turnsRound(low, high, seam)) {
    const { min, max } = spec.joints[at]!;
    const ends = [min, max].map((angle) => Math.round(zero + direction * angle * countsPerRad)) as [number, number];
    [low, high] = [Math.min(...ends), Math.max(...ends)];
  }
  const { offset, ...placed } = place(`${name} (servo ${id})`, { low, high, zero }, seam, rig.homing);
  const range = { min: Math.round(placed.min), max: Math.round(placed.max) };
  return {
    name,
    id,
    model,
    firmware,
    countsPerTurn,
    zero: placed.zero,
    direction,
    ...range,
    homingOffset: offset,
    stored: true,
  };
}

/** A joint without stops: what it may do is what its limits say. */
export function turnsRound(low: number, high: number, seam: number | undefined): boolean {
  return seam !== undefined && high - low > 0.97 * seam;
}

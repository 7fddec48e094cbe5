import { nearest } from "./follow.ts";
import { type Measuring, turnsRound } from "./measure.ts";
import { movePicture } from "./picture.ts";
import type { Progress } from "./progress.ts";

/** Somebody holds the home pose; where each joint then is gives its zero. */
export async function homeStep(measuring: Measuring, progress: Progress): Promise<Progress> {
  if (progress.joints.every(({ home }) => home !== undefined)) return progress;
  const { watch, spec, rig, guide, attendant, settings, columns, keep } = measuring;
  attendant.say(`Home: bring it to this pose and hold it still: ${guide.home.pose}.`);
  if (!attendant.handsFree) attendant.say("Enter while you hold it.");
  const countsPerRad = rig.countsPerTurn / (2 * Math.PI);
  /** How far a joint is from where the middle of its sweep puts home, rad, whichever way round it is; null: nobody can tell. */
  const off = (joint: number, at: number): number | null => {
    const [low, high] = progress.joints[joint]!.range!;
    if (turnsRound(low, high, rig.seam)) return null;
    const { min, max } = spec.joints[joint]!;
    const way = (guide.home.position[joint]! - (min + max) / 2) * countsPerRad;
    const places = [1, -1].map((direction) => at - ((low + high) / 2 + direction * way));
    return Math.min(...places.map(Math.abs)) / countsPerRad;
  };
  watch.forget();
  let warned = false;
  for (;;) {
    const at = await watch.next();
    const joints = spec.joints.map(({ name }, i) => ({ name, moved: off(i, at[i]!) ?? 0, asked: false }));
    const far = joints.filter(({ moved }) => moved > settings.homeTolerance);
    attendant.show(movePicture(joints, columns));
    if (attendant.handsFree) {
      if (far.length === 0 && watch.still(settings.restSeconds)) break;
      continue;
    }
    if (!attendant.confirmed()) continue;
    if (!watch.still()) {
      attendant.say("It moved. Hold it still for a moment, then Enter.");
      continue;
    }
    if (far.length === 0 || warned) break;
    warned = true;
    const names = far.map(({ name, moved }) => `${name} (${Math.round((180 * moved) / Math.PI)}°)`).join(", ");
    attendant.say(`Far from where the sweep puts this pose: ${names}. Correct it, or Enter again if it is right.`);
  }
  const resting = watch.resting();
  const joints = progress.joints.map((joint, i) => {
    const [low, high] = joint.range!;
    return { ...joint, home: nearest((low + high) / 2, resting[i]!, rig.seam) };
  });
  const done = { ...progress, joints };
  keep(done);
  return done;
}

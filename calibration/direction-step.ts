import type { Measuring } from "./measure.ts";
import { movePicture } from "./picture.ts";
import type { Progress } from "./progress.ts";

/** Somebody moves one joint after the other to its positive side. */
export async function directionStep(measuring: Measuring, progress: Progress): Promise<Progress> {
  let known = progress;
  for (const [i, joint] of progress.joints.entries()) {
    if (joint.direction !== undefined) continue;
    const direction = await directionOf(measuring, i);
    known = { ...known, joints: known.joints.with(i, { ...known.joints[i]!, direction }) };
    measuring.keep(known);
  }
  return known;
}

async function directionOf(measuring: Measuring, joint: number): Promise<1 | -1> {
  const { watch, spec, rig, guide, attendant, settings, columns } = measuring;
  const { name } = spec.joints[joint]!;
  const where = guide.positive[joint] ?? "to the side where its angle is larger";
  attendant.say(
    `Direction of ${name}: move it ${where}, by a hand's breadth${attendant.handsFree ? " and hold it" : ", then Enter"}.`,
  );
  const countsPerRad = rig.countsPerTurn / (2 * Math.PI);
  const from = await watch.next();
  watch.forget();
  for (;;) {
    const at = await watch.next();
    const moved = at.map((each, i) => (each - from[i]!) / countsPerRad);
    attendant.show(
      movePicture(
        spec.joints.map((each, i) => ({ name: each.name, moved: Math.abs(moved[i]!), asked: i === joint })),
        columns,
      ),
    );
    const enough = Math.abs(moved[joint]!) >= settings.directionMove;
    const confirmed = attendant.confirmed();
    if (enough && (attendant.handsFree ? watch.still() : confirmed)) return moved[joint]! > 0 ? 1 : -1;
    if (enough || !confirmed) continue;
    const other = moved.findIndex((each, i) => i !== joint && Math.abs(each) >= settings.directionMove);
    attendant.say(
      other >= 0
        ? `That was ${spec.joints[other]!.name} (servo ${rig.joints[other]!.id}); asked for is ${name} (servo ${rig.joints[joint]!.id}). Are their ids swapped?`
        : `${name} (servo ${rig.joints[joint]!.id}) moved by ${Math.round((180 * Math.abs(moved[joint]!)) / Math.PI)}° only; move it ${where}, then Enter.`,
    );
  }
}

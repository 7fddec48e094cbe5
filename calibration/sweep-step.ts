import type { Measuring } from "./measure.ts";
import { sweepPicture } from "./picture.ts";
import type { Progress } from "./progress.ts";

/** How often what was swept is kept, s. */
const KEEP_SECONDS = 1;

/**
 * Somebody moves every joint from stop to stop, as often as they like. Over when Enter is pressed or, hands-free, when enough
 * was swept and everything rests.
 */
export async function sweepStep(measuring: Measuring, progress: Progress): Promise<Progress> {
  const { watch, spec, rig, attendant, settings, columns, keep } = measuring;
  attendant.say("Sweep: move every joint slowly from one stop to the other, in any order.");
  attendant.say(
    attendant.handsFree
      ? "When all are swept, leave it at rest."
      : "Enter when all are swept; Ctrl-C keeps what was measured.",
  );
  const countsPerRad = rig.countsPerTurn / (2 * Math.PI);
  const ranges = progress.joints.map(({ range }) => range && ([...range] as [number, number]));
  const soFar = (swept: boolean): Progress => ({
    ...progress,
    swept,
    joints: progress.joints.map((joint, i) => ({ ...joint, ...(ranges[i] && { range: ranges[i] }) })),
  });
  let keptAt = watch.seconds;
  let changedAt = keptAt;
  try {
    for (;;) {
      const at = await watch.next();
      for (const [i, now] of at.entries()) {
        const [low, high] = ranges[i] ?? [now, now];
        if (ranges[i] === undefined) ranges[i] = [now, now];
        if (now >= low && now <= high) continue;
        ranges[i] = [Math.min(low, now), Math.max(high, now)];
        changedAt = watch.seconds;
      }
      const joints = spec.joints.map(({ name, min, max }, i) => {
        const [low, high] = ranges[i]!;
        const covered = (high - low) / ((max - min) * countsPerRad);
        return { name, low, high, now: at[i]!, covered, enough: covered >= settings.coverage };
      });
      attendant.show(sweepPicture(joints, rig.countsPerTurn, columns));
      if (watch.seconds - keptAt >= KEEP_SECONDS && changedAt > keptAt) {
        keptAt = watch.seconds;
        keep(soFar(false));
      }
      const short = joints.filter(({ enough }) => !enough);
      if (attendant.handsFree) {
        if (short.length === 0 && watch.still(settings.restSeconds)) break;
      } else if (attendant.confirmed()) {
        if (short.every(({ covered }) => covered >= settings.coverage / 2)) {
          for (const { name, covered } of short)
            attendant.say(`${name}: only ${percent(covered)} of its range, and it will move no farther`);
          break;
        }
        const names = short.map(({ name, covered }) => `${name} (${percent(covered)})`).join(", ");
        attendant.say(`Not swept yet: ${names}. Move these from stop to stop, then Enter.`);
      }
    }
  } catch (error) {
    keep(soFar(false));
    throw error;
  }
  const done = soFar(true);
  keep(done);
  return done;
}

function percent(share: number): string {
  return `${Math.round(100 * share)}%`;
}

import type { Measuring } from "./measure.ts";
import { sweepPicture } from "./picture.ts";
import type { Progress } from "./progress.ts";

/** How much farther than its range a joint may go without meeting a stop. */
const TOO_FAR = 1.15;

/**
 * The motors find the ranges: one joint after the other is driven slowly, with little torque, until it stands still, to either
 * side. Whatever else is limp. Throws, with everything limp, on a joint that gets hot, draws much, takes long or finds no stop.
 */
export async function autoRange(measuring: Measuring, progress: Progress): Promise<Progress> {
  const { rig, attendant, keep, signal } = measuring;
  if (rig.cannotLimit !== undefined) throw new Error(`--auto: ${rig.cannotLimit}; sweep it by hand`);
  attendant.say(
    "Each joint moves by itself to both of its stops, with little force. Hands off; Ctrl-C lets everything go.",
  );
  let known = progress;
  try {
    for (const [i, { name }] of rig.joints.entries()) {
      signal.throwIfAborted();
      if (known.joints[i]!.range !== undefined) continue;
      attendant.say(`${name}: looking for its stops`);
      const range = await stopsOf(measuring, i);
      known = { ...known, joints: known.joints.with(i, { ...known.joints[i]!, range }) };
      keep(known);
    }
  } finally {
    await rig.limp();
  }
  known = { ...known, swept: true };
  keep(known);
  return known;
}

async function stopsOf(measuring: Measuring, joint: number): Promise<readonly [number, number]> {
  const { rig, settings, watch } = measuring;
  await rig.centre(joint);
  await rig.power(joint, settings.auto.torqueShare);
  const began = watch.seconds;
  const low = await drive(measuring, joint, -1, began);
  const high = await drive(measuring, joint, 1, began);
  await leave(measuring, joint, (low + high) / 2, began);
  await rig.limp();
  return [low, high];
}

/** Where it stands still, counts. */
async function drive(measuring: Measuring, joint: number, side: 1 | -1, began: number): Promise<number> {
  const { rig, spec, settings, watch, attendant, columns } = measuring;
  const { speed, lag, stallSeconds, torqueShare } = settings.auto;
  const { name, id } = rig.joints[joint]!;
  const { min, max } = spec.joints[joint]!;
  const countsPerRad = rig.countsPerTurn / (2 * Math.PI);
  const from = (await watch.next())[joint]!;
  let goal = from;
  let before = watch.seconds;
  /** Where it was when it last got any farther, and when. */
  let farthest = { at: from, seconds: before };
  for (;;) {
    const at = (await watch.next())[joint]!;
    const now = watch.seconds;
    await assertWell(measuring, joint, now - began);
    if (side * (at - farthest.at) > 2) farthest = { at, seconds: now };
    const ahead = side * (goal - at) >= lag * countsPerRad - 1;
    if (ahead && now - farthest.seconds > stallSeconds) return at;
    if (Math.abs(at - from) > TOO_FAR * (max - min) * countsPerRad) {
      throw new Error(
        `${name} (servo ${id}): expected a stop within ${(TOO_FAR * (max - min)).toFixed(1)} rad, found none; sweep it by hand`,
      );
    }
    const next = goal + side * speed * (now - before) * countsPerRad;
    goal = side * (next - at) > lag * countsPerRad ? at + side * lag * countsPerRad : next;
    before = now;
    const [low, high] = [Math.min(from, at), Math.max(from, at)];
    const covered = (high - low) / ((max - min) * countsPerRad);
    attendant.show(sweepPicture([{ name, low, high, now: at, covered, enough: false }], rig.countsPerTurn, columns));
    if (await rig.goTo(joint, goal)) continue;
    if (rig.homing?.movesSeam !== true) {
      throw new Error(
        `${name} (servo ${id}): it comes to where its encoder begins anew before it meets a stop, and its servo cannot move that: ` +
          "take the horn off, turn it by a quarter, screw it on and start again",
      );
    }
    await rig.limp();
    await rig.centre(joint);
    await rig.power(joint, torqueShare);
    goal = at;
  }
}

/** Off the stop and towards the middle, as far as it comes. */
async function leave(measuring: Measuring, joint: number, middle: number, began: number): Promise<void> {
  const { rig, settings, watch } = measuring;
  const { speed, lag, stallSeconds } = settings.auto;
  const countsPerRad = rig.countsPerTurn / (2 * Math.PI);
  let nearest = { way: Number.POSITIVE_INFINITY, seconds: watch.seconds };
  let goal = (await watch.next())[joint]!;
  let before = watch.seconds;
  for (;;) {
    const at = (await watch.next())[joint]!;
    const now = watch.seconds;
    await assertWell(measuring, joint, now - began);
    const way = Math.abs(middle - at);
    if (way < nearest.way - 2) nearest = { way, seconds: now };
    if (way < 0.05 * countsPerRad || now - nearest.seconds > stallSeconds) return;
    const most = Math.min(speed * (now - before) * countsPerRad, Math.abs(middle - goal));
    const next = goal + Math.sign(middle - goal) * most;
    goal = Math.abs(next - at) > lag * countsPerRad ? at + Math.sign(middle - at) * lag * countsPerRad : next;
    before = now;
    if (!(await rig.goTo(joint, goal))) return;
  }
}

async function assertWell({ rig, settings }: Measuring, joint: number, seconds: number): Promise<void> {
  const { temperature: hottest, current: most, jointSeconds } = settings.auto;
  const { name, id } = rig.joints[joint]!;
  const { temperature, current = 0 } = await rig.health(joint);
  const fail = (what: string, expected: string, found: string): never => {
    throw new Error(
      `${name} (servo ${id}): expected ${what} up to ${expected}, found ${found}: it was let go; look what is in its way`,
    );
  };
  if (temperature > hottest) fail("a temperature", `${hottest} °C`, `${temperature} °C`);
  if (current > most) fail("a current", `${most} A`, `${current.toFixed(2)} A`);
  if (seconds > jointSeconds) fail("its stops", `${jointSeconds} s`, `${seconds.toFixed(0)} s`);
}

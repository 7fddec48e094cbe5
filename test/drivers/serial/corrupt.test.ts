import { describe, expect, test } from "vitest";
import { chainSpec } from "../../../drivers/mock/chain.ts";
import type { Fault } from "../../../drivers/mock/faults.ts";
import type { ServoKind } from "../../../drivers/mock/make-bus.ts";
import type { Timers } from "../../../drivers/serial/timers.ts";
import { VirtualClock } from "../../../runtime/clock.ts";
import { plugIn } from "../mock/bus-of.ts";
import { driverOf, emulatedChain } from "./chain.ts";

/** Reads of one joint that are checked against where the joint really is. */
const READS = 100_000;

/** Virtual time: what is due happens when nothing else is left to do. */
class TestTimers implements Timers {
  readonly clock = new VirtualClock();
  #due: { atMs: number; act: () => void }[] = [];

  now(): number {
    return Number(this.clock.now()) / 1e6;
  }

  after(ms: number, act: () => void): () => void {
    const each = { atMs: this.now() + ms, act };
    this.#due.push(each);
    queueMicrotask(() => queueMicrotask(() => this.#run()));
    return () => {
      this.#due = this.#due.filter((other) => other !== each);
    };
  }

  pass(ms: number): Promise<void> {
    return this.clock.sleepUntil(this.clock.now() + BigInt(Math.round(ms * 1e6)));
  }

  #run(): void {
    const [next] = this.#due.sort((a, b) => a.atMs - b.atMs);
    if (next === undefined) return;
    this.#due.shift();
    void this.clock.sleepUntil(BigInt(Math.round(next.atMs * 1e6)));
    next.act();
  }
}

describe.each<readonly [string, ServoKind, Fault]>([
  ["three bytes changed", "sts", { kind: "corrupt", share: 0.01, bytes: 3 }],
  ["three bytes changed", "dynamixel", { kind: "corrupt", share: 0.01, bytes: 3 }],
])("one answer in a hundred with %s, %s", (_, kind, fault) => {
  test(`no wrong position in ${READS} reads, and the run goes on`, async () => {
    const n = 12;
    const timers = new TestTimers();
    const spec = chainSpec(n);
    const { emulated, plant } = emulatedChain(kind, n, {
      faults: [fault, { kind: "drop", share: 0.001 }],
      timers,
      seed: 7,
    });
    const { driver, bus } = driverOf(kind, n, plugIn(emulated), { timers, clock: timers.clock });
    await driver.open();
    const step = (2 * Math.PI) / 4096;
    let fresh = 0;
    let inTime = 0;
    let worst = 0;
    let worstInTime = 0;
    let outermost = 0;
    const command = { position: new Float64Array(n), kp: new Float64Array(n), kd: new Float64Array(n) };
    for (let tick = 0; tick < READS / n; tick++) {
      await timers.pass(10);
      const begin = timers.clock.now();
      const { timeNs, position } = await driver.read();
      if (timeNs === begin) {
        fresh++;
        const error = Math.max(...position.map((q, i) => Math.abs(q - plant.position(i))));
        worst = Math.max(worst, error);
        if (timers.clock.now() === begin) {
          inTime++;
          worstInTime = Math.max(worstInTime, error);
        }
      }
      command.position.fill(Math.sin(tick / 50), 0, 3).fill(Math.cos(tick / 30), 3);
      await driver.write(command);
      for (const [i, { max }] of spec.joints.entries()) outermost = Math.max(outermost, Math.abs(position[i]!) - max);
    }
    expect(outermost).toBeLessThan(0.2);
    expect(inTime).toBeGreaterThan(0.8 * (READS / n));
    expect(worstInTime).toBeLessThan(0.51 * step);
    // The joints move on while a tick waits for an answer that does not come.
    expect(worst).toBeLessThan(0.08);
    expect(fresh).toBeGreaterThan(0.85 * (READS / n));
    const counts = Object.values(bus.counts.all());
    expect(counts.reduce((sum, { corrupt }) => sum + corrupt, 0)).toBeGreaterThan(READS / 400);
    expect(bus.line.counts.losses).toBe(0);
    await driver.close();
  }, 120_000);
});

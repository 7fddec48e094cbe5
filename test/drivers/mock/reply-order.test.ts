import { expect, test } from "vitest";
import type { BusTimers } from "../../../drivers/mock/emulated-bus.ts";
import { FirstOrderPlant } from "../../../drivers/mock/first-order-plant.ts";
import { makeBus } from "../../../drivers/mock/make-bus.ts";
import { BROADCAST, encodePacket, INSTRUCTIONS } from "../../../drivers/serial/feetech/packet.ts";
import { fc } from "../../properties.ts";
import { row } from "./bus-of.ts";

const SERVOS = 6;
const POSITION = 56;
const POSITION_BYTES = 6;

/** Time that stands still but when somebody looks: then it may jump, as where another process had the core. */
class JumpyTimers implements BusTimers {
  readonly #jumps: Iterator<number>;
  #nowMs = 0;
  #waiting: { readonly atMs: number; readonly act: () => void }[] = [];

  constructor(jumps: Iterator<number>) {
    this.#jumps = jumps;
  }

  now(): number {
    this.#nowMs += this.#jumps.next().value ?? 0;
    return this.#nowMs;
  }

  after(ms: number, act: () => void): () => void {
    this.#waiting.push({ atMs: this.now() + ms, act });
    return () => {};
  }

  /** Everything that was to happen, in the order of its times. */
  run(): void {
    for (const { act } of this.#waiting.toSorted((a, b) => a.atMs - b.atMs)) act();
    this.#waiting = [];
  }
}

test("servos answer in the order they were asked in, wherever the emulating process is held up", () => {
  const jump = fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, fc.double({ min: 0, max: 3, noNaN: true }));
  fc.assert(
    fc.property(fc.array(jump, { minLength: 60, maxLength: 60 }), (jumps) => {
      const timers = new JumpyTimers(jumps.values());
      const plant = new FirstOrderPlant(Array<number>(SERVOS).fill(0));
      const bus = makeBus("sts", row(SERVOS), { plant, timers, pacedBaud: 1_000_000 });
      const heard: number[] = [];
      bus.onBytes = (bytes) => heard.push(bytes[2]!);
      const asked = Array.from({ length: SERVOS }, (_, i) => i + 1);
      const params = Uint8Array.of(POSITION, POSITION_BYTES, ...asked);
      bus.receive(encodePacket({ id: BROADCAST, code: INSTRUCTIONS.syncRead, params }));
      timers.run();
      expect(heard).toEqual(asked);
    }),
  );
});

import { expect, test, vi } from "vitest";
import { ClockOffset } from "../../../runtime/wire/clock-offset.ts";
import { PeerClock } from "../../../runtime/wire/peer-clock.ts";
import { draws, fc } from "../../properties.ts";

/** A network between two clocks, the peer's at `offset + drift · t` from ours, with its own delay each way. */
interface Network {
  readonly offset: number;
  readonly drift: number;
  /** Least delay there and back, s. */
  readonly there: number;
  readonly back: number;
  /** Of what comes on top now and then. */
  readonly jitter: number;
  readonly seed: number;
}

const network = fc.record({
  offset: fc.double({ min: -1e6, max: 1e6, noNaN: true }),
  drift: fc.double({ min: -2e-4, max: 2e-4, noNaN: true }),
  there: fc.double({ min: 1e-5, max: 0.2, noNaN: true }),
  back: fc.double({ min: 1e-5, max: 0.2, noNaN: true }),
  jitter: fc.double({ min: 0, max: 0.5, noNaN: true }),
  seed: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
});

/** Equal seeds, equal numbers in [0, 1) (Park and Miller). */
function uniform(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

function truth({ offset, drift }: Network, at: number): number {
  return offset + drift * at;
}

/** Round trips once a second from `from` on; the peer holds each for up to a second. */
function exchange(clocks: ClockOffset, network: Network, from: number, count: number, random: () => number): number {
  const { there, back, jitter } = network;
  let now = from;
  for (let i = 0; i < count; i++) {
    const sent = now;
    const arrived = sent + there - jitter * Math.log(1 - random()) * Number(random() < 0.7);
    const left = arrived + random();
    const received = left + back - jitter * Math.log(1 - random()) * Number(random() < 0.7);
    const peer = (at: number): number => at + truth(network, at);
    clocks.add({ sent, peerReceived: peer(arrived), peerSent: peer(left), received });
    now = Math.max(now + 1, received);
  }
  return now;
}

test("the true offset is always within the error that is said, however unequal and jittery the two ways are", () => {
  fc.assert(
    fc.property(
      network,
      fc.integer({ min: 1, max: 90 }),
      fc.double({ min: 0, max: 100, noNaN: true }),
      (net, n, wait) => {
        const clocks = new ClockOffset();
        const now = exchange(clocks, net, 0, n, uniform(net.seed)) + wait;
        const { offset, error } = clocks.at(now)!;
        expect(Math.abs(offset - truth(net, now))).toBeLessThanOrEqual(error + 1e-8);
      },
    ),
    { numRuns: draws(300) },
  );
});

test("what is told from the least round trip, not from the mean: half the least delay, after a minute of jitter", () => {
  const net = { offset: 1234, drift: 0, there: 0.001, back: 0.001, jitter: 0.05, seed: 7 };
  const clocks = new ClockOffset();
  const now = exchange(clocks, net, 0, 60, uniform(net.seed));
  expect(Math.abs(clocks.at(now)!.offset - 1234)).toBeLessThan(0.005);
  expect(clocks.at(now)!.roundTrip).toBeLessThan(0.02);
});

test("the drift is known after minutes, and a silence of a minute then costs less than a millisecond", () => {
  fc.assert(
    fc.property(network, (given) => {
      const net = { ...given, there: 0.002, back: 0.003, jitter: 0.01 };
      const clocks = new ClockOffset();
      const now = exchange(clocks, net, 0, 600, uniform(net.seed));
      const { drift } = clocks.at(now)!;
      expect(Math.abs(drift - net.drift)).toBeLessThan(1e-5);
      const later = now + 60;
      expect(Math.abs(clocks.at(later)!.offset - truth(net, later))).toBeLessThan(0.0035);
    }),
    { numRuns: draws(20) },
  );
});

test("a clock that was set anew is believed at once: what was known before is forgotten", () => {
  const before = { offset: 10, drift: 5e-5, there: 0.001, back: 0.001, jitter: 0.01, seed: 3 };
  const clocks = new ClockOffset();
  const random = uniform(3);
  const now = exchange(clocks, before, 0, 300, random);
  const after = { ...before, offset: -500 };
  const then = exchange(clocks, after, now, 1, random);
  const { offset, error } = clocks.at(then)!;
  expect(Math.abs(offset - truth(after, then))).toBeLessThanOrEqual(error);
});

test.each([
  { sent: 2, peerReceived: 5, peerSent: 5, received: 1 }, // back before it left
  { sent: 1, peerReceived: 6, peerSent: 5, received: 2 }, // held for less than no time
  { sent: 1, peerReceived: 5, peerSent: 9, received: 2 }, // held for longer than it took
  { sent: 1, peerReceived: Number.NaN, peerSent: 5, received: 2 },
  { sent: 1, peerReceived: 5, peerSent: Number.POSITIVE_INFINITY, received: 2 },
])("four times that no clocks give tell nothing: %o", (trip) => {
  const clocks = new ClockOffset();
  expect(clocks.add(trip)).toBe(false);
  expect(clocks.at(3)).toBeUndefined();
});

test("each message answers the one before, so both sides know the other's clock; wall clocks that jump change nothing", () => {
  let now = 100;
  const robot = new PeerClock(() => now);
  const learner = new PeerClock(() => now + 4000);
  const pass = (from: PeerClock, to: PeerClock): void => {
    const stamp = from.stamp();
    now += 0.01;
    to.hear(stamp);
  };
  vi.useFakeTimers({ toFake: ["Date"] });
  pass(robot, learner);
  vi.setSystemTime(0);
  pass(learner, robot);
  expect(robot.offset?.offset).toBeCloseTo(4000, 6);
  expect(learner.offset).toBeUndefined();
  vi.setSystemTime(4e12);
  pass(robot, learner);
  vi.useRealTimers();
  expect(learner.offset?.offset).toBeCloseTo(-4000, 6);
  expect(learner.toMine(now)).toBeCloseTo(now + 4000, 6);
  expect(robot.offset?.error).toBeLessThan(0.0101);
});

test.each([
  undefined,
  null,
  5,
  "now",
  {},
  { sent: "1" },
  { sent: 1, echo: 5 },
  { sent: 1, echo: { sent: {}, received: [] } },
])("what is no stamp is passed over: %j", (stamp) => {
  const clock = new PeerClock(() => 1);
  clock.hear(stamp);
  expect(clock.offset).toBeUndefined();
});

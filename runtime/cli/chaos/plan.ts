import { Random } from "../../random.ts";

export const VICTIMS = ["link", "learner", "policy", "governor", "supervisor"] as const;
export type Victim = (typeof VICTIMS)[number];

/** What is done to a run next. */
export type Blow =
  | { readonly what: "kill"; readonly victim: Victim }
  | { readonly what: "cut" }
  | { readonly what: "half-close"; readonly side: "client" | "server" }
  | { readonly what: "late"; readonly forMs: number }
  | { readonly what: "refuse"; readonly forMs: number }
  | { readonly what: "stall"; readonly forMs: number }
  | { readonly what: "delay"; readonly forMs: number; readonly delayMs: number }
  | { readonly what: "throttle"; readonly forMs: number; readonly bytesPerSecond: number }
  | { readonly what: "disk full"; readonly side: "robot" | "learner"; readonly forMs: number }
  | { readonly what: "clock"; readonly hours: number };

/** A blow, so long after the one before. */
export interface Planned {
  readonly afterMs: number;
  readonly blow: Blow;
}

/** How often each comes, against the others. The robot as a whole takes longest to come back. */
const WEIGHTS: readonly (readonly [number, (random: Random) => Blow])[] = [
  [18, () => ({ what: "kill", victim: "link" })],
  [13, () => ({ what: "kill", victim: "learner" })],
  [11, () => ({ what: "kill", victim: "policy" })],
  [10, () => ({ what: "kill", victim: "governor" })],
  [10, () => ({ what: "kill", victim: "supervisor" })],
  [7, () => ({ what: "cut" })],
  [4, (random) => ({ what: "half-close", side: random.uniform() < 0.5 ? "client" : "server" })],
  [5, (random) => ({ what: "late", forMs: between(random, 300, 3000) })],
  [4, (random) => ({ what: "refuse", forMs: between(random, 500, 4000) })],
  [4, (random) => ({ what: "stall", forMs: between(random, 200, 3000) })],
  [3, (random) => ({ what: "delay", forMs: between(random, 1000, 4000), delayMs: between(random, 20, 400) })],
  [
    3,
    (random) => ({
      what: "throttle",
      forMs: between(random, 1000, 4000),
      bytesPerSecond: between(random, 500, 50_000),
    }),
  ],
  [3, (random) => ({ what: "disk full", side: "robot", forMs: between(random, 500, 5000) })],
  [3, (random) => ({ what: "disk full", side: "learner", forMs: between(random, 500, 5000) })],
  [2, (random) => ({ what: "clock", hours: between(random, 1, 24) * (random.uniform() < 0.5 ? -1 : 1) })],
];

/** Blows without end, the same for a seed; from one to the next `meanMs` on average, and sometimes next to nothing. */
export function* plan(seed: number, meanMs: number): Generator<Planned, never> {
  const random = new Random(seed, "chaos");
  const makers = WEIGHTS.flatMap(([weight, make]) => new Array<typeof make>(weight).fill(make));
  for (;;) {
    const blow = makers[random.integer(makers.length)]!(random);
    yield { afterMs: Math.min(5 * meanMs, -meanMs * Math.log(1 - random.uniform())), blow };
  }
}

function between(random: Random, least: number, most: number): number {
  return least + random.integer(most - least + 1);
}

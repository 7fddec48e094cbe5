import { rmSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterAll, expect, test } from "vitest";
import { Random } from "../../../runtime/random.ts";
import { mutated } from "./mutate.ts";
import { SCRATCH, TARGETS } from "./targets.ts";

/** Frames in all, as `REVERIE_FUZZ=1000000 npx vitest run --dir test fuzz`; other ones every time; a few, always the same, where nobody asks. */
const asked = Number(process.env.REVERIE_FUZZ ?? 0);
const FRAMES = asked > 0 ? asked : 10_000;
const SEED = asked > 0 ? Date.now() % 2 ** 31 : 1;
/** Processor time that one may take. */
const HANG_MS = 500;
/** Memory beyond the start's: while frames come, and of what is left when they are gone. */
const PEAK_BYTES = 256 * 2 ** 20;
const GROWTH_BYTES = 24 * 2 ** 20;
const LOOK_EVERY = 32;
/** What a machine says that was asked for too much, whoever caught it. */
const GREEDY = /allocation|out of memory|Invalid (typed )?array length|Invalid string length|call stack/i;

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;
const used = (): number => {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
};

afterAll(() => rmSync(SCRATCH, { recursive: true, force: true }));

const shares = TARGETS.reduce((sum, { share = 1 }) => sum + share, 0);

test.each(TARGETS)(
  "$name: whatever comes is taken or refused, at once and in little memory",
  {
    timeout: 3_600_000,
  },
  async ({ name, seeds, take, share = 1 }) => {
    const random = new Random(SEED, name);
    for (const seed of seeds) await (async () => take(seed))().catch(() => {}); // caches fill
    collect();
    const before = used();
    const count = Math.ceil((FRAMES * share) / shares);
    for (let i = 0; i < count; i++) {
      const seed = seeds[random.integer(seeds.length)]!;
      const which = random.integer(seed.length);
      const frames = seed.map((frame, k) => (k === which || random.uniform() < 0.1 ? mutated(frame, random) : frame));
      if (random.uniform() < 0.02) frames.splice(random.integer(frames.length), 1, ...frames.slice(0, 2));
      const hex = (): string =>
        `seed ${SEED}, ${i}: ${frames
          .map((frame) => Buffer.from(frame).toString("hex"))
          .join(" ")
          .slice(0, 4000)}`;
      const cpu = process.cpuUsage();
      try {
        await take(frames);
      } catch (error) {
        if (!(error instanceof Error) || GREEDY.test(error.message)) expect.fail(`${String(error)}: ${hex()}`);
        if (error.message.length > 5000) expect.fail(`${error.message.length} letters of error: ${hex()}`);
      }
      const { user, system } = process.cpuUsage(cpu);
      if ((user + system) / 1000 > HANG_MS) expect.fail(`took ${(user + system) / 1000} ms: ${hex()}`);
      if (i % LOOK_EVERY === 0) await new Promise(setImmediate); // zlib gives back what a broken stream took in a later turn
      if (i % LOOK_EVERY === 0 && used() - before > PEAK_BYTES) {
        collect(); // of many, or of this one?
        const alone = used();
        await (async () => take(frames))().catch(() => {});
        if (used() - alone > PEAK_BYTES / 4) expect.fail(`took ${used() - alone} bytes: ${hex()}`);
      }
    }
    for (let turn = 0; turn < 3; turn++) await new Promise(setImmediate);
    collect();
    expect(used() - before).toBeLessThan(GROWTH_BYTES);
  },
);

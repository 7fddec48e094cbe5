import { expect, test } from "vitest";
import { type Ending, Keeper, type KeeperOptions, type Part } from "../../runtime/cli/keeper.ts";

/** A part whose end the test decides. */
class FakePart implements Part {
  end: (ending: Ending) => void = () => {};
  readonly asked: string[] = [];
  readonly ready = Promise.resolve();
  readonly ended = new Promise<Ending>((resolve) => {
    this.end = resolve;
  });
  stop() {
    this.asked.push("stop");
  }
  kill() {
    this.asked.push("kill");
    this.end({ failure: "ended by SIGKILL", final: false });
  }
}

function keep(options: Partial<KeeperOptions> = {}) {
  const parts: FakePart[] = [];
  const notes: string[] = [];
  const start = () => {
    const part = new FakePart();
    parts.push(part);
    return part;
  };
  const keeper = new Keeper({
    name: "learner",
    start,
    note: (text) => notes.push(text),
    delayMs: 0,
    stopMs: 1000,
    ...options,
  });
  const crash = async (final = false) => {
    const had = parts.length;
    parts.at(-1)!.end({ failure: "ended by SIGKILL", final });
    for (let i = 0; i < 100 && parts.length === had; i++) await new Promise((resolve) => setTimeout(resolve, 1));
  };
  return { keeper, parts, notes, crash };
}

test("a part that dies is started again, and that is said", async () => {
  const { parts, notes, crash } = keep();
  await crash();
  expect(parts.length).toBe(2);
  expect(notes).toEqual(["learner: ended by SIGKILL; starting it again"]);
});

test("one that keeps dying is given up", async () => {
  const { keeper, parts, crash } = keep({ mostRestarts: 2 });
  for (let i = 0; i < 3; i++) await crash();
  expect(await keeper.ended).toEqual({ failure: "ended by SIGKILL; given up after 2 restarts in a row", final: true });
  expect(parts.length).toBe(3);
});

test("deaths after a calm time are not in a row", async () => {
  const { parts, crash } = keep({ mostRestarts: 1, calmMs: -1 });
  for (let i = 0; i < 4; i++) await crash();
  expect(parts.length).toBe(5);
});

test("deaths in a row are told from others by a clock that never jumps", async () => {
  const [dateNow, wall] = [Date.now, { jumpMs: 0 }];
  Date.now = () => dateNow() + wall.jumpMs;
  try {
    let nowMs = 0;
    const { keeper, parts, crash } = keep({ mostRestarts: 1, calmMs: 1000, nowMs: () => nowMs });
    for (let i = 0; i < 3; i++) {
      wall.jumpMs -= 3_600_000;
      nowMs += 1001;
      await crash();
    }
    expect(parts.length).toBe(4);
    wall.jumpMs += 7_200_000;
    await crash();
    expect((await keeper.ended).failure).toContain("given up after 1 restarts in a row");
  } finally {
    Date.now = dateNow;
  }
});

test("what would only fail again is not started again", async () => {
  const { keeper, parts, crash } = keep();
  await crash(true);
  expect((await keeper.ended).failure).toBe("ended by SIGKILL");
  expect(parts.length).toBe(1);
});

test("a part that was asked to stop stays stopped", async () => {
  const { keeper, parts } = keep();
  const stopped = keeper.stop();
  expect(parts[0]!.asked).toEqual(["stop"]);
  parts[0]!.end({ failure: undefined, final: false });
  expect((await stopped).failure).toBeUndefined();
  expect(parts.length).toBe(1);
});

test("one that does not stop in time is ended at once", async () => {
  const { keeper, parts, notes } = keep({ stopMs: 1 });
  await keeper.stop();
  expect(parts[0]!.asked).toEqual(["stop", "kill"]);
  expect(notes).toEqual(["learner: not stopped after 0.001 s, ending it at once"]);
});

test("a stop during the pause before a restart starts nothing", async () => {
  const parts: FakePart[] = [];
  const start = () => {
    parts.push(new FakePart());
    return parts.at(-1)!;
  };
  const keeper = new Keeper({ name: "learner", start, note: () => {}, delayMs: 1e6, stopMs: 1000 });
  parts[0]!.end({ failure: "ended by SIGKILL", final: false });
  await new Promise((resolve) => setImmediate(resolve));
  await keeper.stop();
  expect(parts.length).toBe(1);
});

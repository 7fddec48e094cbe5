import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { askRealtime, keepOffLoop, splitCores } from "../../../runtime/realtime/ask.ts";
import { type Machine, thisMachine } from "../../../runtime/realtime/machine.ts";
import {
  describeScheduling,
  formatCores,
  parseCores,
  type Scheduling,
  schedulingOf,
} from "../../../runtime/realtime/scheduling.ts";

const MEMORY = "its memory is not locked: Node has no call for that";
const USUAL: Scheduling = { policy: "SCHED_OTHER", priority: 0, nice: 0, cores: [0, 1, 2, 3] };

interface FakeOptions {
  readonly platform?: string;
  readonly start?: Scheduling;
  /** What a program says when it refuses. */
  readonly refuses?: Readonly<Record<string, string>>;
  /** The lowest nice value that is permitted. */
  readonly niceFrom?: number;
}

/** A machine that does what is asked unless it refuses, and writes down what was asked. */
function fake({ platform = "linux", start = USUAL, refuses = {}, niceFrom = 0 }: FakeOptions = {}) {
  const asked: string[] = [];
  let now = start;
  const machine: Machine = {
    platform,
    user: "ada",
    run: async (program, args) => {
      asked.push([program, ...args].join(" "));
      if (refuses[program] !== undefined) return refuses[program];
      if (program === "chrt") now = { ...now, policy: "SCHED_FIFO", priority: Number(args[2]) };
      if (program === "taskset") now = { ...now, cores: parseCores(args.at(-2)!) };
      return undefined;
    },
    setNice: (_, nice) => {
      if (nice < niceFrom) throw new Error("EACCES");
      now = { ...now, nice };
    },
    schedulingOf: () => now,
  };
  return { machine, asked };
}

test("what is permitted is had, and said as the system says it", async () => {
  const { machine, asked } = fake();
  expect(await askRealtime(7, 60, machine)).toBe(`realtime: the loop has SCHED_FIFO 60, core 3; ${MEMORY}`);
  expect(asked).toEqual(["chrt --fifo --pid 60 7", "taskset --cpu-list --pid 3 7"]);
});

test("where SCHED_FIFO is refused, the best nice value there is; and what would permit more", async () => {
  const { machine } = fake({ refuses: { chrt: "Operation not permitted" }, niceFrom: -11 });
  expect(await askRealtime(7, 50, machine)).toBe(
    `realtime: the loop has SCHED_OTHER, nice -11, core 3; SCHED_FIFO was refused (Operation not permitted): "ada - rtprio 50" in /etc/security/limits.d/reverie.conf and a new login permit it; ${MEMORY}`,
  );
});

test("where all is refused, all of it is said", async () => {
  const refuses = { chrt: "there is no chrt here; util-linux has it", taskset: "no" };
  const line = await askRealtime(7, 50, fake({ refuses }).machine);
  expect(line).toMatch(
    /^realtime: the loop has SCHED_OTHER, nice 0, cores 0-3; SCHED_FIFO was refused \(there is no chrt/,
  );
  expect(line).toMatch(
    /"ada - nice -10" in \/etc\/security.*; a core of its own was refused \(no\); its memory is not/,
  );
  expect(line).not.toContain("\n");
});

test("one core is not split", async () => {
  const { machine, asked } = fake({ start: { ...USUAL, cores: [2] } });
  expect(await askRealtime(7, 50, machine)).toMatch(/SCHED_FIFO 50, core 2; there is but one core; /);
  expect(await keepOffLoop("learner", 8, machine)).toBeUndefined();
  expect(asked).toEqual(["chrt --fifo --pid 50 7"]);
});

test("a Mac is asked for a nice value alone, and it is said what is not there", async () => {
  const start = { policy: undefined, priority: 0, nice: 0, cores: undefined };
  const { machine, asked } = fake({ platform: "darwin", start });
  expect(await askRealtime(7, 50, machine)).toBe(
    `realtime: the loop has nice 0; SCHED_FIFO is not there on darwin; a nice value below 0 was refused: sudo permits it; choosing cores is not there on darwin; ${MEMORY}`,
  );
  expect(asked).toEqual([]);
});

test("a process that is gone is no reason to fail", async () => {
  const gone: Machine = {
    ...fake().machine,
    schedulingOf: () => {
      throw new Error("ENOENT");
    },
  };
  expect(await askRealtime(7, 50, gone)).toBe("realtime: not asked for: ENOENT");
  expect(await keepOffLoop("learner", 7, gone)).toBe("realtime: the learner was not kept off the loop's core: ENOENT");
});

test("the learner has every core but the loop's, with all its threads", async () => {
  const { machine, asked } = fake();
  expect(await keepOffLoop("learner", 8, machine)).toBe("realtime: the learner has SCHED_OTHER, nice 0, cores 0-2");
  expect(asked).toEqual(["taskset --all-tasks --cpu-list --pid 0-2 8"]);
  expect(splitCores([4, 6])).toEqual({ loop: 6, others: [4] });
});

test.each<[string, number[]]>([
  ["0", [0]],
  ["0-3,7", [0, 1, 2, 3, 7]],
  ["2,4-5", [2, 4, 5]],
  ["", []],
])("cores %s", (text, cores) => {
  expect(parseCores(text)).toEqual(cores);
  expect(formatCores(cores)).toBe(text);
});

let child: ChildProcess;
beforeAll(async () => {
  child = spawn(process.execPath, ["--eval", "console.log(); setInterval(() => {}, 1000)"]);
  await new Promise((resolve) => child.stdout!.once("data", resolve));
});
afterAll(() => child.kill("SIGKILL"));

test.runIf(process.platform === "linux")("on this machine the line is what /proc says afterwards", async () => {
  const pid = child.pid!;
  const line = await askRealtime(pid, 1, thisMachine);
  // proc(5): the 41st field is the policy, 1 for SCHED_FIFO, the 40th its priority, the 19th the nice value.
  const fields = /\) (.*)/.exec(readFileSync(`/proc/${pid}/stat`, "utf8"))![1]!.split(" ");
  const [nice, priority, policy] = [fields[16], fields[37], fields[38]];
  const cores = /Cpus_allowed_list:\t(.*)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))![1]!;
  const how = policy === "1" ? `SCHED_FIFO ${priority}` : `SCHED_OTHER, nice ${nice}`;
  const [begin] = line.split(";");
  expect(begin).toBe(`realtime: the loop has ${how}, ${/[-,]/.test(cores) ? "cores" : "core"} ${cores}`);
  expect(line.includes("SCHED_FIFO was refused")).toBe(policy !== "1");
  expect(describeScheduling(schedulingOf(pid))).toBe(`${how}, ${/[-,]/.test(cores) ? "cores" : "core"} ${cores}`);
});

test("a program that is not there is no error, and is named", async () => {
  expect(await thisMachine.run("no-such-program", [])).toBe("there is no no-such-program here; util-linux has it");
  expect(await thisMachine.run("true", [])).toBeUndefined();
});

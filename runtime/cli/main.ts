#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { acceptTestClock } from "./process/test-clock.ts";
import { UsageError } from "./usage-error.ts";

interface Command {
  readonly usage: string;
  /** Resolves to the exit code. */
  readonly run: (argv: readonly string[]) => Promise<number>;
}

/** One file a command, loaded when it is asked for. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  teach: async () => import("./teach.ts").then(({ usage, teach }) => ({ usage, run: teach })),
  robot: async () => import("./robot.ts").then(({ usage, robot }) => ({ usage, run: robot })),
  play: async () => import("./play.ts").then(({ usage, play }) => ({ usage, run: play })),
  calibrate: async () => import("./calibrate.ts").then(({ usage, calibrate }) => ({ usage, run: calibrate })),
  safety: async () => import("./safety.ts").then(({ usage, safety }) => ({ usage, run: safety })),
  doctor: async () => import("./doctor.ts").then(({ usage, doctor }) => ({ usage, run: doctor })),
  learner: async () => import("./learner.ts").then(({ usage, learner }) => ({ usage, run: learner })),
  hil: async () => import("./hil.ts").then(({ usage, hil }) => ({ usage, run: hil })),
  bench: async () => import("./bench.ts").then(({ usage, bench }) => ({ usage, run: bench })),
  policy: async () => import("./policy.ts").then(({ usage, policy }) => ({ usage, run: policy })),
  keys: async () => import("./keys.ts").then(({ usage, keys }) => ({ usage, run: keys })),
  render: async () => import("./render.ts").then(({ usage, render }) => ({ usage, run: render })),
  export: async () => import("./export.ts").then(({ usage, exportRun }) => ({ usage, run: exportRun })),
  log: async () => import("./log.ts").then(({ usage, log }) => ({ usage, run: log })),
  plot: async () => import("./plot.ts").then(({ usage, plot }) => ({ usage, run: plot })),
  experiment: async () => import("./experiment.ts").then(({ usage, experiment }) => ({ usage, run: experiment })),
};

async function main([name = "help", ...argv]: readonly string[]): Promise<number> {
  if (name === "--version" || name === "-v") {
    const { version } = JSON.parse(readFileSync(new URL("../../../package.json", import.meta.url), "utf8"));
    console.log(version);
    return 0;
  }
  if (name === "help" || name === "--help" || name === "-h") return help(argv[0]);
  const command = await load(name);
  if (argv.includes("--help") || argv.includes("-h")) return help(name);
  return command.run(argv);
}

async function load(name: string): Promise<Command> {
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (load === undefined) {
    throw new UsageError(`expected a command, one of ${Object.keys(COMMANDS).join(", ")}, help, found "${name}"`);
  }
  return load();
}

async function help(name?: string): Promise<number> {
  if (name !== undefined) {
    console.log(`reverie ${(await load(name)).usage}`);
    return 0;
  }
  console.log("reverie: a robot learns while it runs\n");
  for (const each of Object.keys(COMMANDS)) {
    const [synopsis, , what] = (await load(each)).usage.split("\n");
    console.log(`  reverie ${synopsis}\n      ${what}`);
  }
  console.log("\n  reverie help <command>\n      Says more about one.");
  return 0;
}

/** Errors are one line; REVERIE_DEBUG adds where they came from. */
function fail(error: unknown): number {
  const message = error instanceof Error ? error.message : String(error);
  console.error(`reverie: ${message.trim().replaceAll(/\s*\n\s*/g, "; ")}`);
  if (process.env.REVERIE_DEBUG) console.error(error);
  return error instanceof UsageError ? 2 : 1;
}

acceptTestClock();
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {}); // whoever read has gone
process.exit(await main(process.argv.slice(2)).catch(fail));

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { MAIN } from "../fakes/reverie.ts";

const root = resolve(import.meta.dirname, "../..");
const reverie = (...args: string[]) =>
  spawnSync(process.execPath, [MAIN, ...args], { encoding: "utf8", cwd: directory });

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "reverie-main-"));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

test.each<[string, number, string]>([
  [
    "tech a1",
    2,
    'reverie: expected a command, one of teach, robot, play, calibrate, safety, doctor, learner, hil, bench, policy, keys, render, export, log, plot, experiment, help, found "tech"',
  ],
  ["teach", 2, "reverie: teach: expected <robot>, found nothing"],
  [
    "teach spot",
    2,
    'reverie: teach: expected <robot> to be one of a1, dkitty, go2, reacher, so101, ur5, xarm, found "spot"',
  ],
  ["teach a1 --steps=many", 2, 'reverie: teach: expected a whole number from 1 up after --steps, found "many"'],
  ["teach a1 --driver=serial", 2, 'reverie: expected --driver to be one of those that carry a1, sim, found "serial"'],
  ["teach a1 --task.stat=belly", 2, "reverie: --task.stat: expected one of observation, filterHz"],
  ["teach a1 --task.start=sofa", 1, 'reverie: task.start: expected one of back, belly, standing, random, found "sofa"'],
  [
    "teach a1 --learner.agent.actor=sac",
    1,
    'reverie: config: learner.agent.actor: expected one of backprop, reinforce, found "sac"',
  ],
  ["teach a1 --learner.sac.frames=0", 2, "reverie: --learner.sac.frames: expected a whole number from 1 up, found 0"],
  ["robot a1", 2, "reverie: robot: expected --learner tcp://<host>:<port>, found none"],
  ["learner", 2, "reverie: learner: expected --run <dir>, found none"],
  ["bench sim --threads=2", 2, "reverie: bench sim: expected one of --seconds, --json, --robot, found --threads"],
  ["bench loop --runtime.governor.spinUs=-1", 2, "reverie: --runtime.governor.spinUs: expected a number from 0 up"],
  [
    "bench loop --threads=2",
    2,
    "reverie: bench loop: expected one of --seconds, --json, --robot, --realtime, found --threads",
  ],
  [
    "bench simm",
    2,
    'reverie: bench: expected one of sim, learner, loop, failures, chaos, link, replay, bus, ros2, camera, found "simm"',
  ],
])("reverie %s ends with one line and code %i", (command, code, line) => {
  const { status, stderr, stdout } = reverie(...command.split(" "));
  expect(stderr.trimEnd().split("\n").length).toBe(1);
  expect(stderr.slice(0, line.length)).toBe(line);
  expect(status).toBe(code);
  expect(stdout).toBe("");
});

test("a damaged config.json ends the command before anything starts", () => {
  const run = join(directory, "damaged");
  mkdirSync(run);
  writeFileSync(join(run, "config.json"), "{");
  const { status, stderr } = reverie("teach", "a1", "--run", run);
  expect(stderr).toMatch(
    /^reverie: .*config\.json: expected the settings of this run as JSON, found damage: [^\n]*\n$/,
  );
  expect(status).toBe(1);
});

test("help names every command and says of each whether it moves the robot", () => {
  const { stdout, status } = reverie("help");
  expect(status).toBe(0);
  for (const name of ["teach", "robot", "play"])
    expect(stdout).toMatch(new RegExp(`reverie ${name} .*\\n +MOVES THE ROBOT`));
  for (const name of ["learner", "bench", "render", "export"])
    expect(stdout).toMatch(new RegExp(`reverie ${name} .*\\n +Moves nothing`));
  expect(reverie("teach", "--help").stdout).toBe(reverie("help", "teach").stdout);
});

test("--version is the package's", () => {
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  expect(reverie("--version").stdout).toBe(`${version}\n`);
});

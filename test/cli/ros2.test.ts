import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, expect, test } from "vitest";
import type { RosMachineConfig } from "../../drivers/ros2/mock/serve-machine.ts";
import type { RosMachine } from "../../drivers/ros2/mock/start-machine.ts";
import type { RobotDefinition } from "../../robots/definition.ts";
import { UR5 } from "../../robots/ur5/ur5.ts";
import { rosMachine } from "../../runtime/cli/emulated-ros2.ts";
import { robotDefaults } from "../../runtime/cli/robot-settings.ts";
import { Reverie } from "../fakes/reverie.ts";

const START = resolve(import.meta.dirname, "../../dist/drivers/ros2/mock/start-machine.js");
const SMALL = [
  ...["--preset=robot-tiny", "--learner.replay.batch=4", "--learner.replay.length=8"],
  "--learner.agent.horizon=5",
];

const folder = mkdtempSync(join(tmpdir(), "reverie-ros2-"));
let run: Reverie | undefined;
let machine: RosMachine | undefined;
afterEach(async () => {
  run?.signal("SIGKILL");
  await run?.exited;
  machine?.kill();
  await machine?.ended;
  rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
});

test.runIf(existsSync(START))(
  "teach ur5 --driver ros2: a machine that dies leaves the arm held, one that is there again is moved again, no step is lost",
  { timeout: 180_000 },
  async () => {
    const { startRosMachine } = (await import(START)) as { startRosMachine(of: RosMachineConfig): Promise<RosMachine> };
    const ur5 = UR5 as unknown as RobotDefinition;
    const config = { ...rosMachine(ur5, robotDefaults("ur5", ur5)), faults: [] };
    machine = await startRosMachine(config);
    const { url } = machine;
    const args = [
      "teach",
      "ur5",
      "--driver=ros2",
      `--ros2.url=${url}`,
      "--run",
      join(folder, "run"),
      ...SMALL,
      "--json",
    ];
    run = new Reverie(args, "ignore");
    await run.until(({ type, sequence }) => type === "robot" && sequence > 20);

    let from = run.lines.length;
    machine.kill();
    await machine.ended;
    await run.until(({ text }) => /held: sample: .*brought to "hold"/.test(text ?? ""), from);

    from = run.lines.length;
    machine = await startRosMachine({ ...config, port: Number(url.split(":").at(-1)) });
    expect(machine.url).toBe(url);
    const { sequence } = run.last("robot");
    await run.until((line) => line.type === "robot" && line.state === "engaged" && line.sequence > sequence + 10, from);

    run.signal("SIGINT");
    expect(await run.exited, run.stderr).toBe(0);
    expect(run.last("learner").steps).toBe(run.last("robot").sequence);
  },
);

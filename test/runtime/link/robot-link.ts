import { RUNTIME_DEFAULTS } from "../../../runtime/defaults.ts";
import type { FromLink, SupervisorConfig } from "../../../runtime/ipc.ts";
import { Link } from "../../../runtime/link/link.ts";
import { encodeSteps, stepLayout } from "../../../runtime/wire/step-codec.ts";
import { schema } from "../policy/bundles.ts";

const layout = stepLayout(schema);

/** What a link says, and how it is fed. */
export interface RobotLink {
  readonly link: Link;
  readonly heard: readonly FromLink[];
  /** Steps of the numbers [from, to), whose time tells them from those of another robot. */
  feed(from: number, to: number, timeNs?: (sequence: number) => number): void;
}

/** The link of a robot with its directory in `run`; quick to notice that nobody answers. */
export function robotLink(
  run: string,
  learner: string,
  link: Partial<SupervisorConfig["runtime"]["link"]> = {},
  resumed = false,
  its = schema,
): RobotLink {
  const heard: FromLink[] = [];
  const quick = { batchMs: 2, aliveMs: 30, silentMs: 300, resendMs: 400, flushMs: 200 };
  const config: SupervisorConfig = {
    robot: "arm",
    driver: "sim",
    task: {},
    seed: 0,
    clock: "realtime",
    run,
    learner,
    steps: 0,
    runtime: { ...RUNTIME_DEFAULTS, link: { ...RUNTIME_DEFAULTS.link, ...quick, ...link } },
  };
  const made = new Link(config, its, resumed, (message) => heard.push(message));
  return {
    link: made,
    heard,
    feed: (from, to, timeNs = (sequence) => sequence) => {
      for (let sequence = from; sequence < to; sequence++) {
        made.take({ type: "step", sequence, episode: 0, row: stepRow(sequence, timeNs(sequence)) });
      }
    },
  };
}

export function stepRow(sequence: number, timeNs: number): Uint8Array {
  return encodeSteps(layout, [
    {
      sequence,
      episode: 0,
      index: sequence,
      timeNs: BigInt(timeNs),
      observation: { angle: Float32Array.of(sequence, 0) },
      action: new Float32Array(2),
      command: new Float32Array(2),
      reward: 0,
      isFirst: sequence === 0,
      isLast: false,
      isTerminal: false,
      policyVersion: 0,
      intervened: false,
    },
  ]);
}

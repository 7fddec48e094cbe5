import { RUNTIME_DEFAULTS } from "../../runtime/defaults.ts";
import type { FromLink, SupervisorConfig } from "../../runtime/ipc.ts";
import { Link } from "../../runtime/link/link.ts";
import type { Connect } from "../../runtime/link/socket.ts";
import type { StandardTopics } from "../../runtime/log/standard-topics.ts";
import { encodeSteps, stepLayout } from "../../runtime/wire/step-codec.ts";
import { schema } from "../runtime/policy/bundles.ts";

const layout = stepLayout(schema);
/** Nobody is waited for as long as by a real robot. */
const QUICK = { batchMs: 2, aliveMs: 30, silentMs: 300, resendMs: 400, flushMs: 200 };

type Settings = typeof RUNTIME_DEFAULTS.link;
export type LinkSettings = Partial<Omit<Settings, "nats">> & { readonly nats?: Partial<Settings["nats"]> };

/** What is left out is as of a robot's first start, in real time, without keys. */
export interface RobotLinkOptions {
  readonly link?: LinkSettings;
  /** Its session goes on, only the link's process is new. */
  readonly resumed?: boolean;
  readonly its?: typeof schema;
  readonly clock?: SupervisorConfig["clock"];
  /** Folder of its keys. */
  readonly keys?: string;
  readonly downStage?: string;
  readonly connect?: Connect;
  readonly standard?: StandardTopics;
  /** What it says is added here. */
  readonly heard?: FromLink[];
}

/** What a link says, and how it is fed. */
export interface RobotLink {
  readonly link: Link;
  readonly heard: FromLink[];
  /** Steps of the numbers [from, to), whose time tells them from those of another robot. */
  feed(from: number, to: number, timeNs?: (sequence: number) => number): void;
  /** What was said for people, in turn. */
  notes(): string[];
}

/** The link of a robot with its directory in `run`; quick to notice that nobody answers. */
export function robotLink(run: string, learner: string, options: RobotLinkOptions = {}): RobotLink {
  const { link = {}, resumed = false, its = schema, clock = "realtime", keys, heard = [] } = options;
  const { downStage, connect, standard } = options;
  const { link: defaults } = RUNTIME_DEFAULTS;
  const config: SupervisorConfig = {
    robot: "arm",
    driver: "sim",
    task: {},
    seed: 0,
    clock,
    run,
    learner,
    steps: 0,
    ...(keys === undefined ? {} : { trust: { keys } }),
    runtime: {
      ...RUNTIME_DEFAULTS,
      link: { ...defaults, ...QUICK, ...link, nats: { ...defaults.nats, ...link.nats } },
    },
  };
  const made = new Link(config, its, resumed, (message) => heard.push(message), downStage, connect, standard);
  return {
    link: made,
    heard,
    feed: (from, to, timeNs) => {
      for (let sequence = from; sequence < to; sequence++) {
        made.take({ type: "step", sequence, episode: 0, row: stepRow(sequence, timeNs?.(sequence)) });
      }
    },
    notes: () => heard.flatMap((message) => (message.type === "note" ? [message.text] : [])),
  };
}

/** One that says its number in all that is learned from. */
export function stepRow(sequence: number, timeNs = sequence): Uint8Array {
  return encodeSteps(layout, [
    {
      sequence,
      episode: Math.floor(sequence / 100),
      index: sequence % 100,
      timeNs: BigInt(timeNs),
      observation: { angle: Float32Array.of(sequence, 0) },
      action: new Float32Array(2),
      command: new Float32Array(2),
      reward: sequence,
      isFirst: sequence === 0,
      isLast: false,
      isTerminal: false,
      policyVersion: 0,
      intervened: false,
    },
  ]);
}

/** The numbers [from, to). */
export const upTo = (to: number, from = 0): number[] => Array.from({ length: to - from }, (_, i) => from + i);

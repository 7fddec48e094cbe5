import { type During, type FaultFields, parseFaultsOf } from "../../mock/faults.ts";

/** Topics of a machine by what they are for, as its `Ros2Config` has them. */
export const ROS_TOPICS = ["state", "odometry", "estop"] as const;
export type RosTopic = (typeof ROS_TOPICS)[number];

/** On which topic; absent: on each. */
export interface On {
  readonly topic?: RosTopic;
}

/** What goes wrong with a machine on ROS 2, as plain data. */
export type RosFault = During &
  (
    | (On & { readonly kind: "silent" })
    /** Of the messages. */
    | (On & { readonly kind: "drop"; readonly share: number })
    /** A message comes so much later, behind those before it. */
    | (On & { readonly kind: "delay"; readonly ms: number; readonly share?: number })
    /** Each comes later by anything up to this. */
    | (On & { readonly kind: "jitter"; readonly ms: number })
    /** The robot's joint of this name is not among the joint states. */
    | { readonly kind: "missing-joint"; readonly joint: string }
    /** Its position is not a number. */
    | { readonly kind: "not-finite"; readonly joint: string }
    /** rosbridge is gone. Reported: connections end and none is taken; otherwise nothing comes through any more. */
    | { readonly kind: "unplug"; readonly reported?: boolean }
    /** The machine's emergency stop is pressed. */
    | { readonly kind: "estop" }
  );

const FIELDS: Readonly<Record<RosFault["kind"], FaultFields>> = {
  silent: { must: [], may: ["topic"] },
  drop: { must: ["share"], may: ["topic"] },
  delay: { must: ["ms"], may: ["share", "topic"] },
  jitter: { must: ["ms"], may: ["topic"] },
  "missing-joint": { must: ["joint"], may: [] },
  "not-finite": { must: ["joint"], may: [] },
  unplug: { must: [], may: ["reported"] },
  estop: { must: [], may: [] },
};

/** Checks a list from a file. Throws, naming the fault and what is wrong with it. */
export function parseRosFaults(list: unknown): readonly RosFault[] {
  const faults = parseFaultsOf<RosFault>(FIELDS, list);
  for (const [at, fault] of faults.entries()) {
    if ("topic" in fault && !ROS_TOPICS.some((topic) => topic === fault.topic)) {
      const name = `fault ${at + 1} (${fault.kind})`;
      throw new Error(`${name}: expected a topic of ${ROS_TOPICS.join(", ")}, found "${fault.topic}"`);
    }
  }
  return faults;
}

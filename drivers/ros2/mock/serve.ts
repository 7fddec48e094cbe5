/**
 * A process with a rosbridge server and a machine of many joints that says its joint states at the rate it is told. Its
 * stamps are of the system's monotonic clock, which its parent shares: the parent sees true ages.
 */
import { RealtimeClock } from "../../../runtime/clock.ts";
import { encode } from "../messages/codec.ts";
import { Graph } from "./graph.ts";
import { RosbridgeServer } from "./rosbridge-server.ts";

/** From the parent: joints and rate, 0 Hz ends. To the parent: its address, and what was sent with the CPU time it took. */
export interface ServeOrder {
  readonly joints: number;
  readonly rateHz: number;
}

export type ServeAnswer =
  | { readonly url: string }
  | { readonly sent: number; readonly cpuMs: number; readonly seconds: number };

const TYPE = "sensor_msgs/msg/JointState";
const clock = new RealtimeClock();
const graph = new Graph();
let running: Promise<void> = Promise.resolve();
let stopped = new AbortController();

process.on("message", (order: ServeOrder) => {
  stopped.abort();
  stopped = new AbortController();
  const { signal } = stopped;
  running = running.then(() => (order.rateHz > 0 ? say(order, signal) : undefined));
});
process.on("disconnect", () => process.exit(0));

async function say({ joints, rateHz }: ServeOrder, signal: AbortSignal): Promise<void> {
  const name = Array.from({ length: joints }, (_, i) => `joint_${i}`);
  const values = new Float64Array(joints);
  const periodNs = BigInt(Math.round(1e9 / rateHz));
  const cpu = process.cpuUsage();
  const start = clock.now();
  let sent = 0;
  for (let tick = 1n; !signal.aborted; tick++) {
    await clock.sleepUntil(start + tick * periodNs);
    values.fill(Math.sin(sent / 100));
    const now = clock.now();
    const stamp = { sec: Number(now / 1_000_000_000n), nanosec: Number(now % 1_000_000_000n) };
    const state = { header: { stamp, frame_id: "" }, name, position: values, velocity: values, effort: values };
    graph.publish("/joint_states", TYPE, encode(TYPE, state));
    sent++;
  }
  const { user, system } = process.cpuUsage(cpu);
  tell({ sent, cpuMs: (user + system) / 1000, seconds: Number(clock.now() - start) / 1e9 });
}

function tell(answer: ServeAnswer): void {
  process.send?.(answer);
}

tell({ url: await new RosbridgeServer(graph).listen() });

import { UsageError } from "./usage-error.ts";

type Bench = (argv: readonly string[]) => Promise<number>;

/** Each loaded when it is asked for. */
const BENCHES: Readonly<Record<string, () => Promise<Bench>>> = {
  sim: async () => (await import("./bench/sim.ts")).benchSimulation,
  learner: async () => (await import("./bench/learner.ts")).benchUpdates,
  loop: async () => (await import("./bench/loop.ts")).benchLoop,
  failures: async () => (await import("./bench/failures.ts")).benchFailures,
  chaos: async () => (await import("./bench/chaos.ts")).benchChaos,
  link: async () => (await import("./bench/link.ts")).benchLink,
  replay: async () => (await import("./bench/replay.ts")).benchReplay,
  bus: async () => (await import("./bench/bus.ts")).benchBus,
  ros2: async () => (await import("./bench/ros2.ts")).benchRos2,
  camera: async () => (await import("./bench/camera.ts")).benchCamera,
};

export const usage = `bench ${Object.keys(BENCHES).join("|")}

Moves nothing but a simulated robot. Measures what this machine can do; --seconds says how long, --json prints numbers alone.

bench sim         how fast a robot is simulated, on one core
  --robot <name>  by default a1

bench learner     an update of the learner
  --workload <w>  default: an update as in a run; heavy: a longer batch, every state imagined from, REINFORCE
  --threads <n>   of one update, by default 1
  --eager         time the same update operation by operation too, on tfjs's CPU backend; takes a minute

bench loop        how well the control loop keeps its deadlines: with nobody learning, with another policy every second, and
                  with a learner training flat out beside it; --seconds is of each, by default 60
  --robot <name>  by default a1
  --realtime      ask the system for what keeps the loop on time, and say what it gave
  --runtime.…=  --task.…=
                  a setting to try, as --runtime.governor.spinUs=0

bench failures    lets every process of a simulated robot fail in every way, and measures until its motors are safe; what came
                  of it is kept in $XDG_STATE_HOME/reverie, by default ~/.local/state/reverie, for the safety page
  --trials <n>    of each, by default 20; one takes about five seconds
  --cause <names> --how <names>
                  only these: policy,governor,driver,supervisor,link,learner,nothing and
                  kill,stop,busy,throw,memory; of a driver read,write, which never return

bench chaos       kills every process of a simulated robot and its learner again and again, cuts and slows the network between
                  them, fills their disks (as root), steps the clock, and counts at the end: 1 when a step was lost or doubled
  --minutes <n>   by default 15; about twenty kills in each
  --kills <n>     or until so many processes were killed
  --seed <n>      of what is done when, by default 0
  --robot <name>  by default reacher
  --verbose       every blow and note, as it comes

bench link        how much the link brings from a robot's disk to a learner's over a socket on this machine, how soon, and what
                  it costs each side of a core; then what an image comes to in each encoding
  --transport <t> zeromq, or nats: through a nats-server that is started for it
  --encoding <how> of images: size (as runs do), raw, png, jpeg; or passed, as JPEGs that the camera made

bench replay      fills the learner's memory, without a robot, and measures what it takes and how fast batches are drawn
  --steps <n>     without images, by default 1000000
  --images <n>    with a 64×64×3 image each, by default 100000

bench bus         a bus of 6 and of 12 servos, emulated in a process of their own, read and written at a rate and flat out
  --servos <kind> sts, scs or dynamixel; by default sts
  --rate <hz>     by default 100
  --baud <n>      of the emulated wire, by default 1000000

bench ros2        joint states of 12 joints at 100, 200 and 500 Hz from a stand-in rosbridge server in another process: how
                  many arrive, how old they are, what share of a core it takes

bench camera      two simulated USB cameras to small frames: frames a second, their age, what they cost
  --ffmpeg <path> by default ffmpeg, as the system finds it`;

export async function bench([what = "", ...argv]: readonly string[]): Promise<number> {
  const load = Object.hasOwn(BENCHES, what) ? BENCHES[what] : undefined;
  if (load === undefined) {
    const found = what === "" ? "nothing" : `"${what}"`;
    throw new UsageError(`bench: expected one of ${Object.keys(BENCHES).join(", ")}, found ${found}`);
  }
  return (await load())(argv);
}

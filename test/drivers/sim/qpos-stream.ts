import { createHash } from "node:crypto";
import { SimDriver } from "../../../drivers/sim/sim-driver.ts";
import { loadRobot } from "../../../robots/catalogue.ts";
import { VirtualClock } from "../../../runtime/clock.ts";
import { Random } from "../../../runtime/random.ts";

/** Prints a hash of every sample of 20 s of random motion. Arguments: the robot's seed, the motion's seed, m/s a push. */
const [seed = "0", motion = "0", push = "0"] = process.argv.slice(2);
const { spec, settings, simulation } = await loadRobot("a1");
const clock = new VirtualClock();
const changed = { start: "random", seed: Number(seed), pushSpeed: Number(push), pushSeconds: 2 };
const driver = new SimDriver(spec, simulation({ ...settings, ...changed }), clock);
const random = new Random(Number(motion), "motion");
const hash = createHash("sha256");
await driver.open();
for (let tick = 0; tick < 400; tick++) {
  await driver.write({
    position: Float64Array.from(spec.joints, ({ min, max }) => min + random.uniform() * (max - min)),
    kp: Float64Array.from(spec.joints, (joint) => joint.kp),
    kd: Float64Array.from(spec.joints, (joint) => joint.kd),
  });
  await clock.sleepUntil(clock.now() + 50_000_000n);
  const { position, velocity, sensors } = await driver.read();
  for (const part of [position, velocity, ...Object.values(sensors)]) hash.update(part);
}
await driver.close();
console.log(hash.digest("hex"));

import type { RosMachineConfig } from "../../drivers/ros2/mock/serve-machine.ts";
import { type RosMachine, startRosMachine } from "../../drivers/ros2/mock/start-machine.ts";
import type { RobotDefinition } from "../../robots/definition.ts";
import { ros2Of } from "./drivers.ts";
import { type EmulatedMachine, emulatedPart } from "./emulated-part.ts";
import type { RobotSettings } from "./robot-settings.ts";

/** A machine says where its joints are at least so often, Hz: more often than a sample may be old. */
const STATES_HZ = 100;

/** A rosbridge server with the robot's joints in MuJoCo behind its topics. */
export function emulatedRos2(definition: RobotDefinition, settings: RobotSettings): EmulatedMachine {
  const machine = { ...rosMachine(definition, settings), faults: [] };
  let url = "";
  const start = async (): Promise<RosMachine> => {
    const port = url === "" ? {} : { port: Number(url.split(":").at(-1)) };
    const started = await startRosMachine({ ...machine, ...port });
    url = started.url;
    return started;
  };
  return { part: emulatedPart(start), reached: () => ({ ros2: { ...settings.ros2, url } }) };
}

/** What stands in for a robot on ROS 2, with nothing wrong with it. */
export function rosMachine(definition: RobotDefinition, settings: RobotSettings): Omit<RosMachineConfig, "faults"> {
  const { name, joints, restPose, servoRateHz } = definition.spec;
  const { transport: _, ...ros2 } = ros2Of(definition, settings);
  return {
    robot: { name, joints, restPose },
    model: definition.simulation(settings.task),
    ros2,
    rateHz: Math.max(STATES_HZ, servoRateHz),
    seed: settings.seed,
  };
}

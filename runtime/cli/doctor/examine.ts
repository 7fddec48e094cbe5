import type { ServoBus } from "../../../drivers/serial/servo-bus.ts";
import { checkCalibration } from "./calibration.ts";
import { checkCameras } from "./cameras.ts";
import { checkClock } from "./clock.ts";
import { checkCompute } from "./compute.ts";
import { checkDisk } from "./disk.ts";
import { type Finding, fail, type Section } from "./finding.ts";
import { checkLearner } from "./learner.ts";
import { checkMemory } from "./memory.ts";
import type { Need } from "./need.ts";
import { checkPackages } from "./packages.ts";
import { checkPorts } from "./ports.ts";
import { checkRos2 } from "./ros2.ts";
import { checkRun } from "./run-lock.ts";
import { checkServos } from "./servos.ts";
import type { System } from "./system.ts";
import { THRESHOLDS } from "./thresholds.ts";
import { checkTiming } from "./timing.ts";

export interface Examined {
  readonly system: System;
  readonly need: Need;
  /** The bus of the robot's servos, not open yet. */
  readonly makeBus: () => ServoBus;
  /** See `checkCompute`. */
  readonly model: () => Uint8Array;
}

/**
 * Every group of checks: what measures time, disk and replies of servos first, alone, and then the rest at once. A group that throws is one
 * failed line.
 */
export async function examine({ system, need, makeBus, model }: Examined, limits = THRESHOLDS): Promise<Section[]> {
  const { timing, drift } = await checkTiming(system, need, limits);
  const disk = await group(async () => checkDisk(system, need, limits));
  const ports = await group(async () => checkPorts(system, need));
  const open = ports.every(({ verdict }) => verdict !== "fail");
  const servos = open ? await group(() => checkServos(makeBus, need, limits)) : [];
  const asked = await Promise.all([
    group(() => checkCameras(system, need, limits)),
    group(() => checkRos2(system, need, limits)),
    group(() => checkClock(system, drift, limits)),
    group(() => checkCompute(system, need, model(), limits)),
    group(() => checkPackages(system, need, limits)),
    group(() => checkLearner(system, need, limits)),
  ]);
  const [cameras, ros2, clock, compute, packages, learner] = asked;
  const sections = [
    { title: "Serial ports", findings: ports },
    { title: "Servos (asked only with pings and reads: nothing moves)", findings: servos },
    { title: "Calibration", findings: await group(async () => checkCalibration(need.robot)) },
    { title: "Cameras", findings: cameras },
    { title: "ROS 2", findings: ros2 },
    { title: "Timing of this computer", findings: timing },
    { title: "Clock", findings: clock },
    { title: "Node and its native packages", findings: packages },
    { title: "GPU and onnxruntime", findings: compute },
    { title: `Disk under ${need.run}`, findings: disk },
    { title: "Memory", findings: await group(async () => checkMemory(system, limits)) },
    { title: "Learner", findings: learner },
    { title: "Run directory", findings: await group(async () => checkRun(system, need.run)) },
  ];
  return sections.filter(({ findings }) => findings.length > 0);
}

async function group(check: () => Promise<Finding[]>): Promise<Finding[]> {
  try {
    return await check();
  } catch (error) {
    return [fail("this check", `ended early: ${(error as Error).message}`)];
  }
}

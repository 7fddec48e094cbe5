import { GO2_MOTORS } from "../go2/motors.ts";
import { assertFinite, type Device } from "../intake.ts";
import type { LowState } from "../messages/types.ts";
import type { Topic } from "../transport.ts";
import type { Measured, Sensors } from "./measured.ts";

/**
 * Joints and body of a Go2 from unitree_go/LowState. Its stamp is the robot's own tick, in ms. Sensors: "orientation" (w, x,
 * y, z), "gyro" (rad/s) and "acceleration" (m/s²) in the body's frame, "footForce" (as the robot gives it, one a leg).
 */
export class LowStates implements Device<"unitree_go/msg/LowState"> {
  readonly topic: Topic<"unitree_go/msg/LowState">;
  readonly measured: Required<Measured>;
  readonly sensors: Sensors = {
    orientation: new Float64Array(4),
    gyro: new Float64Array(3),
    acceleration: new Float64Array(3),
    footForce: new Float64Array(4),
  };
  /** Where each of the robot's joints is among the motors. */
  readonly #motors: readonly number[];

  /** Throws on a joint the Go2 does not have. */
  constructor(topic: string, names: readonly string[]) {
    this.topic = { name: topic, type: "unitree_go/msg/LowState", qos: "sensor" };
    this.#motors = motorsOf(names);
    const zeros = (): Float64Array => new Float64Array(names.length);
    this.measured = {
      position: zeros(),
      velocity: zeros(),
      effort: zeros(),
      temperature: zeros(),
      voltage: zeros(),
    };
  }

  stampNs({ tick }: LowState): bigint {
    return BigInt(tick) * 1_000_000n;
  }

  check({ imu_state, motor_state, power_v }: LowState): void {
    for (const motor of this.#motors) {
      const { q, dq, tau_est } = motor_state[motor]!;
      for (const [name, value] of Object.entries({ q, dq, tau_est })) {
        if (!Number.isFinite(value)) throw new Error(`${name} of ${GO2_MOTORS[motor]} is not finite: ${value}`);
      }
    }
    const { quaternion } = imu_state;
    assertFinite("quaternion", quaternion);
    assertFinite("gyroscope", imu_state.gyroscope);
    assertFinite("accelerometer", imu_state.accelerometer);
    assertFinite("power_v", [power_v]);
    assertRotation(quaternion);
  }

  keep({ imu_state, motor_state, foot_force, power_v }: LowState): void {
    const { position, velocity, effort, temperature, voltage } = this.measured;
    this.#motors.forEach((motor, i) => {
      const state = motor_state[motor]!;
      position[i] = state.q;
      velocity[i] = state.dq;
      effort[i] = state.tau_est;
      temperature[i] = state.temperature;
      voltage[i] = power_v;
    });
    this.sensors.orientation!.set(imu_state.quaternion);
    this.sensors.gyro!.set(imu_state.gyroscope);
    this.sensors.acceleration!.set(imu_state.accelerometer);
    this.sensors.footForce!.set(foot_force);
  }
}

/** Throws on a joint the Go2 does not have. */
export function motorsOf(names: readonly string[]): number[] {
  return names.map((name) => {
    const motor = GO2_MOTORS.indexOf(name);
    if (motor < 0) throw new Error(`Go2: expected one of ${GO2_MOTORS.join(", ")}, found the joint "${name}"`);
    return motor;
  });
}

/** Throws unless the quaternion's length is about 1. */
export function assertRotation(quaternion: ArrayLike<number>): void {
  const length = Math.hypot(...Array.from(quaternion));
  if (Math.abs(length - 1) > 0.1) throw new Error(`expected an orientation of length 1, found ${length.toFixed(3)}`);
}

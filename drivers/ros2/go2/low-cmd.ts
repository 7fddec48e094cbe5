import type { LowCmd, MotorCmd } from "../messages/types.ts";
import { lowCmdCrc } from "./crc.ts";
import { MOTOR_SLOTS } from "./motors.ts";

/** What one motor is asked for. effort = kp·(q − position) − kd·velocity */
export interface MotorTarget {
  readonly q: number;
  readonly kp: number;
  readonly kd: number;
}

const SERVO_MODE = 0x01;
/** Where a motor's position or velocity is not to be followed (PosStopF, VelStopF of Unitree's SDK). */
const NO_POSITION = 2.146e9;
const NO_VELOCITY = 16_000;

const NONE = new Uint32Array(3);
const PAIR = new Uint32Array(2);

const IDLE: MotorCmd = { mode: SERVO_MODE, q: NO_POSITION, dq: NO_VELOCITY, tau: 0, kp: 0, kd: 0, reserve: NONE };

/**
 * A command for the motors in the Go2's order; those without a target follow nothing. A target without kp damps its motor,
 * without kd too it lets go.
 */
export function lowCmd(targets: readonly (MotorTarget | undefined)[]): LowCmd {
  const command: LowCmd = {
    head: Uint8Array.of(0xfe, 0xef),
    level_flag: 0xff,
    frame_reserve: 0,
    sn: PAIR,
    version: PAIR,
    bandwidth: 0,
    motor_cmd: Array.from({ length: MOTOR_SLOTS }, (_, i) => motorCmd(targets[i])),
    bms_cmd: { off: 0, reserve: new Uint8Array(3) },
    wireless_remote: new Uint8Array(40),
    led: new Uint8Array(12),
    fan: new Uint8Array(2),
    gpio: 0,
    reserve: 0,
    crc: 0,
  };
  return { ...command, crc: lowCmdCrc(command) };
}

function motorCmd(target: MotorTarget | undefined): MotorCmd {
  if (target === undefined) return IDLE;
  const { q, kp, kd } = target;
  return {
    ...IDLE,
    q: kp > 0 ? q : NO_POSITION,
    dq: kp > 0 || kd > 0 ? 0 : NO_VELOCITY,
    kp,
    kd,
  };
}

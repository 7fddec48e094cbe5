import type { SerialRobot } from "../../drivers/serial/serial-robot.ts";
import { LEG_JOINTS, LEGS, type Leg } from "../quadruped/legs.ts";

/** XM430-W350, as the servo says. */
const MODEL = 1020;
/** A of one unit of current; N·m an A at standstill, 4.1 at 2.3 A (the manual's). */
const AMPERE = 0.00269;
const TORQUE_PER_AMPERE = 4.1 / 2.3;

/** The first id of a leg, as ROBEL's software has them: ten for each, in its order of legs. */
const FIRST_ID: Readonly<Record<Leg, number>> = { FR: 10, FL: 20, RL: 30, RR: 40 };

export const DKITTY_SERVOS: SerialRobot = {
  family: "dynamixel",
  baud: 1_000_000,
  servos: LEGS.flatMap((leg) =>
    LEG_JOINTS.map((_, i) => ({
      id: FIRST_ID[leg] + i,
      model: MODEL,
      effortPerLoad: AMPERE * TORQUE_PER_AMPERE,
      currentPerLoad: AMPERE,
    })),
  ),
};

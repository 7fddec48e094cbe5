import { type RobotSpec, UNWATCHED } from "../../runtime/robot.ts";

/** Length of each link, m. */
export const LINK = 0.2;
/** Either joint turns so far both ways, rad. */
const RANGE = 1.6;

const JOINT = {
  min: -RANGE,
  max: RANGE,
  softMargin: 0,
  velocityLimit: 30,
  accelerationLimit: 3000,
  effortLimit: 3,
  kp: 4,
  kd: 0.4,
} as const;

export const REACHER_SPEC: RobotSpec = {
  name: "reacher",
  joints: [
    { name: "shoulder", ...JOINT },
    { name: "elbow", ...JOINT },
  ],
  policyRateHz: 20,
  servoRateHz: 100,
  restPose: [0, 0],
  endState: "limp",
  // A thirtieth of what the policy may ask for, at most 0.6 m/s at the tip, and 1.6 s from the farthest pose. Following at
  // that speed the joints lag 0.11 rad (kd·speed/kp and their friction); at 0.3 rad, the tip pushes with 3 N.
  rest: { speed: 1, contactError: 0.3 },
  watch: { sampleAge: 0.1, beyondLimits: 0.2, ...UNWATCHED },
};

/** Two links of 0.2 kg that swing in a horizontal plane, free of contacts. m, kg, rad. */
export function reacherMjcf(): string {
  const range = `${-RANGE} ${RANGE}`;
  return `<mujoco model="reacher">
  <size memory="256K"/>
  <compiler angle="radian" autolimits="true"/>
  <option timestep="0.005" integrator="implicitfast"/>
  <default>
    <joint type="hinge" axis="0 0 1" range="${range}" armature="0.002" damping="0.05"/>
    <geom type="capsule" size="0.015" fromto="0 0 0 ${LINK} 0 0" mass="0.2" contype="0" conaffinity="0"/>
  </default>
  <worldbody>
    <body name="upper">
      <joint name="shoulder"/>
      <geom rgba="0.35 0.4 0.5 1"/>
      <body name="lower" pos="${LINK} 0 0">
        <joint name="elbow"/>
        <geom rgba="0.95 0.55 0.16 1"/>
      </body>
    </body>
  </worldbody>
  <actuator>
    <motor name="shoulder" joint="shoulder"/>
    <motor name="elbow" joint="elbow"/>
  </actuator>
</mujoco>`;
}

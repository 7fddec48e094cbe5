import { type JointSpec, type RobotSpec, UNWATCHED } from "../../runtime/robot.ts";

/**
 * From the base outwards. 0 is the middle of a joint's range, as in the makers' "new calibration": upper arm upright, forearm
 * and gripper level to the front, jaws closed but for a finger's breadth. More is: pan to the right, lift, elbow and wrist
 * down, roll to the left, jaws open. Hard limits, rad: `so101_new_calib.urdf` of TheRobotStudio/SO-ARM100.
 */
export const SO101_RANGE = {
  shoulder_pan: [-1.91986, 1.91986],
  shoulder_lift: [-1.74533, 1.74533],
  elbow_flex: [-1.69, 1.69],
  wrist_flex: [-1.65806, 1.65806],
  wrist_roll: [-2.74385, 2.74385],
  gripper: [-0.174533, 1.74533],
} as const;

export type So101Joint = keyof typeof SO101_RANGE;
export const SO101_JOINTS = Object.keys(SO101_RANGE) as readonly So101Joint[];

/**
 * N·m/rad of a servo's own position control, which no command changes: 17.8 in the makers' model (`joints_properties.xml`).
 * Measured at a factory-new servo, whose gain register says 32: 1.8 to 2.6° under 1.04 N·m, some 27 N·m/rad
 * (TheRobotStudio/SO-ARM100, issue 134). With the 16 that we write it may be about 14.
 */
const KP = 17.8;

const SERVO = {
  softMargin: 0.03,
  // A servo without load does 4.7 (45 rpm at 12 V, the datasheet's and measured); near people less is enough.
  velocityLimit: 3,
  // From 0 to 3 rad/s in 75 ms: it acts on jumps that the low-pass of the task's targets already takes away.
  accelerationLimit: 40,
  // Twice what gravity asks of the stretched arm's shoulder, 0.77; half the stall torque at 12 V (30 kg·cm), and what the
  // servo for 7.4 V has left at 5 V.
  effortLimit: 1.5,
  kp: KP,
  // Its damping is the motor's own back-EMF, which the model has at the joint.
  kd: 0,
} as const;

export const SO101_SPEC: RobotSpec = {
  name: "so101",
  joints: SO101_JOINTS.map((name): JointSpec => {
    const [min, max] = SO101_RANGE[name];
    return { name, min, max, ...SERVO };
  }),
  policyRateHz: 20,
  servoRateHz: 100,
  // Folded: the upper arm leans back and the forearm lies down almost to their stops, the gripper hangs down over the table
  // before the base. Let go here, no part falls farther than a centimetre or two.
  restPose: [0, -1.7, 1.64, 1.1, 0, 0],
  // An arm in the air falls when it is let go, and these servos cannot brake without a target. So: let go in the rest pose,
  // where the motors cool; anywhere else hold the last target.
  endState: "limp",
  limpWithin: 0.3,
  endStates: {
    // Held where it is measured instead of at its last target: it stops to push against whatever, or whoever, is there.
    estop: "stop",
    tracking: "stop",
    current: "stop",
    // Carrying is what heats it. At 70 °C the servo would let go by itself.
    temperature: "limp",
  },
  // A sixth of the velocity limit: 0.2 m/s at the stretched arm's tip, 7 s from the farthest pose. At that speed gravity and
  // friction leave a joint 0.06 rad behind its target.
  rest: { speed: 0.5, contactError: 0.2 },
  watch: {
    ...UNWATCHED,
    sampleAge: 0.1,
    // A servo's zero and backlash; less than what the driver itself puts up with when it engages.
    beyondLimits: 0.08,
    temperature: 60,
    // Servos for 7.4 V run at 5 V, those for 12 V at 12: below this either supply has broken down.
    voltage: 4.5,
    // 2.7 A is a stalled servo.
    current: 1.8,
  },
};

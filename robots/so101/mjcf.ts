import { SO101_RANGE } from "./joints.ts";
import { LENGTHS } from "./kinematics.ts";

const { shoulder, lift, elbow, wrist, roll, tip } = LENGTHS;

/**
 * The SO-101 without meshes, as MJCF. Lengths, masses, centres of mass and inertias (their diagonals in frames that are level
 * at joint positions 0) are those of the makers' model, `so101_new_calib` of TheRobotStudio/SO-ARM100; damping, friction loss
 * and armature of an STS3215 those of its `joints_properties.xml`. The damping is the motor's back-EMF: stall torque over
 * speed without load, 2.94 N·m / 4.7 rad/s. m, kg, rad.
 *
 * Contacts: wrist, gripper and jaws with the table; the arm passes through itself.
 */
export function so101Mjcf(): string {
  return `<mujoco model="so101">
  <size memory="2M"/>
  <compiler angle="radian" autolimits="true"/>
  <option timestep="0.005" cone="elliptic" impratio="10" integrator="implicitfast"/>
  <default>
    <joint type="hinge" axis="0 1 0" damping="0.6" frictionloss="0.052" armature="0.028"/>
    <geom contype="0" conaffinity="0" rgba="0.96 0.78 0.16 1"/>
    <default class="servo"><geom type="box" size="0.0226 0.0124 0.0178" rgba="0.13 0.13 0.15 1"/></default>
    <default class="touches"><geom contype="1" conaffinity="1" friction="1"/></default>
  </default>
  <worldbody>
    <geom name="table" type="plane" size="0 0 1" contype="1" conaffinity="1" rgba="0.62 0.66 0.7 1"/>
    <geom type="box" size="0.045 0.035 0.022" pos="0.005 0 0.022"/>
    <geom class="servo" pos="0.026 0 0.044"/>
    <body name="shoulder" pos="${shoulder.x} 0 ${shoulder.z}">
      <joint name="shoulder_pan" axis="0 0 -1" ${range("shoulder_pan")}/>
      <inertial mass="0.100" pos="0.0308 0 0.0253" diaginertia="8.38e-5 8.10e-5 2.40e-5"/>
      <geom type="cylinder" size="0.028 0.012" pos="0.01 0 0.016"/>
      <geom class="servo" pos="0.028 0 0.044"/>
      <body name="upper_arm" pos="${lift.x} 0 ${lift.z}">
        <joint name="shoulder_lift" ${range("shoulder_lift")}/>
        <inertial mass="0.103" pos="0.0084 0 0.0898" diaginertia="1.473e-4 1.425e-4 4.08e-5"/>
        <geom type="box" size="0.012 0.022 0.052" pos="0.004 0 0.05"/>
        <geom class="servo" pos="0.016 0 ${elbow.z}"/>
        <body name="lower_arm" pos="${elbow.x} 0 ${elbow.z}">
          <joint name="elbow_flex" ${range("elbow_flex")}/>
          <inertial mass="0.104" pos="0.0981 0 0.0032" diaginertia="2.87e-5 1.453e-4 1.598e-4"/>
          <geom type="box" size="0.055 0.02 0.011" pos="0.06 0 0.003"/>
          <geom class="servo" pos="0.122 0 0.005"/>
          <body name="wrist" pos="${wrist.x} 0 ${wrist.z}">
            <joint name="wrist_flex" ${range("wrist_flex")}/>
            <inertial mass="0.079" pos="0.0386 0 0" diaginertia="2.54e-5 2.10e-5 3.68e-5"/>
            <geom class="touches" type="box" size="0.024 0.017 0.014" pos="0.04 0 0" rgba="0.13 0.13 0.15 1"/>
            <body name="gripper" pos="${roll.x} 0 ${roll.z}">
              <joint name="wrist_roll" axis="-1 0 0" ${range("wrist_roll")}/>
              <inertial mass="0.087" pos="0.0252 0 0" diaginertia="3.45e-5 4.34e-5 2.75e-5"/>
              <geom class="touches" type="box" size="0.022 0.022 0.016" pos="0.022 0 0"/>
              <geom class="touches" type="capsule" size="0.006" fromto="0.04 0 -0.014 ${tip.x - 0.006} 0 ${tip.z - 0.006}"/>
              <body name="moving_jaw" pos="0.0234 0 0.0211">
                <joint name="gripper" axis="0 -1 0" ${range("gripper")}/>
                <inertial mass="0.012" pos="0.03 0 -0.0025" diaginertia="1.9e-6 5.3e-6 6.6e-6"/>
                <geom class="touches" type="capsule" size="0.006" fromto="0.012 0 0.004 0.072 0 -0.006"/>
              </body>
            </body>
          </body>
        </body>
      </body>
    </body>
  </worldbody>
  <actuator>${Object.keys(SO101_RANGE)
    .map((joint) => `\n    <motor name="${joint}" joint="${joint}"/>`)
    .join("")}
  </actuator>
</mujoco>`;
}

function range(joint: keyof typeof SO101_RANGE): string {
  const [min, max] = SO101_RANGE[joint];
  return `range="${min} ${max}"`;
}

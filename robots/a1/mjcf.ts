import { LEGS } from "../quadruped/legs.ts";
import { LEG_RANGE } from "./joints.ts";

/**
 * The A1 without meshes, as MJCF. Masses, inertias and shapes are those of the URDF DayDreamer used (Unitree's, with a
 * box on the back that stands for the computer and changes how it rolls); armature and friction loss follow MuJoCo
 * Menagerie's `unitree_a1`. m, kg, rad. x forward, y left, z up; all joints 0 is a leg straight down.
 *
 * Contacts: everything with the floor, and legs with the trunk; legs pass through each other (bit 1: trunk and floor,
 * bit 2: legs). Feet decide their own friction (priority), so the floor's does not matter to them.
 */
export function a1Mjcf({ footFriction }: { readonly footFriction: number }): string {
  return `<mujoco model="a1">
  <size memory="4M"/>
  <compiler angle="radian" autolimits="true"/>
  <option timestep="0.0025" cone="elliptic" impratio="10" integrator="implicitfast" solver="Newton"/>
  <default>
    <joint armature="0.01" damping="0.05" frictionloss="0.2"/>
    <geom friction="0.6" contype="2" conaffinity="1" rgba="0.93 0.93 0.95 1"/>
    <default class="trunk"><geom type="box" contype="1" conaffinity="0" rgba="0.95 0.55 0.16 1"/></default>
    <default class="abduction"><joint axis="1 0 0" ${range("abduction")}/></default>
    <default class="thigh"><joint axis="0 1 0" ${range("thigh")}/></default>
    <default class="calf"><joint axis="0 1 0" ${range("calf")}/></default>
    <default class="foot"><geom type="sphere" size="0.02" priority="1" friction="${footFriction}" rgba="0.16 0.17 0.2 1"/></default>
  </default>
  <worldbody>
    <geom name="floor" type="plane" size="0 0 1" contype="1" conaffinity="3" rgba="0.62 0.66 0.7 1"/>
    <body name="trunk" pos="0 0 0.3">
      <freejoint name="base"/>
      <inertial mass="4.713" pos="0.012731 0.002186 0.000515"
        fullinertia="0.01683993 0.056579028 0.064713601 8.39e-5 5.977e-4 2.51e-5"/>
      <geom name="trunk" class="trunk" size="0.1335 0.097 0.057"/>
      <geom name="computer" class="trunk" size="0.025 0.0625 0.03" pos="-0.05 0 0.08" rgba="0.2 0.21 0.25 1"/>${LEGS.map(legMjcf).join("")}
    </body>
  </worldbody>
  <actuator>${LEGS.map(motorsMjcf).join("")}
  </actuator>
</mujoco>`;
}

function range(joint: keyof typeof LEG_RANGE): string {
  return `range="${LEG_RANGE[joint].min} ${LEG_RANGE[joint].max}"`;
}

/** One leg; right legs mirror the left in y, and hips of rear legs the front ones in x. */
function legMjcf(leg: (typeof LEGS)[number]): string {
  const x = leg.startsWith("F") ? 1 : -1;
  const y = leg.endsWith("L") ? 1 : -1;
  return `
      <body name="${leg}_hip" pos="${x * 0.183} ${y * 0.047} 0">
        <joint name="${leg}_abduction" class="abduction"/>
        <inertial mass="0.696" pos="${x * -0.003311} ${y * 0.000635} 3.1e-5" diaginertia="0.000469246 0.00080749 0.000552929"/>
        <geom type="cylinder" size="0.046 0.02" zaxis="0 1 0" rgba="0.2 0.21 0.25 1"/>
        <body name="${leg}_thigh" pos="0 ${y * 0.08505} 0">
          <joint name="${leg}_thigh" class="thigh"/>
          <inertial mass="1.013" pos="-0.003237 ${y * -0.022327} -0.027326"
            fullinertia="0.005529065 0.005139339 0.001367788 0 3.44e-4 0"/>
          <geom type="box" size="0.017 0.01225 0.1" pos="0 0 -0.1"/>
          <body name="${leg}_calf" pos="0 0 -0.2">
            <joint name="${leg}_calf" class="calf"/>
            <inertial mass="0.166" pos="0.006435 0 -0.107388" diaginertia="0.002997972 0.003014022 3.24e-5"/>
            <geom type="box" size="0.008 0.008 0.1" pos="0 0 -0.1"/>
            <body name="${leg}_foot" pos="0 0 -0.2">
              <inertial mass="0.06" pos="0 0 0" diaginertia="9.6e-6 9.6e-6 9.6e-6"/>
              <geom class="foot"/>
            </body>
          </body>
        </body>
      </body>`;
}

function motorsMjcf(leg: (typeof LEGS)[number]): string {
  return (["abduction", "thigh", "calf"] as const)
    .map((joint) => `\n    <motor name="${leg}_${joint}" joint="${leg}_${joint}"/>`)
    .join("");
}

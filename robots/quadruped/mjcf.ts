import { jointName, LEG_JOINTS, LEGS, type Leg, type LegJoint, perJoint } from "./legs.ts";

/** A body's mass, kg; its centre, m, and inertia about it, kg·m². */
export interface Inertial {
  readonly mass: number;
  readonly at: readonly [x: number, y: number, z: number];
  readonly diagonal: readonly [number, number, number];
}

/** A quadruped of boxes. x forward, y left, z up; lengths in m; of the front left leg where legs mirror it. */
export interface Shape {
  readonly name: string;
  readonly trunk: Inertial & { readonly halfSize: readonly [number, number, number] };
  /** From the trunk's middle to the abduction axis, then out to the thigh's. */
  readonly hip: { readonly x: number; readonly y: number; readonly out: number; readonly down: number };
  readonly thighLength: number;
  readonly calfLength: number;
  /** Half the thickness of thigh and calf. */
  readonly thickness: readonly [thigh: number, calf: number];
  readonly footRadius: number;
  readonly bodies: Readonly<Record<"hip" | "thigh" | "calf", Inertial>>;
  readonly joint: { readonly armature: number; readonly damping: number; readonly friction: number };
  range(leg: Leg, joint: LegJoint): readonly [min: number, max: number];
}

const AXES = { abduction: "1 0 0", thigh: "0 1 0", calf: "0 1 0" } as const;

/**
 * Without meshes, as MJCF. All joints at 0 is four legs straight down. Contacts: everything with the floor, and legs with
 * the trunk; legs pass through each other (bit 1: trunk and floor, bit 2: legs). Feet decide their own friction.
 */
export function quadrupedMjcf(shape: Shape, footFriction: number): string {
  const { name, trunk, joint } = shape;
  return `<mujoco model="${name}">
  <size memory="4M"/>
  <compiler angle="radian" autolimits="true"/>
  <option timestep="0.0025" cone="elliptic" impratio="10" integrator="implicitfast" solver="Newton"/>
  <default>
    <joint armature="${joint.armature}" damping="${joint.damping}" frictionloss="${joint.friction}"/>
    <geom friction="0.6" contype="2" conaffinity="1" rgba="0.93 0.93 0.95 1"/>
    <default class="foot"><geom type="sphere" size="${shape.footRadius}" priority="1" friction="${footFriction}" rgba="0.16 0.17 0.2 1"/></default>
  </default>
  <worldbody>
    <geom name="floor" type="plane" size="0 0 1" contype="1" conaffinity="3" rgba="0.62 0.66 0.7 1"/>
    <body name="trunk" pos="0 0 ${shape.thighLength + shape.calfLength}">
      <freejoint name="base"/>
      ${inertial(trunk, 1, 1)}
      <geom name="trunk" type="box" contype="1" conaffinity="0" size="${trunk.halfSize.join(" ")}" rgba="0.3 0.45 0.8 1"/>${LEGS.map((leg) => legMjcf(shape, leg)).join("")}
    </body>
  </worldbody>
  <actuator>${perJoint((leg, each) => `\n    <motor name="${jointName(leg, each)}" joint="${jointName(leg, each)}"/>`).join("")}
  </actuator>
</mujoco>`;
}

/** One leg; right legs mirror the left in y, and hips of rear legs the front ones in x. */
function legMjcf(shape: Shape, leg: Leg): string {
  const [x, y] = [leg.startsWith("F") ? 1 : -1, leg.endsWith("L") ? 1 : -1];
  const { hip, bodies, thighLength, calfLength, thickness, footRadius } = shape;
  const [thigh, calf] = thickness;
  const [abductionJoint, thighJoint, calfJoint] = LEG_JOINTS.map((joint) => {
    const name = jointName(leg, joint);
    return `<joint name="${name}" axis="${AXES[joint]}" range="${shape.range(leg, joint).join(" ")}"/>`;
  });
  return `
      <body name="${leg}_hip" pos="${x * hip.x} ${y * hip.y} 0">
        ${abductionJoint}
        ${inertial(bodies.hip, x, y)}
        <geom type="cylinder" size="${2 * thigh} ${thigh}" zaxis="0 1 0" pos="0 ${y * hip.out} ${-hip.down}" rgba="0.2 0.21 0.25 1"/>
        <body name="${leg}_thigh" pos="0 ${y * hip.out} ${-hip.down}">
          ${thighJoint}
          ${inertial(bodies.thigh, 1, y)}
          <geom type="box" size="${thigh} ${thigh} ${thighLength / 2}" pos="0 0 ${-thighLength / 2}"/>
          <body name="${leg}_calf" pos="0 0 ${-thighLength}">
            ${calfJoint}
            ${inertial(bodies.calf, 1, y)}
            <geom type="box" size="${calf} ${calf} ${calfLength / 2 - footRadius}" pos="0 0 ${-calfLength / 2}"/>
            <geom name="${leg}_foot" class="foot" pos="0 0 ${-calfLength}"/>
          </body>
        </body>
      </body>`;
}

function inertial({ mass, at: [x, y, z], diagonal }: Inertial, front: number, left: number): string {
  return `<inertial mass="${mass}" pos="${front * x} ${left * y} ${z}" diaginertia="${diagonal.join(" ")}"/>`;
}

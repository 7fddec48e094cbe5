import type { JointSpec } from "../../runtime/robot.ts";
import { type Chain, subtract, type Vector } from "./chain.ts";

/** What stands for a joint's servo in the simulation, apart from the spec's gains. */
export interface ServoModel {
  /** Of the rotor behind its gear, kg·m². */
  readonly armature: number;
  /** N·m·s/rad */
  readonly damping: number;
}

/**
 * An arm on a table, of capsules, without meshes, as MJCF. Contacts: everything beyond the second joint with the table; the
 * arm passes through itself. `servos` and `joints` are in the chain's order. m, kg, rad.
 */
export function armMjcf(
  name: string,
  { links, tip }: Chain,
  joints: readonly JointSpec[],
  servos: readonly ServoModel[],
  radius: number,
): string {
  const body = (i: number, from: Vector): string => {
    const link = links[i];
    if (link === undefined) return "";
    const next = subtract(links[i + 1]?.at ?? tip, link.at);
    const touches = i < 2 ? 'contype="0" conaffinity="0"' : 'contype="1" conaffinity="1"';
    const thick = i < 3 ? radius : 0.7 * radius;
    const geom =
      Math.hypot(...next) > 0.001
        ? `<geom type="capsule" size="${thick}" fromto="0 0 0 ${next.join(" ")}" ${touches}/>`
        : `<geom type="sphere" size="${thick}" ${touches}/>`;
    const { min, max } = joints[i]!;
    const { armature, damping } = servos[i]!;
    return `
    <body name="${link.joint}" pos="${subtract(link.at, from).join(" ")}">
      <joint name="${link.joint}" axis="${link.axis.join(" ")}" range="${min} ${max}" armature="${armature}" damping="${damping}"/>
      <inertial mass="${link.mass}" pos="${link.centre.join(" ")}" diaginertia="${link.inertia.join(" ")}"/>
      ${geom}${body(i + 1, link.at)}
    </body>`;
  };
  return `<mujoco model="${name}">
  <size memory="2M"/>
  <compiler angle="radian" autolimits="true"/>
  <option timestep="0.0025" integrator="implicitfast"/>
  <default>
    <joint type="hinge" frictionloss="1"/>
    <geom rgba="0.85 0.87 0.9 1"/>
  </default>
  <worldbody>
    <geom name="table" type="plane" size="0 0 1" contype="1" conaffinity="1" rgba="0.62 0.66 0.7 1"/>
    <geom type="cylinder" size="${1.3 * radius} ${links[0]!.at[2] / 2}" pos="0 0 ${links[0]!.at[2] / 2}" contype="0" conaffinity="0"/>${body(0, [0, 0, 0])}
  </worldbody>
  <actuator>${links.map(({ joint }) => `\n    <motor name="${joint}" joint="${joint}"/>`).join("")}
  </actuator>
</mujoco>`;
}

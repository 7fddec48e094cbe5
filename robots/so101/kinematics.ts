/**
 * Lengths of the arm, m, at joint positions 0: x to the front, z up. From the frames of `so101_new_calib.urdf`
 * (TheRobotStudio/SO-ARM100); its small sideways offsets cancel out between shoulder and gripper and are left out.
 */
export const LENGTHS = {
  /** From the origin, on the table under the base, to the pan axis at the shoulder's height. */
  shoulder: { x: 0.0388, z: 0.0624 },
  lift: { x: 0.0304, z: 0.0542 },
  elbow: { x: 0.028, z: 0.11257 },
  wrist: { x: 0.1349, z: 0.0052 },
  roll: { x: 0.0611, z: 0 },
  /** The tip of the jaw that does not move. */
  tip: { x: 0.0981, z: -0.0079 },
} as const;

export type Point = readonly [x: number, y: number, z: number];

/** Where the wrist's axis and the jaws' tip are, m, for joint positions in the spec's order, rad. */
export function places(q: ArrayLike<number>): { readonly wrist: Point; readonly tip: Point } {
  const [pan, lift, elbow, wristFlex, roll] = [q[0]!, q[1]!, q[2]!, q[3]!, q[4]!];
  let r: number = LENGTHS.lift.x;
  let z: number = LENGTHS.shoulder.z + LENGTHS.lift.z;
  /** Goes on by a link that is pitched down by `angle`. */
  const go = (link: { readonly x: number; readonly z: number }, angle: number): void => {
    r += link.x * Math.cos(angle) + link.z * Math.sin(angle);
    z += link.z * Math.cos(angle) - link.x * Math.sin(angle);
  };
  /** About the upright axis; `side` is to the left. */
  const turned = (side: number): Point => {
    const [cos, sin] = [Math.cos(pan), Math.sin(pan)];
    return [LENGTHS.shoulder.x + r * cos + side * sin, side * cos - r * sin, z];
  };
  go(LENGTHS.elbow, lift);
  go(LENGTHS.wrist, lift + elbow);
  const wrist = turned(0);
  const { x, z: below } = LENGTHS.tip;
  const pitch = lift + elbow + wristFlex;
  go(LENGTHS.roll, pitch);
  go({ x, z: below * Math.cos(roll) }, pitch);
  return { wrist, tip: turned(below * Math.sin(roll)) };
}

import type { Attendant } from "../../calibration/attendant.ts";
import type { RobotSpec } from "../../runtime/robot.ts";

/** What moves the joints: by their numbers, rad. */
export interface Joints {
  place(joint: number, position: number): void;
  position(joint: number): number;
}

/** Somebody who does what is said, a little at each look. Calls `onShow` before. */
export class Person implements Attendant {
  readonly handsFree: boolean;
  readonly said: string[] = [];
  readonly #spec: RobotSpec;
  readonly #joints: Joints;
  readonly #reach: number;
  #task: "sweep" | "home" | number | undefined;
  #looks = 0;
  /** Where a joint was when its direction was asked for, rad. */
  #from = 0;
  #enter = false;
  onShow: (looks: number) => void = () => {};
  /** How many looks a sweep of one joint takes; a multiple of 3. */
  sweepLooks = 24;

  /** `reach`: how much farther than its limits each joint goes, rad. */
  constructor(spec: RobotSpec, joints: Joints, { handsFree = true, reach = 0.01 } = {}) {
    this.#spec = spec;
    this.#joints = joints;
    this.handsFree = handsFree;
    this.#reach = reach;
  }

  say(line: string): void {
    this.said.push(line);
    if (line.startsWith("Sweep")) this.#begin("sweep");
    else if (line.startsWith("Home")) this.#begin("home");
    const name = /^Direction of (\w+):/.exec(line)?.[1];
    if (name !== undefined) this.#begin(this.#spec.joints.findIndex((each) => each.name === name));
  }

  show(): void {
    const look = this.#looks++;
    if (look > 2000) throw new Error(`nothing comes of it: ${this.said.at(-1)}`);
    this.onShow(look);
    if (this.#task === "sweep") this.#sweep(look);
    else if (this.#task === "home")
      for (const i of this.#spec.joints.keys()) this.#joints.place(i, this.#joints.position(i) * (look < 8 ? 0.5 : 0));
    else if (typeof this.#task === "number")
      this.#joints.place(this.#task, Math.min(this.#from + 0.4, this.#joints.position(this.#task) + 0.1));
    if (this.#task !== "sweep" && look % 20 === 19) this.#enter = true;
  }

  confirmed(): boolean {
    const was = this.#enter;
    this.#enter = false;
    return was;
  }

  #begin(task: "sweep" | "home" | number): void {
    this.#task = task;
    this.#from = typeof task === "number" ? this.#joints.position(task) : 0;
    this.#looks = 0;
  }

  /** One joint after the other: to one stop, to the other, to rest; and again where that was not enough. */
  #sweep(looks: number): void {
    const look = looks % (this.#spec.joints.length * this.sweepLooks + 60);
    const joint = Math.floor(look / this.sweepLooks);
    const spec = this.#spec.joints[joint];
    if (spec === undefined) {
      if (look === this.#spec.joints.length * this.sweepLooks) this.#enter = true;
      return;
    }
    const leg = Math.floor((3 * (look % this.sweepLooks)) / this.sweepLooks);
    const steps = this.sweepLooks / 3;
    const share = ((look % steps) + 1) / steps;
    const ways = [0.3, spec.min - this.#reach, spec.max + this.#reach, 0.3];
    this.#joints.place(joint, ways[leg]! + share * (ways[leg + 1]! - ways[leg]!));
  }
}

import type { EndState, JointCommand } from "../../../runtime/robot.ts";
import type { TypeName } from "../messages/types.ts";
import type { Transport } from "../transport.ts";

/** How commands leave for the machine. */
export interface Output {
  /** With which topic commands go, for messages to people. */
  readonly topic: string;
  readonly type: TypeName;
  /** Whether messages alone bring the machine to this end state. */
  can(end: EndState): boolean;
  advertise(transport: Transport): void;
  /** `sent` becomes what went out, rounded as its message rounds. False: nothing went out. */
  send(command: JointCommand, sent: JointCommand): boolean;
  /** Only an end state that it can. `hold`: the pose to keep, with its gains. */
  end(end: EndState, hold: JointCommand): boolean;
}

import type { Device } from "../intake.ts";
import type { Bool } from "../messages/types.ts";
import type { Topic } from "../transport.ts";

/** The machine's emergency stop, from std_msgs/Bool: true is pressed. */
export class Estop implements Device<"std_msgs/msg/Bool"> {
  readonly topic: Topic<"std_msgs/msg/Bool">;
  #pressed: boolean | undefined;

  constructor(topic: string, latched: boolean) {
    this.topic = { name: topic, type: "std_msgs/msg/Bool", qos: latched ? "latched" : "sensor" };
  }

  /** Undefined before anything was heard. */
  get pressed(): boolean | undefined {
    return this.#pressed;
  }

  /** It has no stamp: what is repeated to a new subscription counts, as it is how the stop stands. */
  stampNs(): bigint {
    return 0n;
  }

  check(): void {}

  keep({ data }: Bool): void {
    this.#pressed = data;
  }
}

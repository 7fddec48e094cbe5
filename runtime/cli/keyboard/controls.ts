import type { Gesture } from "../../../robots/definition.ts";
import type { Order } from "../../governor/orders.ts";
import { StandingOrders } from "../../supervisor/standing-orders.ts";
import type { RobotStatus } from "../../supervisor/status.ts";
import type { Command } from "./command.ts";
import type { Orderable } from "./order-line.ts";

/** What a person does to the robot just now, as it is shown. */
export interface AtTheMachine {
  readonly paused: boolean;
  /** What a person holds in place of the policy; undefined while the policy acts. */
  readonly steering: string | undefined;
}

export const NOBODY: AtTheMachine = { paused: false, steering: undefined };

/** Turns what people ask for into orders for the robot's processes, those that are started again included. */
export class Controls implements Orderable {
  readonly gestures: readonly Gesture[];
  readonly actionSize: number;
  /** Told after every order. */
  onChange: (now: AtTheMachine) => void = () => {};
  readonly #standing = new StandingOrders();
  #send: (order: Order) => void = () => {};
  #held: Gesture | undefined;
  #steered = false;
  /** When this side last let the robot go on, Unix ms: an older pause in a status is over. */
  #resumedMs = Number.NEGATIVE_INFINITY;
  #pausedElsewhere = false;
  readonly #nowMs: () => number;

  constructor({ gestures, actionSize }: Orderable, nowMs = Date.now) {
    this.#nowMs = nowMs;
    this.gestures = gestures;
    this.actionSize = actionSize;
  }

  /** An emergency stop that nobody has reset. */
  get stopped(): boolean {
    return this.#standing.stopped;
  }

  /** The robot's processes have been started: they hear what still holds, and what comes. */
  connect(send: (order: Order) => void): void {
    this.#send = send;
    for (const order of this.#standing.orders) send(order);
  }

  /** What the robot says of itself: somebody elsewhere may have paused it. */
  see({ standstill }: RobotStatus): void {
    this.#pausedElsewhere = standstill?.cause === "operator" && standstill.sinceMs > this.#resumedMs;
  }

  order(order: Order): void {
    if (order.type === "resume") {
      this.#resumedMs = this.#nowMs();
      this.#pausedElsewhere = false;
    }
    if (order.type === "steer") {
      this.#steered = order.action !== undefined;
      this.#held = this.gestures.find((gesture) => isThis(order.action, gesture));
    }
    this.#standing.add(order);
    this.#send(order);
    this.onChange(this.#now());
  }

  /** Those of a keyboard that concern the robot. */
  carryOut(command: Command): void {
    if (command.type === "estop") this.order({ type: "estop", from: "the terminal" });
    else if (command.type === "reset") this.order({ type: "reset" });
    else if (command.type === "mark") this.order(command);
    else if (command.type === "pause") {
      this.order({ type: this.#standing.paused || this.#pausedElsewhere ? "resume" : "pause" });
    } else if (command.type === "release") this.#hold(undefined);
    else if (command.type === "gesture") this.#hold(command.gesture === this.#held ? undefined : command.gesture);
  }

  #hold(gesture: Gesture | undefined): void {
    if (gesture === undefined && !this.#steered) return;
    this.order({ type: "steer", action: gesture && Float32Array.from(gesture.action) });
  }

  #now(): AtTheMachine {
    const steering = this.#steered ? (this.#held?.name ?? "an action") : undefined;
    return { paused: this.#standing.paused, steering };
  }
}

function isThis(action: Float32Array | undefined, gesture: Gesture): boolean {
  return action !== undefined && gesture.action.every((value, i) => Math.fround(value) === action[i]);
}

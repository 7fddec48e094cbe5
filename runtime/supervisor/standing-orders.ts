import type { Order } from "../governor/orders.ts";

/** What still holds of the orders given: a process that is started anew must hear it before it moves anything. */
export class StandingOrders {
  #estop: Order | undefined;
  #pause: Order | undefined;
  #steer: Order | undefined;

  add(order: Order): void {
    if (order.type === "estop") this.#estop = order;
    else if (order.type === "reset") this.#estop = undefined;
    else if (order.type === "pause") this.#pause = order;
    else if (order.type === "resume") this.#pause = undefined;
    else if (order.type === "steer") this.#steer = order.action === undefined ? undefined : order;
  }

  /** The emergency stop first. */
  get orders(): readonly Order[] {
    return [this.#estop, this.#pause, this.#steer].filter((order) => order !== undefined);
  }

  /** An emergency stop that nobody has reset. */
  get stopped(): boolean {
    return this.#estop !== undefined;
  }

  get paused(): boolean {
    return this.#pause !== undefined;
  }
}

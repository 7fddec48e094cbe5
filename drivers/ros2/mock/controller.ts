import type { Graph } from "./graph.ts";

/** A controller of ros2_control and its manager's services: it is there, loaded and inactive, until it is switched. */
export class MockController {
  readonly #name: string;
  /** Told after each switch. */
  readonly #onSwitch: () => void;
  #active = false;

  constructor(name: string, onSwitch: () => void) {
    this.#name = name;
    this.#onSwitch = onSwitch;
  }

  get active(): boolean {
    return this.#active;
  }

  /** `manager`: its node, as "/controller_manager". */
  offer(graph: Graph, manager: string): void {
    const name = this.#name;
    graph.offer(`${manager}/switch_controller`, (request) => {
      const { activate_controllers: on, deactivate_controllers: off } = request as {
        activate_controllers: string[];
        deactivate_controllers: string[];
      };
      const fits = [...on, ...off].every((each) => each === name) && on.length > 0 !== this.#active;
      if (!fits) return { ok: false };
      this.#active = on.length > 0;
      this.#onSwitch();
      return { ok: true };
    });
    graph.offer(`${manager}/list_controllers`, () => ({
      controller: [{ name, state: this.#active ? "active" : "inactive" }],
    }));
  }
}

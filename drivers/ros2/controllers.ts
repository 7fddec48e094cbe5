import type { Ros2Settings } from "./settings.ts";
import type { Transport } from "./transport.ts";

const STRICT = 2;
const SWITCH = "controller_manager_msgs/srv/SwitchController";
const LIST = "controller_manager_msgs/srv/ListControllers";

export interface ControllersConfig {
  /** The controller manager's node, as "/controller_manager". */
  readonly manager: string;
  /** Those that follow our commands. */
  readonly names: readonly string[];
}

/** The controllers of ros2_control that follow our commands: active while the machine follows them, inactive while it is limp. */
export class Controllers {
  readonly #config: ControllersConfig;
  readonly #transport: Transport;
  readonly #settings: Pick<Ros2Settings, "callMs" | "explainMs">;
  #active: boolean | undefined;

  constructor(config: ControllersConfig, transport: Transport, settings: Pick<Ros2Settings, "callMs" | "explainMs">) {
    this.#config = config;
    this.#transport = transport;
    this.#settings = settings;
  }

  /** Undefined while it is not known. */
  get active(): boolean | undefined {
    return this.#active;
  }

  /** What was known is not any more: another process may have switched them. */
  forget(): void {
    this.#active = undefined;
  }

  /** Throws, naming the controllers and their states, when they do not all become so in time. */
  async switch(active: boolean): Promise<void> {
    if (this.#active === active) return;
    const { manager, names } = this.#config;
    const { callMs } = this.#settings;
    this.#active = undefined;
    const request = {
      activate_controllers: active ? names : [],
      deactivate_controllers: active ? [] : names,
      strictness: STRICT,
      activate_asap: true,
      timeout: { sec: 0, nanosec: callMs * 1_000_000 },
    };
    const answer = await this.#transport.call(`${manager}/switch_controller`, SWITCH, request, callMs);
    if ((answer as { ok?: unknown } | undefined)?.ok !== true) await this.#explain(active);
    this.#active = active;
  }

  /** A strict switch is refused too when there is nothing to switch. */
  async #explain(active: boolean): Promise<void> {
    const { manager, names } = this.#config;
    const answer = await this.#transport.call(`${manager}/list_controllers`, LIST, {}, this.#settings.explainMs);
    const states = statesOf(answer);
    const wanted = active ? "active" : "inactive";
    const wrong = names.filter((name) => states.get(name) !== wanted);
    if (wrong.length === 0) return;
    const found = wrong.map((name) => `${name} ${states.get(name) ?? "not loaded"}`).join(", ");
    throw new Error(
      `${manager}: expected its controllers to become ${wanted}, found ${found}; load and configure them first: ` +
        `ros2 control load_controller --set-state inactive ${wrong[0]}`,
    );
  }
}

function statesOf(answer: unknown): ReadonlyMap<string, string> {
  const { controller } = (answer ?? {}) as { controller?: readonly { name?: unknown; state?: unknown }[] };
  if (!Array.isArray(controller)) return new Map();
  return new Map(controller.map(({ name, state }) => [String(name), String(state)]));
}

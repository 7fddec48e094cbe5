/**
 * What the governor may do with the machine. `fault` and `estop` are latched: only an explicit reset leaves them.
 *
 *     unpowered → ready → engaged ⇄ held
 *                   └────────┴───────┴──→ fault | estop → ready
 */
export type State = "unpowered" | "ready" | "engaged" | "held" | "fault" | "estop";

/** `engage`: the policy answers. `hold`: it does not, or uselessly. `fail`: the machine or our own checks said no. */
export type Event = "open" | "engage" | "hold" | "fail" | "stop" | "reset" | "close";

const TRANSITIONS: Readonly<Record<State, Readonly<Partial<Record<Event, State>>>>> = {
  unpowered: { open: "ready", fail: "fault", stop: "estop", close: "unpowered" },
  ready: { engage: "engaged", fail: "fault", stop: "estop", close: "unpowered" },
  engaged: { hold: "held", fail: "fault", stop: "estop", close: "unpowered" },
  held: { engage: "engaged", fail: "fault", stop: "estop", close: "unpowered" },
  fault: { fail: "fault", stop: "estop", reset: "ready", close: "fault" },
  estop: { fail: "estop", stop: "estop", reset: "ready", close: "estop" },
};

/** Throws when the event has no place in the state. */
export function transition(state: State, event: Event): State {
  const next = TRANSITIONS[state][event];
  if (next === undefined) {
    throw new Error(
      `governor: in state ${state} expected ${Object.keys(TRANSITIONS[state]).join(", ")}, found ${event}`,
    );
  }
  return next;
}

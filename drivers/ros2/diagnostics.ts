import type { Intake } from "./intake.ts";
import type { DiagnosticArray, DiagnosticStatus } from "./messages/types.ts";

const [OK, WARN] = [0, 1];

export interface LoopState {
  readonly robot: string;
  readonly transport: string;
  readonly connected: boolean;
  /** What the machine does: "follows", an end state, or "waits". */
  readonly doing: string;
  /** Commands that went out, and that did not, since the start. */
  readonly sent: number;
  readonly lost: number;
}

/** diagnostic_msgs/DiagnosticArray of the loop and of each topic that is heard. `nowNs`: on our clock; `wallMs`: Unix time. */
export function diagnosticsOf(
  state: LoopState,
  intakes: readonly Intake[],
  nowNs: bigint,
  wallMs: number,
): DiagnosticArray {
  const stamp = { sec: Math.floor(wallMs / 1000), nanosec: Math.round((wallMs % 1000) * 1e6) };
  return {
    header: { stamp, frame_id: "" },
    status: [loopStatus(state), ...intakes.map((intake) => topicStatus(state, intake, nowNs))],
  };
}

function loopStatus({ robot, transport, connected, doing, sent, lost }: LoopState): DiagnosticStatus {
  return {
    level: connected ? OK : WARN,
    name: `reverie: ${robot}`,
    message: doing,
    hardware_id: transport,
    values: values({ connected, "commands sent": sent, "commands lost": lost }),
  };
}

function topicStatus({ robot, transport }: LoopState, intake: Intake, nowNs: bigint): DiagnosticStatus {
  const { counts, device, refusal, timeNs } = intake;
  const age = timeNs === undefined ? undefined : Number(nowNs - timeNs) / 1e9;
  return {
    level: refusal === undefined && age !== undefined ? OK : WARN,
    name: `reverie: ${robot}: ${device.topic.name}`,
    message: refusal ?? (age === undefined ? "nothing came yet" : `newest ${age.toFixed(3)} s old`),
    hardware_id: transport,
    values: values({ type: device.topic.type, ...counts }),
  };
}

function values(parts: Readonly<Record<string, unknown>>): { key: string; value: string }[] {
  return Object.entries(parts).map(([key, value]) => ({ key, value: String(value) }));
}

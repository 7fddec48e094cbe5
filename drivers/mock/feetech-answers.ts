import { BROADCAST, encodePacket, INSTRUCTIONS, takePacket } from "../serial/feetech/packet.ts";
import { STS } from "../serial/feetech/registers.ts";
import type { Packet } from "../serial/packet.ts";
import type { Answer, Protocol } from "./answers.ts";
import type { EmulatedServo } from "./emulated-servo.ts";

const NO_DATA = new Uint8Array(0);
const DELAY_UNIT_US = 2;

/** Feetech servos. "scs": these know no sync read. */
export function feetechProtocol(series: "sts" | "scs"): Protocol {
  return {
    serve: (bytes, servos) => {
      const { packet, used } = takePacket(bytes);
      return { answers: packet === undefined ? [] : [...obey(packet, servos, series)], used };
    },
  };
}

function* obey(packet: Packet, servos: readonly EmulatedServo[], series: "sts" | "scs"): Generator<Answer> {
  const { id, code, params } = packet;
  if (code === INSTRUCTIONS.syncRead) {
    if (series === "scs") return;
    const [address, size, ...ids] = params;
    for (const each of ids) for (const servo of withId(servos, each)) yield answer(servo, servo.read(address!, size!));
    return;
  }
  if (code === INSTRUCTIONS.syncWrite) {
    const [address, size] = params;
    for (let at = 2; at + size! < params.length; at += 1 + size!) {
      const data = params.slice(at + 1, at + 1 + size!);
      for (const servo of withId(servos, params[at]!)) servo.write(address!, data);
    }
    return;
  }
  for (const servo of id === BROADCAST ? servos : withId(servos, id)) {
    const reply = obeyAlone(servo, code, params);
    if (reply !== undefined && id !== BROADCAST) yield reply;
  }
}

function obeyAlone(servo: EmulatedServo, code: number, params: Uint8Array): Answer | undefined {
  // An answer to a change of id still comes from the old one.
  const before = answer(servo, NO_DATA);
  const talks = servo.get(STS.responseLevel) !== 0;
  switch (code) {
    case INSTRUCTIONS.ping:
      return before;
    case INSTRUCTIONS.read:
      return answer(servo, servo.read(params[0]!, params[1]!));
    case INSTRUCTIONS.write:
      servo.write(params[0]!, params.slice(1));
      break;
    case INSTRUCTIONS.regWrite:
      servo.registered = { address: params[0]!, data: params.slice(1) };
      break;
    case INSTRUCTIONS.action:
      if (servo.registered !== undefined) servo.write(servo.registered.address, servo.registered.data);
      servo.registered = undefined;
      break;
    case INSTRUCTIONS.reboot:
      servo.powerCycle();
      break;
    default:
      return undefined;
  }
  return talks ? before : undefined;
}

function answer(servo: EmulatedServo, params: Uint8Array): Answer {
  const bytes = encodePacket({ id: servo.id, code: servo.get(STS.status), params });
  return { servo, bytes, delayUs: DELAY_UNIT_US * servo.get(STS.returnDelay) };
}

function withId(servos: readonly EmulatedServo[], id: number): EmulatedServo[] {
  return servos.filter((servo) => servo.id === id);
}

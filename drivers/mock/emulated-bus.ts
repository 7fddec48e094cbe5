import { Random } from "../../runtime/random.ts";
import type { Register } from "../serial/registers.ts";
import type { ServoFamily } from "../serial/servo-family.ts";
import type { Answer, Protocol } from "./answers.ts";
import { type EmulatedServo, RESET_VOLTS } from "./emulated-servo.ts";
import { type Fault, isActive } from "./faults.ts";
import type { Plant } from "./plant.ts";

/** Time for an emulated bus: monotonic ms, and something that happens later, to a fraction of a ms where that matters. */
export interface BusTimers {
  now(): number;
  after(ms: number, act: () => void): () => void;
}

export interface EmulatedBusOptions {
  readonly protocol: Protocol;
  /** In the order of the plant's joints. */
  readonly servos: readonly EmulatedServo[];
  readonly plant: Plant;
  readonly timers: BusTimers;
  readonly faults?: readonly Fault[];
  readonly seed?: number;
  /** Bytes take the time they take at this many bits a second; 0: none, and answers come before the request returns. */
  readonly pacedBaud?: number;
  /** What is sent comes back first, as from an adapter that listens to its own line. */
  readonly echo?: boolean;
  /** V, of a healthy supply; °C. */
  readonly volts?: number;
  readonly celsius?: number;
}

/** Requests with so much silence in between have nothing to do with each other, ms. */
const STALE_MS = 20;
const BITS_PER_BYTE = 10;
/** N·m at which an emulated servo reports full load. */
const FULL_LOAD = 3;

/** A chain of emulated servos on one wire: bytes in, bytes out, a plant behind them and faults on the way. */
export class EmulatedBus {
  readonly servos: readonly EmulatedServo[];
  readonly plant: Plant;
  /** Gets what the servos say. */
  onBytes: (bytes: Uint8Array) => void = () => {};
  /** Told when the cable is pulled and put back, where a fault says that the port notices. */
  onPlug: (plugged: boolean) => void = () => {};
  /** After every request: goals may be others, and the machine is as it is now. */
  onServed: () => void = () => {};
  /** Told of every reply that a fault changed, in order. */
  onFault: (kind: Fault["kind"], servo: number) => void = () => {};
  /** Bits a second that the other side talks at; undefined: nobody can tell, and everybody understands. */
  baud: number | undefined;
  readonly #options: EmulatedBusOptions;
  readonly #random: Random;
  readonly #ids: readonly number[];
  /** Each with when its times began to count. */
  readonly #faults: { readonly fault: Fault; readonly beganMs: number }[] = [];
  /** Cables that were pulled in the middle of a packet, which is over. */
  readonly #cut = new Set<Fault>();
  readonly #wasOut: boolean[];
  #buffer: Uint8Array = new Uint8Array(0);
  #heardMs: number;
  #wireFree = 0;
  /** Replies on the wire that are not there yet. */
  readonly #coming: { readonly bytes: Uint8Array; readonly atMs: number }[] = [];
  #callOffs: (() => void)[] = [];

  constructor(options: EmulatedBusOptions) {
    this.#options = options;
    this.servos = options.servos;
    this.plant = options.plant;
    this.#random = new Random(options.seed ?? 0, "bus faults");
    this.#ids = options.servos.map((servo) => servo.id);
    this.#heardMs = options.timers.now();
    this.#wasOut = options.servos.map(() => false);
    this.inject(options.faults ?? []);
    this.#live();
  }

  /** These go wrong too; their times count from now. Throws on a servo that is not there. */
  inject(faults: readonly Fault[]): void {
    const beganMs = this.#options.timers.now();
    for (const fault of faults) if ("servo" in fault && fault.servo !== undefined) this.#servo(fault.servo);
    for (const fault of faults) {
      this.#faults.push({ fault, beganMs });
      this.#begin(fault);
    }
  }

  /** Bytes from the other side; they may be kept. */
  receive(bytes: Uint8Array): void {
    const now = this.#options.timers.now();
    if (this.#unplugged()) return;
    if (this.#options.echo === true) this.onBytes(bytes);
    if (now - this.#heardMs > STALE_MS) this.#buffer = new Uint8Array(0);
    this.#live();
    this.#heardMs = now;
    this.#buffer = this.#buffer.length === 0 ? bytes : Uint8Array.of(...this.#buffer, ...bytes);
    this.#wireFree = Math.max(now, this.#wireFree) + this.#wireMs(bytes.length);
    for (;;) {
      const before = this.#buffer.length;
      const listening = this.servos.filter((servo) => this.#listens(servo));
      const { answers, used } = this.#options.protocol.serve(this.#buffer, listening);
      this.#buffer = this.#buffer.subarray(used);
      if (answers.length > 0) this.#answer(answers);
      if (used === 0 || used === before) break;
    }
    this.#drive();
    this.onServed();
  }

  /** The machine as it is now, whether or not anybody asked. */
  look(): void {
    this.#live();
  }

  /** Since it last heard anything, ms. */
  get silentMs(): number {
    return this.#options.timers.now() - this.#heardMs;
  }

  /** What each motor follows now, rad; undefined for one that follows nothing. */
  targets(): readonly (number | undefined)[] {
    this.#live();
    return this.servos.map((servo) => (typeof servo.drive() === "number" ? servo.goalAngle : undefined));
  }

  close(): void {
    for (const callOff of this.#callOffs) callOff();
    this.#callOffs = [];
  }

  #begin(fault: Fault): void {
    if (fault.kind === "unplug") {
      if (fault.reported === true) this.#during(fault, (out) => this.onPlug(!out));
      return;
    }
    const set = (register: Register, value: number): void => {
      const servo = this.#servo((fault as { readonly servo: number }).servo);
      const before = servo.get(register);
      this.#during(fault, (is) => servo.save(register, is ? value : before));
    };
    const at = "servo" in fault && fault.servo !== undefined ? this.#servo(fault.servo).manners.family : undefined;
    if (at === undefined) return;
    if (fault.kind === "wrong-id") set(at.id, fault.id);
    else if (fault.kind === "wrong-model") set(at.registers.model!, fault.model);
    else if (fault.kind === "wrong-baud") set(at.baud, speedNumber(at.bauds, fault.baud));
  }

  /** Calls `act` with true when the fault begins and with false when it is over. */
  #during({ kind, from = 0, for: seconds }: Fault, act: (isThere: boolean) => void): void {
    const at = (ms: number, isThere: boolean): void => {
      this.#callOffs.push(this.#options.timers.after(ms, () => act(isThere)));
    };
    if (from > 0 || kind === "unplug") at(from * 1000, true);
    else act(true);
    if (seconds !== undefined) at((from + seconds) * 1000, false);
  }

  #servo(id: number): EmulatedServo {
    const servo = this.servos[this.#ids.indexOf(id)];
    if (servo === undefined) throw new Error(`fault: no servo ${id}; here there are ${this.#ids.join(", ")}`);
    return servo;
  }

  #unplugged(): boolean {
    return this.#active().some(
      (fault) => fault.kind === "unplug" && (fault.midPacket !== true || this.#cut.has(fault)),
    );
  }

  #active(): readonly Fault[] {
    const now = this.#options.timers.now();
    const active = this.#faults.filter(({ fault, beganMs }) => isActive(fault, (now - beganMs) / 1000));
    return active.map(({ fault }) => fault);
  }

  #listens(servo: EmulatedServo): boolean {
    if (servo.dead || this.#wasOut[this.servos.indexOf(servo)]) return false;
    const { baud, bauds } = servo.manners.family;
    return this.baud === undefined || bauds[servo.get(baud)] === this.baud;
  }

  /** The plant to the present, and everything that can be measured into the registers. */
  #live(): void {
    const { timers, plant, volts = 12, celsius = 30 } = this.#options;
    const now = timers.now();
    const active = this.#active();
    for (const servo of this.servos) servo.manners.silent?.(servo, now - this.#heardMs);
    this.#drive();
    plant.advance(now);
    const supply = Math.min(volts, ...active.map((fault) => (fault.kind === "brown-out" ? fault.volts : volts)));
    for (let i = 0; i < this.servos.length; i++) {
      const servo = this.servos[i]!;
      let warmth = celsius;
      let stuck = false;
      let dead = false;
      let direction: 1 | -1 = 1;
      let slip = 0;
      let amps: number | undefined;
      for (const fault of active) {
        if (!("servo" in fault) || fault.servo !== this.#ids[i]) continue;
        if (fault.kind === "over-temperature") warmth = fault.celsius;
        else if (fault.kind === "stuck-encoder") stuck = true;
        else if (fault.kind === "dead") dead = true;
        else if (fault.kind === "reversed") direction = -1;
        else if (fault.kind === "over-current") amps = fault.amps;
        else if (fault.kind === "slipped") slip += fault.rad;
      }
      servo.dead = dead;
      servo.reversed = direction < 0;
      servo.slip = slip;
      servo.amps = amps;
      const out = supply < RESET_VOLTS;
      if (out !== this.#wasOut[i]) servo.powerCycle();
      this.#wasOut[i] = out;
      const load = Math.min(1, Math.max(-1, plant.effort(i) / FULL_LOAD));
      const motion = { position: plant.position(i), velocity: plant.velocity(i) };
      if (!out) servo.feel({ ...motion, load, volts: supply, celsius: warmth });
      if (stuck) servo.stick();
      else servo.stuck = undefined;
    }
  }

  #drive(): void {
    for (let i = 0; i < this.servos.length; i++) {
      const servo = this.servos[i]!;
      this.plant.drive(i, servo.drive(), servo.manners.torqueLimit(servo));
    }
  }

  #answer(answers: readonly Answer[]): void {
    const now = this.#options.timers.now();
    let begins = Math.max(now, this.#wireFree);
    for (let i = 0; i < answers.length; i++) {
      const { servo, bytes, delayUs } = answers[i]!;
      const wire = this.#wireMs(bytes.length);
      begins += this.#options.pacedBaud ? delayUs / 1000 : 0;
      const both = this.#colliding(answers, i);
      for (let k = 0; k < both; k++) i++;
      this.#say(servo, both === 0 ? bytes : collide(answers.slice(i - both, i + 1)), begins + wire);
      begins += wire;
    }
    this.#wireFree = begins;
  }

  /** How many of the next answers come from servos with the same id, at the same time. */
  #colliding(answers: readonly Answer[], at: number): number {
    let more = 0;
    while (answers[at + more + 1]?.servo.id === answers[at]!.servo.id && answers[at + more + 1] !== undefined) more++;
    return more;
  }

  /** Puts `bytes` on the wire so that they are there at `atMs`, with whatever happens to them. */
  #say(servo: EmulatedServo, bytes: Uint8Array, atMs: number): void {
    const id = this.#ids[this.servos.indexOf(servo)]!;
    let spoken = bytes;
    let times = 1;
    let late = 0;
    const hits = ({ kind }: Fault, share: number): boolean => {
      const hit = this.#random.uniform() < share;
      if (hit) this.onFault(kind, id);
      return hit;
    };
    for (const fault of this.#active()) {
      if ("servo" in fault && fault.servo !== undefined && fault.servo !== id) continue;
      if (fault.kind === "drop" && hits(fault, fault.share)) times = 0;
      else if (fault.kind === "duplicate" && hits(fault, fault.share)) times *= 2;
      else if (fault.kind === "corrupt" && hits(fault, fault.share)) spoken = this.#corrupt(spoken, fault.bytes);
      else if (fault.kind === "delay" && hits(fault, fault.share ?? 1)) late += fault.ms;
      else if (fault.kind === "jitter") late += fault.ms * this.#random.uniform();
    }
    for (let i = 0; i < times; i++) this.#deliver(spoken, atMs + late);
  }

  /** Replies come in the order of their times, also where this process is held up between two of them. */
  #deliver(bytes: Uint8Array, atMs: number): void {
    const { timers, pacedBaud = 0 } = this.#options;
    const wait = atMs - timers.now();
    if (wait <= 0 && (pacedBaud === 0 || this.#coming.length === 0)) {
      this.#utter(bytes);
      return;
    }
    const before = this.#coming.findLastIndex((other) => other.atMs <= atMs);
    this.#coming.splice(before + 1, 0, { bytes, atMs });
    timers.after(wait, () => this.#utter(this.#coming.shift()!.bytes));
  }

  #utter(bytes: Uint8Array): void {
    if (this.#unplugged()) return;
    const cut = this.#active().find((fault) => fault.kind === "unplug" && fault.midPacket === true);
    if (cut !== undefined) this.#cut.add(cut);
    this.onBytes(cut === undefined ? bytes : bytes.subarray(0, bytes.length >> 1));
  }

  #corrupt(bytes: Uint8Array, neighbours = 1): Uint8Array {
    const changed = bytes.slice();
    const count = Math.min(neighbours, bytes.length);
    const first = this.#random.integer(bytes.length - count + 1);
    for (let i = first; i < first + count; i++) changed[i] = changed[i]! ^ (1 + this.#random.integer(255));
    return changed;
  }

  #wireMs(bytes: number): number {
    const { pacedBaud = 0 } = this.#options;
    return pacedBaud > 0 ? (1000 * BITS_PER_BYTE * bytes) / pacedBaud : 0;
  }
}

/** The number that stands for a speed. Throws on one that the servo does not know. */
function speedNumber(bauds: ServoFamily["bauds"], baud: number): number {
  const number = Object.entries(bauds).find(([, speed]) => speed === baud)?.[0];
  if (number === undefined) {
    throw new Error(`fault wrong-baud: expected one of ${Object.values(bauds).join(", ")}, found ${baud}`);
  }
  return Number(number);
}

/** Several talk at once: a 0 of one wins over a 1 of another. */
function collide(answers: readonly Answer[]): Uint8Array {
  const length = Math.max(...answers.map(({ bytes }) => bytes.length));
  return Uint8Array.from({ length }, (_, i) => answers.reduce((all, { bytes }) => all & (bytes[i] ?? 0xff), 0xff));
}

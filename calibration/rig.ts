/** A joint's servo as it answered. */
export interface RigJoint {
  readonly name: string;
  readonly id: number;
  readonly model: number;
  readonly firmware: number;
}

/** What a servo can do about where its counts begin. */
export interface Homing {
  /** present position = encoder + sign · offset */
  readonly sign: 1 | -1;
  /** Largest offset to either side. */
  readonly most: number;
  /** Whether the position begins anew where the offset puts it, or where the encoder does. */
  readonly movesSeam: boolean;
}

export interface RigHealth {
  /** °C */
  readonly temperature: number;
  /** A; undefined where nobody measures it. */
  readonly current: number | undefined;
}

/** What calibration keeps in a servo itself; counts. */
export interface StoredRange {
  readonly offset: number | null;
  readonly min: number;
  readonly max: number;
}

/**
 * A robot's servos as calibration needs them, by the number of their joint. Positions are the encoders' own counts, whatever
 * offset a servo adds. Everything throws with the servo and what to do when one does not answer, and when the bus is gone.
 */
export interface Rig {
  readonly joints: readonly RigJoint[];
  readonly countsPerTurn: number;
  /** Counts after which an encoder begins anew; undefined: never. */
  readonly seam: number | undefined;
  readonly homing: Homing | undefined;
  /** Of a servo that stayed silent this once, undefined. */
  encoders(): Promise<readonly (number | undefined)[]>;
  /** Whether any motor carries. */
  powered(): Promise<boolean>;
  /** Lets every motor go, and takes back what `power` limited. */
  limp(): Promise<void>;
  /** Writes it for good and reads it back. Only while limp. */
  store(joint: number, range: StoredRange): Promise<void>;
  /** Why no motor can be driven softly; undefined: they can. */
  readonly cannotLimit: string | undefined;
  /** Opens the servo's own limits and, where it can, makes the present place the middle of its counts. Only while limp. */
  centre(joint: number): Promise<void>;
  /** Holds it where it is, with this share of its torque at most. */
  power(joint: number, share: number): Promise<void>;
  /** False where that is beyond the servo's counts as they are now. */
  goTo(joint: number, encoder: number): Promise<boolean>;
  health(joint: number): Promise<RigHealth>;
}

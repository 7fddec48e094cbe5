/** What was measured of the joints last, in the robot's order. SI. */
export interface Measured {
  readonly position: Float64Array;
  readonly velocity: Float64Array;
  readonly effort: Float64Array;
  /** °C and V, where the machine says. */
  readonly temperature?: Float64Array;
  readonly voltage?: Float64Array;
}

/** A part of the sample besides the joints: names of its sensors with their newest values, overwritten by the next message. */
export type Sensors = Readonly<Record<string, Float64Array>>;

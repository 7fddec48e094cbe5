import type { StepSchema } from "../../runtime/step.ts";

/** Numbers of an observation that may be averaged: one tensor's, all in one unit. */
export interface Sensor {
  /** The tensor's name; with the unit, as "arm[rad/s]", where the tensor has several. */
  readonly name: string;
  /** Places in the observation vector. */
  readonly places: readonly number[];
}

/** The float32 sensors of a schema, in the order of the observation vector they make. */
export function sensorsOf(schema: StepSchema): Sensor[] {
  let next = 0;
  return schema.observation
    .filter(({ dtype }) => dtype === "float32")
    .flatMap(({ name, shape, units }) => {
      const first = next;
      next += shape.reduce((product, size) => product * size, 1);
      const places = Array.from({ length: next - first }, (_, i) => first + i);
      const kinds = [...new Set(units)];
      if (kinds.length < 2) return [{ name, places }];
      return kinds.map((unit) => ({
        name: `${name}[${unit}]`,
        places: places.filter((place) => units[place - first] === unit),
      }));
    })
    .filter(({ places }) => places.length > 0);
}

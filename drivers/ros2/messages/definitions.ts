import { parse } from "@foxglove/rosmsg";
import { ros2humble } from "@foxglove/rosmsg-msgs-common";
import type { TypeName } from "./types.ts";
import { UNITREE_GO } from "./unitree-go.ts";

type Definition = (typeof ros2humble)[keyof typeof ros2humble];

/** A type's definition with those of all that is nested in it, itself first. Throws on a type that is not known. */
export function definitionsOf(type: TypeName): Definition[] {
  if (type in UNITREE_GO) return parse(UNITREE_GO[type as keyof typeof UNITREE_GO], { ros2: true });
  const found = new Map<string, Definition>();
  const add = (name: string): void => {
    if (found.has(name)) return;
    const definition = (ros2humble as Readonly<Record<string, Definition>>)[name];
    if (definition === undefined) throw new Error(`ROS 2: no definition of ${name}`);
    found.set(name, definition);
    for (const field of definition.definitions) if (field.isComplex === true) add(field.type);
  };
  add(type.replace("/msg/", "/"));
  return [...found.values()];
}

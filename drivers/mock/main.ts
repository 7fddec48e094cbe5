/** An emulated bus in a process of its own; it answers "look" with the servos' registers. */

import { attendParent } from "./attend-parent.ts";
import { type ServeConfig, serve } from "./serve.ts";

attendParent(
  (config: ServeConfig) => serve(config),
  ({ port }) => ({ port }),
  { look: (bus) => ({ look: bus.look() }) },
);

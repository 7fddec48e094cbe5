/** An emulated bus in a process of its own: gets its config as the first message and says where it can be reached. */
import { type ServeConfig, serve } from "./serve.ts";

process.once("message", (config) => {
  serve(config as ServeConfig).then(
    ({ port, close }) => {
      process.send?.({ port });
      process.once("disconnect", () => void close().finally(() => process.exit(0)));
    },
    (error: Error) => {
      process.send?.({ error: error.message });
      process.exitCode = 1;
      process.disconnect?.();
    },
  );
});

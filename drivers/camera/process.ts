/** A camera's own process: reads its source, crops, resizes and hands over the newest frame. Ends with the one that started it. */
import { parentChannel } from "../../runtime/ipc.ts";
import { type Frame, SourceKeeper } from "./keeper.ts";
import { ALIVE_MS, type FromCamera, type ToCamera } from "./messages.ts";
import { NewestSender } from "./newest-sender.ts";
import { PoseInlet } from "./pose.ts";
import type { WholeCameraSettings } from "./settings.ts";
import { sourceOf } from "./source/source-of.ts";

const now = (): bigint => process.hrtime.bigint();
const poses = new PoseInlet();

function keep(given: WholeCameraSettings, send: (message: FromCamera) => void): SourceKeeper {
  const sender = new NewestSender<FromCamera>((message, done) => process.send?.(message, undefined, undefined, done));
  // ffmpeg has cropped already where it scales.
  const { crop, ...uncropped } = given;
  const cropped = given.source.kind === "ffmpeg" && given.source.scaledBy === "ffmpeg";
  const keeper: SourceKeeper = new SourceKeeper({
    settings: cropped ? uncropped : given,
    source: sourceOf(given, { now, poses, report: (line) => void process.stderr.write(`${line}\n`) }),
    now,
    onFrame: (frame: Frame) => {
      sender.offer({ type: "frame", frame });
      if (keeper.fault !== told) tell();
    },
  });
  let told = keeper.fault;
  const tell = (): void => {
    told = keeper.fault;
    const { superseded } = sender;
    const pids = [process.pid, keeper.pid].filter((pid) => pid !== undefined);
    send({ type: "state", fault: keeper.fault, counts: { ...keeper.counts, superseded }, pids });
  };
  tell();
  setInterval(tell, ALIVE_MS);
  keeper.start();
  return keeper;
}

const channel = parentChannel<ToCamera, FromCamera>();
let keeper: SourceKeeper | undefined;
const end = async (): Promise<void> => {
  await keeper?.stop();
  process.exit();
};
channel.onMessage((message) => {
  if (message.type === "stop") void end();
  else if (message.type === "pose") poses.draw(message.pose);
  else keeper ??= keep(message.settings, (state) => channel.send(state));
});
channel.onClose(() => void end());

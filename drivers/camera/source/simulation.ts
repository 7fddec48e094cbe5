import { Random } from "../../../runtime/random.ts";
import type { CameraFaultKind } from "../../mock/camera-faults.ts";
import { Machine } from "../../sim/machine.ts";
import type { PoseInlet } from "../pose.ts";
import type { SourceSettings } from "../settings.ts";
import type { Source } from "./source.ts";

export type SimulationSource = Extract<SourceSettings, { kind: "simulation" }>;

/** Of a pixel's value, as a sensor's noise is: no two pictures are alike. */
const NOISE = 2;

/**
 * The robot's simulation as a camera on it sees it, drawn when a pose comes, with its time. `fault`: what is wrong with the
 * camera now, where it is emulated.
 */
export function simulationSource(
  { robot, model, view, width, height }: SimulationSource,
  poses: PoseInlet,
  fault: () => CameraFaultKind | undefined,
): Source {
  return ({ onPicture, onEnd }) => {
    let machine: Machine | undefined;
    let stopped = false;
    const random = new Random(0, "camera noise");
    let last = new Uint8Array(width * height * 3);
    const end = (why: string): void => {
      if (!stopped) onEnd(why);
    };
    Machine.build(robot, model).then(
      (built) => {
        if (stopped) return built.delete();
        machine = built;
        const take = built.camera(view, { width, height });
        poses.draw = (pose) => {
          const kind = fault();
          if (kind === "camera-dead") return end("No such device: it was taken away");
          if (kind !== "camera-frozen") {
            built.place(pose);
            last = noisy(kind === "camera-black" ? last.fill(0) : take(), random);
          }
          onPicture({ data: last.slice(), width, height, channels: 3 }, pose.timeNs);
        };
      },
      (error: Error) => end(error.message),
    );
    return {
      pid: undefined,
      stop: async () => {
        if (!stopped) poses.draw = () => {};
        stopped = true;
        machine?.delete();
        machine = undefined;
      },
    };
  };
}

function noisy(picture: Uint8Array, random: Random): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(picture.length);
  for (let i = 0; i < out.length; i++) out[i] = Math.min(255, picture[i]! + random.integer(NOISE + 1));
  return out;
}

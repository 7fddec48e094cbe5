import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { WebSocket } from "ws";
import { Graph } from "../../../drivers/ros2/mock/graph.ts";
import { RosbridgeServer } from "../../../drivers/ros2/mock/rosbridge-server.ts";
import { decodeCbor } from "../../../drivers/ros2/rosbridge/cbor.ts";

interface Recorded {
  readonly dir: "client" | "server";
  readonly bin?: boolean;
  readonly data: string;
}

const { log } = JSON.parse(readFileSync(resolve(import.meta.dirname, "../../golden/rosbridge.json"), "utf8")) as {
  log: Recorded[];
};

test("the stand-in answers what the real server answered, frame by frame, and is silent where that was", async () => {
  // ROS time at which the real one passed the raw messages on.
  const times = log
    .filter(({ dir, bin }) => dir === "server" && bin === true)
    .map(({ data }) => (decodeCbor(Buffer.from(data, "hex")) as { msg: { secs?: number; nsecs?: number } }).msg)
    .filter((msg): msg is { secs: number; nsecs: number } => msg.secs !== undefined);
  let next = 0;
  const server = new RosbridgeServer(new Graph(), () => {
    const { secs, nsecs } = times[next++]!;
    return { secs, nsecs };
  });
  const socket = new WebSocket(await server.listen());
  const heard: (string | object)[] = [];
  socket.on("message", (data, isBinary) =>
    heard.push(isBinary ? (data as Buffer).toString("hex") : (JSON.parse(String(data)) as object)),
  );
  await new Promise((resolve) => socket.once("open", resolve));
  try {
    for (let i = 0; i < log.length; i++) {
      if (log[i]!.dir !== "client") continue;
      socket.send(log[i]!.data);
      await answered(socket);
      const replies = log.slice(i + 1, firstClientAfter(i));
      expect(heard.splice(0), `after ${log[i]!.data}`).toEqual(
        replies.map(({ bin, data }) => (bin === true ? data : (JSON.parse(data) as object))),
      );
    }
    expect(server.log).toEqual([
      "Unknown operation: set_level",
      "Message type sensor_msgs/msg/JointState does not have a field nope",
      "ROS 2: no definition of nope_msgs/Nope",
      "Unknown operation: nonsense",
      "data: expected numbers, found null",
    ]);
  } finally {
    socket.terminate();
    await server.close();
  }
});

function firstClientAfter(i: number): number {
  const at = log.findIndex(({ dir }, j) => j > i && dir === "client");
  return at < 0 ? log.length : at;
}

/** A pong comes after all that was answered before. */
function answered(socket: WebSocket): Promise<unknown> {
  return new Promise((resolve) => {
    socket.once("pong", resolve);
    socket.ping();
  });
}
